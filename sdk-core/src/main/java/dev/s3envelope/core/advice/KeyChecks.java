package dev.s3envelope.core.advice;

import dev.s3envelope.core.advice.AccessDocuments.OfBucket;
import dev.s3envelope.core.advice.AccessDocuments.OfKey;
import dev.s3envelope.core.guard.KeyFacts;
import dev.s3envelope.core.iam.PolicyDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import software.amazon.awssdk.policybuilder.iam.IamStatement;

/** Whom key policies let in, and keys that are out of use. */
final class KeyChecks {
    private final AccessDocuments documents;
    private final Consumer<LintFinding> found;

    KeyChecks(AccessDocuments documents, Consumer<LintFinding> found) {
        this.documents = documents;
        this.found = found;
    }

    void run() {
        for (OfKey key : documents.keys()) {
            if (!key.isAwsManaged()) {
                key.policy().ifPresent(policy -> policy(key, policy));
            }
            if (!key.facts().state().isUsable()) {
                uses(key).forEach(use -> outOfUse(key, use));
            }
        }
    }

    private void policy(OfKey key, PolicyDocument policy) {
        String account = key.arn().account().digits();
        boolean delegates = false;
        for (int i = 0; i < policy.policy().statements().size(); i++) {
            IamStatement statement = policy.policy().statements().get(i);
            if (!Audience.isAllow(statement)) {
                continue;
            }
            Audience audience = Audience.of(statement);
            delegates |= namesAccount(statement, account) && Audience.covers(statement, "kms:Decrypt");
            if (audience.everyone() && !audience.narrowed()) {
                found.accept(LintFinding.at(
                        LintRule.KEY_OPEN_TO_EVERYONE,
                        "key " + key.arn(),
                        policy.statements().get(i),
                        "anybody in any AWS account whose own policies allow it may do "
                                + statement.actions().stream()
                                        .map(a -> a.value())
                                        .toList()));
            }
            for (String other : audience.accounts()) {
                if (!other.equals(account)
                        && namesAccount(statement, other)
                        && Audience.covers(statement, "kms:PutKeyPolicy")
                        && Audience.covers(statement, "kms:Decrypt")) {
                    found.accept(LintFinding.at(
                            LintRule.KEY_FULLY_OPEN_TO_ACCOUNT,
                            "key " + key.arn(),
                            policy.statements().get(i),
                            "every principal account " + other
                                    + " chooses gets every right KMS offers across accounts"));
                }
            }
        }
        if (!delegates) {
            found.accept(LintFinding.of(
                    LintRule.KEY_WITHOUT_DELEGATION,
                    "key " + key.arn(),
                    "no Allow statement of its policy names account " + account
                            + ", so identity policies there give nobody kms:Decrypt"));
        }
    }

    /** Whether the account as a whole is among the principals. */
    private static boolean namesAccount(IamStatement statement, String account) {
        return statement.principals().stream()
                .anyMatch(p -> p.id().equals(account) || p.id().endsWith("::" + account + ":root"));
    }

    /** What is configured with a key, or under it. */
    private List<String> uses(OfKey key) {
        List<String> uses = new ArrayList<>();
        String arn = key.arn().text();
        for (OfBucket bucket : documents.buckets()) {
            if (bucket.encryption().flatMap(e -> e.key()).filter(arn::equals).isPresent()) {
                uses.add("it is the default key of bucket " + bucket.name());
            }
            if (bucket.objectKeys().contains(key.arn())) {
                uses.add("objects in bucket " + bucket.name() + " are under it");
            }
            bucket.replication()
                    .ifPresent(r -> r.rules().stream()
                            .filter(rule -> rule.enabled()
                                    && rule.replicaKey().filter(arn::equals).isPresent())
                            .forEach(rule -> uses.add(
                                    "replication of bucket " + bucket.name() + " encrypts replicas under it")));
        }
        return uses;
    }

    private void outOfUse(OfKey key, String use) {
        KeyFacts.State state = key.facts().state();
        boolean deletion = state == KeyFacts.State.PENDING_DELETION || state == KeyFacts.State.PENDING_REPLICA_DELETION;
        found.accept(LintFinding.of(
                deletion ? LintRule.KEY_PENDING_DELETION_IN_USE : LintRule.KEY_OUT_OF_USE,
                "key " + key.arn(),
                "the key is " + state + ", and " + use));
    }
}
