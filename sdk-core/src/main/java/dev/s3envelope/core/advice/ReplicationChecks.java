package dev.s3envelope.core.advice;

import dev.s3envelope.core.advice.AccessDocuments.DefaultEncryption;
import dev.s3envelope.core.advice.AccessDocuments.OfBucket;
import dev.s3envelope.core.advice.AccessDocuments.OfKey;
import dev.s3envelope.core.advice.AccessDocuments.OfPrincipal;
import dev.s3envelope.core.advice.AccessDocuments.Replication;
import dev.s3envelope.core.advice.AccessDocuments.ReplicationRule;
import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.iam.AccessRequest;
import dev.s3envelope.core.iam.KmsGate;
import dev.s3envelope.core.iam.PolicyDocument;
import dev.s3envelope.core.iam.S3Gate;
import dev.s3envelope.core.iam.StatementRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Whether objects under KMS keys reach the buckets they are to be replicated to. */
final class ReplicationChecks {
    private static final String VERSION_READ = "s3:GetObjectVersionForReplication";
    private static final String SAMPLE = "any";

    private final AccessDocuments documents;
    private final Consumer<LintFinding> found;

    ReplicationChecks(AccessDocuments documents, Consumer<LintFinding> found) {
        this.documents = documents;
        this.found = found;
    }

    void run() {
        for (OfBucket bucket : documents.buckets()) {
            bucket.replication().ifPresent(replication -> check(bucket, replication));
        }
    }

    private void check(OfBucket bucket, Replication replication) {
        List<ReplicationRule> rules =
                replication.rules().stream().filter(ReplicationRule::enabled).toList();
        boolean kmsObjects =
                bucket.encryption().filter(DefaultEncryption::usesKms).isPresent()
                        || !bucket.objectKeys().isEmpty();
        for (ReplicationRule rule : rules) {
            String subject = "bucket " + bucket.name() + ", replication " + rule.id();
            if (kmsObjects && !rule.kmsObjects()) {
                found.accept(LintFinding.of(
                        LintRule.REPLICATION_SKIPS_KMS_OBJECTS,
                        subject,
                        "the bucket holds objects under KMS keys, and the rule does not select them"));
            }
            if (rule.kmsObjects() && rule.replicaKey().isEmpty()) {
                found.accept(LintFinding.of(
                        LintRule.REPLICATION_WITHOUT_REPLICA_KEY, subject, "the rule has no ReplicaKmsKeyID"));
            }
            rule.replicaKey().ifPresent(key -> replicaKey(bucket, rule, key, subject));
        }
        Optional<OfPrincipal> role = documents.principal(replication.role());
        if (role.isPresent() && !rules.isEmpty()) {
            versionRead(bucket, role.get());
            rules.stream().filter(ReplicationRule::kmsObjects).forEach(rule -> keys(bucket, rule, role.get()));
        }
    }

    private void replicaKey(OfBucket source, ReplicationRule rule, String key, String subject) {
        Optional<String> keyRegion = BucketChecks.regionOf(key);
        Optional<OfBucket> destination = documents.bucket(rule.destination());
        Optional<String> region = destination.flatMap(OfBucket::region);
        if (keyRegion.isPresent() && region.isPresent() && !keyRegion.equals(region)) {
            found.accept(LintFinding.of(
                    LintRule.KEY_IN_ANOTHER_REGION,
                    subject,
                    "replicas go to " + rule.destination() + " in " + region.get() + ", the replica key " + key
                            + " is in " + keyRegion.get()));
        }
        Optional<AccountId> account = rule.destinationAccount().or(() -> destination.flatMap(OfBucket::account));
        boolean across = account.isPresent() && source.account().isPresent() && !account.equals(source.account());
        if (across && key.endsWith("alias/aws/s3")) {
            found.accept(LintFinding.of(
                    LintRule.MANAGED_KEY_SHARED,
                    subject,
                    "replicas for account " + account.get() + " are to be under aws/s3"));
        } else if (across && KeyArn.tryParse(key).isEmpty()) {
            found.accept(LintFinding.of(
                    LintRule.ALIAS_ACROSS_ACCOUNTS,
                    subject,
                    "replicas for account " + account.get() + " are to be under '" + key + "'"));
        }
    }

