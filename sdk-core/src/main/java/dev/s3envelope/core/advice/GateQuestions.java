package dev.s3envelope.core.advice;

import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.iam.AccessRequest;
import dev.s3envelope.core.iam.ContextKeys;
import dev.s3envelope.core.iam.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The questions both gates are asked when a task is done: each S3 action, and each KMS action on each key. */
final class GateQuestions {
    private final Principal principal;
    private final Consumer<AccessRequest.Builder> conditions;
    private final List<AccessRequest> questions = new ArrayList<>();

    private GateQuestions(Principal principal, Consumer<AccessRequest.Builder> conditions) {
        this.principal = principal;
        this.conditions = conditions;
    }

    /** The questions of a need, about one of its objects. */
    static List<AccessRequest> of(AccessNeed need) {
        GateQuestions all = new GateQuestions(need.principal(), request -> {});
        all.ask(need.task(), need.place());
        need.destination().ifPresent(all::askForReplicas);
        return List.copyOf(all.questions);
    }

    /** The questions of a task at one place, each with further facts of the request. */
    static List<AccessRequest> of(
            AccessTask task, Principal principal, AccessNeed.Place place, Consumer<AccessRequest.Builder> conditions) {
        GateQuestions all = new GateQuestions(principal, conditions);
        all.ask(task, place);
        return List.copyOf(all.questions);
    }

    private void ask(AccessTask task, AccessNeed.Place place) {
        String partition = principal.partition();
        String owner = owner(place);
        task.bucketActions().forEach(action -> s3(action, place.objects().bucketArn(partition), owner));
        task.objectActions().forEach(action -> s3(action, place.objects().sampleArn(partition), owner));
        for (KeyUse use : place.keys()) {
            for (String action : KeyActions.of(task, use, principal)) {
                kms(action, use, task.usesKeyForData() ? place.objects() : null);
            }
        }
    }

    private void askForReplicas(AccessNeed.Place place) {
        String resource = place.objects().sampleArn(principal.partition());
        AccessTask.REPLICA_ACTIONS.forEach(action -> s3(action, resource, owner(place)));
        for (KeyUse use : place.keys()) {
            KeyActions.ofReplica(use).forEach(action -> kms(action, use, place.objects()));
        }
    }

    private static @Nullable String owner(AccessNeed.Place place) {
        return place.bucketAccount().map(AccountId::digits).orElse(null);
    }

    private void s3(String action, String resource, @Nullable String owner) {
        AccessRequest.Builder request = AccessRequest.builder(principal, action, resource)
                .resourceAccount(owner)
                .secureTransport(true);
        conditions.accept(request);
        questions.add(request.build());
    }

    private void kms(String action, KeyUse use, @Nullable ObjectScope objects) {
        AccessRequest.Builder request = kms(principal, action, use, objects);
        conditions.accept(request);
        questions.add(request.build());
    }

    /** A call to KMS about data in a scope, or about the key itself where there is none. */
    static AccessRequest.Builder kms(Principal principal, String action, KeyUse use, @Nullable ObjectScope objects) {
        AccessRequest.Builder request = AccessRequest.builder(
                        principal, action, use.key().text())
                .resourceAccount(use.key().account().digits())
                .secureTransport(true);
        if (objects != null) {
            String partition = use.key().partition();
            request.encryptionContext(use.contextOf(objects.bucketArn(partition), objects.sampleArn(partition)));
            use.viaService()
                    .ifPresent(service -> request.context(ContextKeys.KMS_VIA_SERVICE, service)
                            .context(ContextKeys.AWS_VIA_AWS_SERVICE, "true")
                            .context(ContextKeys.AWS_CALLED_VIA, "s3.amazonaws.com"));
        }
        return request;
    }
}
