package dev.s3envelope.core.advice;

import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.iam.KmsGate;
import dev.s3envelope.core.iam.PolicyType;
import dev.s3envelope.core.iam.Principal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.policybuilder.iam.IamPolicy;
import software.amazon.awssdk.policybuilder.iam.IamStatement;

/**
 * The least that lets a principal do a task: statements for its identity policy, the bucket policy and the key policies.
 *
 * <p>In the account of the bucket or key one yes is enough and goes into the identity policy (into the key policy where that does not delegate
 * to IAM); across accounts each gate wants a yes from both sides. A statement on a key used through S3 is bound to S3 of the key's Region by
 * {@code kms:ViaService}; one on a key that the application uses itself is not, since such a condition would never hold. Both are bound to the
 * objects by the encryption context: their ARNs, or the bucket's ARN under Bucket Keys and client-side keys of bucket scope.
 *
 * <p>Rules of evaluation: IAM page "Policy evaluation logic", KMS pages "Allowing users in other accounts to use a KMS key" and "Condition
 * keys for AWS KMS". What a boundary, session, organization or endpoint policy forbids, and any explicit Deny, still binds.
 */
public final class KeyPolicyAdvisor {
    private static final String MANAGED_KEY_OBSTACLE =
            "objects under the AWS managed key aws/s3 can be used only within the account that owns the key; "
                    + "encrypt them again under a customer managed key and share that";

    private final AccessNeed need;
    private final Principal principal;
    private final Map<Target, List<IamStatement>> statements = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();

    /** Where statements go. */
    private record Target(PolicyType type, String attachTo, Optional<String> account) {}

    private KeyPolicyAdvisor(AccessNeed need) {
        this.need = need;
        this.principal = need.principal();
    }

    /** The statements for a need. */
    public static PolicyAdvice advise(AccessNeed need) {
        return new KeyPolicyAdvisor(need).advice();
    }

    private PolicyAdvice advice() {
        if (sharesManagedKey(need.place())
                || need.destination().filter(this::sharesManagedKey).isPresent()) {
            return new PolicyAdvice(List.of(), List.of(), Optional.of(MANAGED_KEY_OBSTACLE));
        }
        AccessTask task = need.task();
        AccessNeed.Place place = need.place();
        onBucket(place, task.bucketActions(), place.objects().bucketArn(partition()), "Bucket");
        onBucket(place, task.objectActions(), place.objects().pattern(partition()), "Objects");
        for (KeyUse use : place.keys()) {
            onKey(
                    use,
                    KeyActions.of(task, use, principal),
                    task.usesKeyForData() ? Optional.of(place.objects()) : Optional.empty());
            noteUnsharedActions(task, use);
        }
        need.destination().ifPresent(this::replicas);
        return new PolicyAdvice(policies(), notes, Optional.empty());
    }

    private void replicas(AccessNeed.Place place) {
        onBucket(place, AccessTask.REPLICA_ACTIONS, place.objects().pattern(partition()), "Replicas");
        place.keys().forEach(use -> onKey(use, KeyActions.ofReplica(use), Optional.of(place.objects())));
    }

    private void onBucket(AccessNeed.Place place, List<String> actions, String resource, String what) {
        if (actions.isEmpty()) {
            return;
        }
        String sid = sid(what);
        add(identity(), Statements.onResource(sid, actions, resource).build());
        if (isOwn(place.bucketAccount())) {
            return;
        }
        Target bucket = new Target(
                PolicyType.BUCKET,
                place.objects().bucketArn(partition()),
                place.bucketAccount().map(AccountId::digits));
        add(bucket, Statements.forPrincipal(principal, Statements.onResource(sid, actions, resource)));
        if (place.bucketAccount().isEmpty()) {
            note("It is not known who owns bucket " + place.objects().bucket() + "; if it is account "
                    + principal.account().orElseThrow() + ", the bucket policy statement is not needed.");
        }
    }

    private void onKey(KeyUse use, List<String> actions, Optional<ObjectScope> objects) {
        if (actions.isEmpty()) {
            return;
        }
        String sid = sid(use.route() == KeyRoute.DIRECT ? "KeyDirectly" : objects.isPresent() ? "KeyThroughS3" : "Key");
        boolean own = isOwn(Optional.of(use.key().account()));
        if (!own || need.keysDelegate()) {
            add(
                    identity(),
                    Statements.onKey(sid, actions, use.key().text(), use, objects)
                            .build());
        }
        if (own && need.keysDelegate()) {
            note("The policy of key " + use.key().text()
                    + " must leave access to IAM, as the default key policy does: Allow arn:" + partition() + ":iam::"
                    + use.key().account() + ":root kms:*. Without that the statement belongs into the key policy.");
            return;
        }
        Target key = new Target(
                PolicyType.KEY,
                use.key().text(),
                Optional.of(use.key().account().digits()));
        add(key, Statements.forPrincipal(principal, Statements.onKey(sid, actions, "*", use, objects)));
    }

    private void noteUnsharedActions(AccessTask task, KeyUse use) {
        List<String> unshared = task.keyActions(use.route()).stream()
                .filter(action -> !KmsGate.isCrossAccountAction(action))
                .toList();
        if (!unshared.isEmpty() && !isOwn(Optional.of(use.key().account()))) {
            note("KMS does not offer " + String.join(", ", unshared) + " across accounts; ask the owner of key "
                    + use.key().text() + ".");
        }
    }

    private boolean sharesManagedKey(AccessNeed.Place place) {
        return place.awsManagedKey() && !isOwn(place.bucketAccount());
    }

    private boolean isOwn(Optional<AccountId> account) {
        return account.isPresent() && principal.account().equals(account.map(AccountId::digits));
    }

    private String partition() {
        return principal.partition();
    }

    private Target identity() {
        return new Target(PolicyType.IDENTITY, principal.arn(), principal.account());
    }

    private String sid(String what) {
        StringBuilder words = new StringBuilder();
        for (String word : need.task().name().split("_", -1)) {
            words.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return words + what;
    }

    private void add(Target target, IamStatement statement) {
        List<IamStatement> there = statements.computeIfAbsent(target, t -> new ArrayList<>());
        boolean taken = there.stream().anyMatch(other -> statement.sid().equals(other.sid()));
        there.add(taken ? statement.copy(s -> s.sid(statement.sid() + (there.size() + 1))) : statement);
    }

    private void note(String text) {
        if (!notes.contains(text)) {
            notes.add(text);
        }
    }

    private List<AdvisedPolicy> policies() {
        List<AdvisedPolicy> all = new ArrayList<>();
        statements.forEach((target, list) -> all.add(new AdvisedPolicy(
                target.type(),
                target.attachTo(),
                target.account(),
                IamPolicy.builder().statements(list).build())));
        return all;
    }
}
