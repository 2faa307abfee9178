package dev.s3envelope.core.mode;

import dev.s3envelope.core.arn.KeyReference;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Server-side encryption with a KMS key ({@code x-amz-server-side-encryption: aws:kms}). Immutable. */
public final class SseKms implements ServerSideMode {
    private final @Nullable KeyReference key;
    private final BucketKey bucketKey;
    private final ContextPairs context;

    private SseKms(Builder builder) {
        this.key = builder.key;
        this.bucketKey = builder.bucketKey;
        this.context = builder.context;
    }

    /** Starts from the {@code aws/s3} key that AWS manages in the caller's account. */
    public static Builder builder() {
        return new Builder();
    }

    /** Starts from a key. */
    public static Builder builder(KeyReference key) {
        return new Builder().key(key);
    }

    /** The key; empty means {@code aws/s3}, the managed key of the caller's account. */
    public Optional<KeyReference> key() {
        return Optional.ofNullable(key);
    }

    /** The bucket key the request asks for. */
    public BucketKey bucketKey() {
        return bucketKey;
    }

    /** The context added to the {@code aws:s3:arn} that S3 itself adds; may be empty. */
    public ContextPairs context() {
        return context;
    }

    /** A builder that holds these parameters. */
    public Builder toBuilder() {
        Builder builder = new Builder().bucketKey(bucketKey).context(context);
        builder.key = key;
        return builder;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SseKms that
                && Objects.equals(key, that.key)
                && bucketKey == that.bucketKey
                && context.equals(that.context);
    }

    @Override
    public int hashCode() {
        return Objects.hash(key, bucketKey, context);
    }

    @Override
    public String toString() {
        return "SseKms[key=" + (key == null ? "aws/s3" : key)
                + (bucketKey == BucketKey.UNSET ? "" : ", bucketKey=" + bucketKey)
                + (context.isEmpty() ? "" : ", context=" + context) + "]";
    }

    /** Builds an {@link SseKms}. Not safe for use by several threads. */
    public static final class Builder {
        private @Nullable KeyReference key;
        private BucketKey bucketKey = BucketKey.UNSET;
        private ContextPairs context = ContextPairs.empty();

        private Builder() {}

        /** Sets the key. */
        public Builder key(KeyReference key) {
            this.key = Objects.requireNonNull(key, "key");
            return this;
        }

        /** Uses {@code aws/s3} instead of a key set before; the default. */
        public Builder awsManagedKey() {
            this.key = null;
            return this;
        }

        /** Sets whether S3 may use a bucket key; {@link BucketKey#UNSET} by default. */
        public Builder bucketKey(BucketKey bucketKey) {
            this.bucketKey = Objects.requireNonNull(bucketKey, "bucketKey");
            return this;
        }

        /** Sets the context to add; empty by default. */
        public Builder context(ContextPairs context) {
            this.context = Objects.requireNonNull(context, "context");
            return this;
        }

        /** The mode. */
        public SseKms build() {
            return new SseKms(this);
        }
    }
}
