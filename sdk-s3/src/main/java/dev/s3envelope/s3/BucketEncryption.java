package dev.s3envelope.s3;

import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.IllegalKeyException;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.arn.KeyReference;
import dev.s3envelope.core.mode.BucketKey;
import dev.s3envelope.core.mode.ContextPairs;
import dev.s3envelope.core.mode.DsseKms;
import dev.s3envelope.core.mode.ServerSideMode;
import dev.s3envelope.core.mode.SseKms;
import dev.s3envelope.core.mode.SseS3;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.BlockedEncryptionTypes;
import software.amazon.awssdk.services.s3.model.EncryptionType;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionByDefault;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionConfiguration;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionRule;

/**
 * The default encryption of a bucket from a mode, for {@code PutBucketEncryption}. S3 takes such a configuration without looking
 * at the key, and an alias in it means whatever key the caller's account has under that name; so only a full key ARN or the
 * {@code aws/s3} key is accepted here (Amazon S3 API Reference, PutBucketEncryption).
 */
public final class BucketEncryption {
    private BucketEncryption() {}

    /**
     * The one rule of a bucket's default encryption. Whether SSE-C uploads are blocked stays as it is.
     *
     * @param mode SSE-S3, SSE-KMS or DSSE-KMS, without an added encryption context
     * @throws IllegalEncryptionException if a bucket cannot have the mode as its default
     * @throws IllegalKeyException if the key is not a full key ARN
     */
    public static ServerSideEncryptionRule rule(ServerSideMode mode) {
        ServerSideEncryptionByDefault.Builder byDefault = ServerSideEncryptionByDefault.builder();
        @Nullable Boolean bucketKey = null;
        if (mode instanceof SseS3) {
            byDefault.sseAlgorithm(ServerSideEncryption.AES256);
        } else if (mode instanceof SseKms kms) {
            requireNoContext(kms.context());
            byDefault.sseAlgorithm(ServerSideEncryption.AWS_KMS).kmsMasterKeyID(arn(kms.key()));
            bucketKey = kms.bucketKey() == BucketKey.UNSET ? null : kms.bucketKey() == BucketKey.ENABLED;
        } else if (mode instanceof DsseKms dsse) {
            requireNoContext(dsse.context());
            byDefault.sseAlgorithm(ServerSideEncryption.AWS_KMS_DSSE).kmsMasterKeyID(arn(dsse.key()));
        } else {
            throw new IllegalEncryptionException("A bucket cannot have " + mode
                    + " as its default encryption. It can have SSE-S3, SSE-KMS or DSSE-KMS.");
        }
        return ServerSideEncryptionRule.builder()
                .applyServerSideEncryptionByDefault(byDefault.build())
                .bucketKeyEnabled(bucketKey)
                .build();
    }

    /** The configuration with that one rule; see {@link #rule}. */
    public static ServerSideEncryptionConfiguration configuration(ServerSideMode mode) {
        return ServerSideEncryptionConfiguration.builder().rules(rule(mode)).build();
    }

    /**
     * The configuration with that one rule, stating whether uploads with customer-provided keys are blocked. Blocking refuses new
     * SSE-C objects; those that exist stay readable.
     */
    public static ServerSideEncryptionConfiguration configuration(ServerSideMode mode, boolean blockSseC) {
        ServerSideEncryptionRule rule = rule(mode).toBuilder()
                .blockedEncryptionTypes(BlockedEncryptionTypes.builder()
                        .encryptionType(blockSseC ? EncryptionType.SSE_C : EncryptionType.NONE)
                        .build())
                .build();
        return ServerSideEncryptionConfiguration.builder().rules(rule).build();
    }

    private static @Nullable String arn(Optional<KeyReference> key) {
        if (key.isPresent() && !(key.get() instanceof KeyArn)) {
            throw new IllegalKeyException("The default encryption of a bucket names its key by full ARN; " + key.get()
                    + " means another key in another account. Use arn:aws:kms:region:account:key/id.");
        }
        return key.map(KeyReference::text).orElse(null);
    }

    private static void requireNoContext(ContextPairs context) {
        if (!context.isEmpty()) {
            throw new IllegalEncryptionException(
                    "The default encryption of a bucket has no encryption context of its own;"
                            + " give the context with each request.");
        }
    }
}