    private void versionRead(OfBucket bucket, OfPrincipal role) {
        if (s3(bucket, role, VERSION_READ)) {
            return;
        }
        String subject = role.principal() + " at bucket " + bucket.name();
        String explanation = "the S3 gate denies " + VERSION_READ + " on the source's objects";
        Optional<StatementRef> instead = allowing(role, "s3:GetObjectVersion");
        found.accept(
                instead.isPresent()
                        ? LintFinding.at(
                                LintRule.REPLICATION_ROLE_WITHOUT_VERSION_READ,
                                subject,
                                instead.get(),
                                explanation + "; s3:GetObjectVersion, which this statement allows, is not enough")
                        : LintFinding.of(LintRule.REPLICATION_ROLE_WITHOUT_VERSION_READ, subject, explanation));
    }

    private static Optional<StatementRef> allowing(OfPrincipal role, String action) {
        List<StatementRef> all = new ArrayList<>();
        for (PolicyDocument policy : role.identity()) {
            for (int i = 0; i < policy.policy().statements().size(); i++) {
                var statement = policy.policy().statements().get(i);
                if (Audience.isAllow(statement) && Audience.covers(statement, action)) {
                    all.add(policy.statements().get(i));
                }
            }
        }
        return all.stream().findFirst();
    }

    /** Asks about objects the role's own statements are about: its policy may name a prefix. */
    private static boolean s3(OfBucket bucket, OfPrincipal role, String action) {
        String bucketArn = bucket.arn(role.principal().partition());
        return role.identity().stream()
                .flatMap(p -> p.policy().statements().stream())
                .flatMap(s -> s.resources().stream())
                .map(r -> r.value())
                .map(r -> r.startsWith(bucketArn + "/")
                        ? r.replace("*", SAMPLE).replace('?', 'x')
                        : bucketArn + "/" + SAMPLE)
                .distinct()
                .anyMatch(object -> S3Gate.create()
                        .evaluate(
                                AccessRequest.builder(role.principal(), action, object)
                                        .resourceAccount(bucket.account()
                                                .map(AccountId::digits)
                                                .orElse(null))
                                        .secureTransport(true)
                                        .build(),
                                AccessDocuments.forS3(role, bucket))
                        .allowed());
    }

    private void keys(OfBucket bucket, ReplicationRule rule, OfPrincipal role) {
        bucket.encryption()
                .filter(DefaultEncryption::usesKms)
                .flatMap(e -> e.key().flatMap(k -> documents.key(k)).map(k -> use(k, e.bucketKey())))
                .ifPresent(use -> mayUse(role, use, "kms:Decrypt", bucket.name()));
        boolean bucketKey = documents
                .bucket(rule.destination())
                .flatMap(OfBucket::encryption)
                .filter(DefaultEncryption::bucketKey)
                .isPresent();
        rule.replicaKey()
                .flatMap(documents::key)
                .ifPresent(k -> mayUse(role, use(k, bucketKey), "kms:Encrypt", rule.destination()));
    }

    private static KeyUse use(OfKey key, boolean bucketKey) {
        return bucketKey ? KeyUse.sseKmsWithBucketKey(key.arn()) : KeyUse.sseKms(key.arn());
    }

    private void mayUse(OfPrincipal role, KeyUse use, String action, String bucket) {
        OfKey key = documents
                .key(use.key().text())
                .filter(k -> k.policy().isPresent())
                .orElse(null);
        if (key == null) {
            return;
        }
        boolean allowed = contexts(role, bucket).stream()
                .anyMatch(object -> KmsGate.create()
                        .evaluate(
                                GateQuestions.kms(role.principal(), action, use, object)
                                        .build(),
                                AccessDocuments.forKms(role, key))
                        .allowed());
        if (!allowed) {
            found.accept(LintFinding.of(
                    LintRule.REPLICATION_ROLE_WITHOUT_KEY,
                    role.principal() + " at bucket " + bucket,
                    "the KMS gate denies " + action + " on " + key.arn()
                            + " through S3, with the encryption context of " + (bucket + "'s objects")));
        }
    }

    /** Objects of a bucket the role's statements may be about, by resource or encryption context. */
    private static List<ObjectScope> contexts(OfPrincipal role, String bucket) {
        String prefix = "arn:" + role.principal().partition() + ":s3:::" + bucket + "/";
        List<String> keys = new ArrayList<>(List.of(SAMPLE));
        role.identity().stream().flatMap(p -> p.policy().statements().stream()).forEach(s -> {
            s.resources().forEach(r -> keys.add(r.value()));
            s.conditions().forEach(c -> keys.add(c.value()));
        });
        return keys.stream()
                .filter(k -> k.equals(SAMPLE) || (k.startsWith(prefix) && k.length() > prefix.length()))
                .map(k ->
                        k.equals(SAMPLE) ? SAMPLE : k.substring(prefix.length()).replace("*", SAMPLE))
                .distinct()
                .map(k -> ObjectScope.object(bucket, k))
                .toList();
    }
}
