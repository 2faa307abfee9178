package dev.s3envelope.core.advice;

import dev.s3envelope.core.advice.AccessDocuments.DefaultEncryption;
import dev.s3envelope.core.advice.AccessDocuments.OfBucket;
import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.iam.ContextKeys;
import dev.s3envelope.core.iam.PolicyDocument;
import dev.s3envelope.core.iam.Wildcards;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import software.amazon.awssdk.policybuilder.iam.IamCondition;
import software.amazon.awssdk.policybuilder.iam.IamStatement;

/** A bucket's default key against its Region, its policy, its log sources, and the conditions policies put on that key. */
final class BucketChecks {
    private static final String LOGGING = "logging.s3.amazonaws.com";

    private final AccessDocuments documents;
    private final Consumer<LintFinding> found;

    BucketChecks(AccessDocuments documents, Consumer<LintFinding> found) {
        this.documents = documents;
        this.found = found;
    }

    void run() {
        for (OfBucket bucket : documents.buckets()) {
            bucket.encryption().filter(DefaultEncryption::usesKms).ifPresent(preset -> {
                region(bucket, preset);
                sharing(bucket, preset);
                logs(bucket);
                contexts(bucket, preset);
            });
        }
    }

    private void region(OfBucket bucket, DefaultEncryption preset) {
        Optional<String> keyRegion = preset.key().flatMap(BucketChecks::regionOf);
        if (keyRegion.isPresent() && bucket.region().isPresent() && !keyRegion.equals(bucket.region())) {
            found.accept(LintFinding.of(
                    LintRule.KEY_IN_ANOTHER_REGION,
                    "bucket " + bucket.name(),
                    "the bucket is in " + bucket.region().get() + ", its default key "
                            + preset.key().orElseThrow() + " in " + keyRegion.get()));
        }
    }

    /** The Region in the ARN of a key or alias. */
    static Optional<String> regionOf(String key) {
        String[] parts = key.split(":", -1);
        return parts.length >= 6 && parts[0].equals("arn") ? Optional.of(parts[3]) : Optional.empty();
    }

    private void sharing(OfBucket bucket, DefaultEncryption preset) {
        if (bucket.policy().isEmpty() || bucket.account().isEmpty()) {
            return;
        }
        PolicyDocument policy = bucket.policy().get();
        AccountId owner = bucket.account().get();
        boolean byName = !preset.usesManagedKey()
                && preset.key().filter(k -> KeyArn.tryParse(k).isEmpty()).isPresent();
        for (int i = 0; i < policy.policy().statements().size(); i++) {
            IamStatement statement = policy.policy().statements().get(i);
            boolean shares =
                    Audience.isAllow(statement) && Audience.of(statement).reachesBeyond(owner.digits());
            boolean writes = Audience.covers(statement, "s3:PutObject");
            if (shares && preset.usesManagedKey() && (writes || Audience.covers(statement, "s3:GetObject"))) {
                found.accept(
                        LintFinding.at(
                                LintRule.MANAGED_KEY_SHARED,
                                "bucket " + bucket.name(),
                                policy.statements().get(i),
                                "the bucket policy lets in principals outside account " + owner
                                        + ", the default encryption is aws/s3: they cannot read what the owner writes, nor the owner what they write"));
            }
            if (shares && writes && byName) {
                found.accept(LintFinding.at(
                        LintRule.ALIAS_ACROSS_ACCOUNTS,
                        "bucket " + bucket.name(),
                        policy.statements().get(i),
                        "the default key is '" + preset.key().orElseThrow() + "', and principals outside account "
                                + owner + " may write"));
            }
        }
    }

