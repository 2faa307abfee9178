package dev.s3envelope.core.advice;

import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.iam.AccessRequest;
import dev.s3envelope.core.iam.ContextKeys;
import dev.s3envelope.core.iam.Principal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The questions both gates are asked when a task is done: each S3 action, and each KMS action on each key. */
final class GateQuestions {
    private final Principal principal;
    private final List<AccessRequest> questions = new ArrayList<>();

    private GateQuestions(Principal principal) {
        this.principal = principal;
    }

    /** The questions of a need, about one of its objects. */
    static List<AccessRequest> of(AccessNeed need) {
        return of(need, need.principal());
    }

    /** The same asked for another principal: a session of the role, or one with a boundary. */
    static List<AccessRequest> of(AccessNeed need, Principal principal) {
        GateQuestions all = new GateQuestions(principal);
        all.ask(need.task(), need.place());
        need.destination().ifPresent(all::askForReplicas);
        return List.copyOf(all.questions);
    }

    private void ask(AccessTask task, AccessNeed.Place place) {
        String partition = principal.partition();
        String owner = place.bucketAccount().map(AccountId::digits).orElse(null);
        task.bucketActions().forEach(action -> s3(action, place.objects().bucketArn(partition), owner));
        task.objectActions().forEach(action -> s3(action, place.objects().sampleArn(partition), owner));
        for (KeyUse use : place.keys()) {
            for (String action : KeyActions.of(task, use, principal)) {
                questions.add(kms(principal, action, use, task.usesKeyForData() ? place.objects() : null));
            }
        }
    }

    private void askForReplicas(AccessNeed.Place place) {
        String owner = place.bucketAccount().map(AccountId::digits).orElse(null);
        AccessTask.REPLICA_ACTIONS.forEach(
                action -> s3(action, place.objects().sampleArn(principal.partition()), owner));
        for (KeyUse use : place.keys()) {
            KeyActions.ofReplica(use).forEach(action -> questions.add(kms(principal, action, use, place.objects())));
        }
    }

    private void s3(String action, String resource, @Nullable String owner) {
        questions.add(AccessRequest.builder(principal, action, resource)
                .resourceAccount(owner)
                .secureTransport(true)
                .build());
    }

    /** A call to KMS about data in a scope, or about the key itself where there is none. */
    static AccessRequest kms(Principal principal, String action, KeyUse use, @Nullable ObjectScope objects) {
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
        return request.build();
    }
}
