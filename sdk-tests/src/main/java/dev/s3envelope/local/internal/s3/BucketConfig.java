package dev.s3envelope.local.internal.s3;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What can be configured of a bucket. Immutable.
 *
 * @param versioning {@code Enabled}, {@code Suspended} or null if it never was
 * @param policy the bucket policy document as it was put
 * @param ownership the object ownership rule
 * @param publicAccessBlock its four settings, or null once deleted
 * @param replication the replication configuration document as it was put
 * @param logging the logging status document as it was put
 */
record BucketConfig(
        @Nullable String versioning,
        @Nullable String policy,
        DefaultEncryption encryption,
        Map<String, String> tags,
        @Nullable String ownership,
        @Nullable Map<String, Boolean> publicAccessBlock,
        @Nullable String replication,
        @Nullable String logging) {

    /** The default encryption of a bucket and whether uploads under SSE-C are blocked. */
    record DefaultEncryption(
            Sealed.Mode mode,
            @Nullable String key,
            @Nullable Boolean bucketKey,
            boolean blocksSseC) {}

    static BucketConfig initial(boolean blocksSseC, String ownership) {
        return new BucketConfig(
                null,
                null,
                new DefaultEncryption(Sealed.Mode.SSE_S3, null, null, blocksSseC),
                Map.of(),
                ownership,
                Map.of(
                        "BlockPublicAcls", true,
                        "IgnorePublicAcls", true,
                        "BlockPublicPolicy", true,
                        "RestrictPublicBuckets", true),
                null,
                null);
    }

    boolean versioned() {
        return "Enabled".equals(versioning);
    }

    BucketConfig withVersioning(@Nullable String status) {
        return new BucketConfig(status, policy, encryption, tags, ownership, publicAccessBlock, replication, logging);
    }

    BucketConfig withPolicy(@Nullable String document) {
        return new BucketConfig(
                versioning, document, encryption, tags, ownership, publicAccessBlock, replication, logging);
    }

    BucketConfig withEncryption(DefaultEncryption changed) {
        return new BucketConfig(versioning, policy, changed, tags, ownership, publicAccessBlock, replication, logging);
    }

    BucketConfig withTags(Map<String, String> changed) {
        return new BucketConfig(
                versioning, policy, encryption, changed, ownership, publicAccessBlock, replication, logging);
    }

    BucketConfig withOwnership(@Nullable String rule) {
        return new BucketConfig(versioning, policy, encryption, tags, rule, publicAccessBlock, replication, logging);
    }

    BucketConfig withPublicAccessBlock(@Nullable Map<String, Boolean> settings) {
        return new BucketConfig(versioning, policy, encryption, tags, ownership, settings, replication, logging);
    }

    BucketConfig withReplication(@Nullable String document) {
        return new BucketConfig(versioning, policy, encryption, tags, ownership, publicAccessBlock, document, logging);
    }

    BucketConfig withLogging(@Nullable String document) {
        return new BucketConfig(
                versioning, policy, encryption, tags, ownership, publicAccessBlock, replication, document);
    }
}