    private void logs(OfBucket bucket) {
        Optional<OfBucket> source = documents.buckets().stream()
                .filter(other -> other.logsTo().filter(bucket.name()::equals).isPresent())
                .findFirst();
        if (source.isPresent()) {
            found.accept(LintFinding.of(
                    LintRule.LOG_BUCKET_WITH_KMS,
                    "bucket " + bucket.name(),
                    "bucket " + source.get().name() + " logs to it, and its default encryption is a KMS key"));
            return;
        }
        bucket.policy().ifPresent(policy -> {
            for (int i = 0; i < policy.policy().statements().size(); i++) {
                IamStatement statement = policy.policy().statements().get(i);
                if (Audience.isAllow(statement)
                        && Audience.covers(statement, "s3:PutObject")
                        && statement.principals().stream().anyMatch(p -> p.id().equals(LOGGING))) {
                    found.accept(LintFinding.at(
                            LintRule.LOG_BUCKET_WITH_KMS,
                            "bucket " + bucket.name(),
                            policy.statements().get(i),
                            "its policy invites access logs, and its default encryption is a KMS key"));
                }
            }
        });
    }

    private void contexts(OfBucket bucket, DefaultEncryption preset) {
        boolean bucketKey = preset.bucketKey() && preset.algorithm().equals("aws:kms");
        Optional<KeyArn> key = preset.key().flatMap(KeyArn::tryParse);
        if (key.isEmpty()) {
            return;
        }
        Stream<PolicyDocument> policies = Stream.concat(
                documents.key(key.get().text()).flatMap(k -> k.policy()).stream(),
                documents.principals().stream().flatMap(p -> p.identity().stream()));
        policies.forEach(policy -> {
            for (int i = 0; i < policy.policy().statements().size(); i++) {
                IamStatement statement = policy.policy().statements().get(i);
                boolean onKey = statement.resources().stream()
                        .anyMatch(r -> Wildcards.matches(r.value(), key.get().text()));
                if (onKey) {
                    context(bucket, key.get(), policy, i, bucketKey);
                }
            }
        });
    }

    private void context(OfBucket bucket, KeyArn key, PolicyDocument policy, int index, boolean bucketKey) {
        IamStatement statement = policy.policy().statements().get(index);
        String bucketArn = bucket.arn(key.partition());
        List<String> values = statement.conditions().stream()
                .filter(BucketChecks::comparesContextArn)
                .map(IamCondition::value)
                .toList();
        boolean objects = values.stream().anyMatch(v -> v.startsWith(bucketArn + "/"));
        boolean wholeBucket = values.stream().anyMatch(v -> Wildcards.matches(v, bucketArn));
        boolean wide = values.stream().anyMatch(v -> v.equals("*"));
        if (bucketKey && objects && !wholeBucket) {
            found.accept(LintFinding.at(
                    LintRule.OBJECT_CONTEXT_WITH_BUCKET_KEY,
                    "bucket " + bucket.name() + " at key " + key,
                    policy.statements().get(index),
                    "it compares the encryption context with " + values + "; with Bucket Keys KMS sees " + bucketArn));
        }
        boolean throughS3 = statement.conditions().stream()
                .anyMatch(c -> c.key().value().equalsIgnoreCase(ContextKeys.KMS_VIA_SERVICE));
        // Without kms:ViaService the statement may serve client-side modes, whose context is the bucket's ARN.
        boolean objectsToo = values.stream().anyMatch(v -> Wildcards.matches(v, bucketArn + "/any"));
        if (!bucketKey && wholeBucket && !objects && !objectsToo && !wide && throughS3) {
            found.accept(LintFinding.at(
                    LintRule.BUCKET_CONTEXT_WITHOUT_BUCKET_KEY,
                    "bucket " + bucket.name() + " at key " + key,
                    policy.statements().get(index),
                    "it compares the encryption context with " + values
                            + "; without Bucket Keys KMS sees an object's ARN"));
        }
    }

    private static boolean comparesContextArn(IamCondition condition) {
        String operator = condition.operator().value().toLowerCase(Locale.ROOT);
        return condition.key().value().equalsIgnoreCase(ContextKeys.encryptionContext(KeyUse.CONTEXT_ARN))
                && (operator.contains("string") || operator.contains("arn"));
    }
}
