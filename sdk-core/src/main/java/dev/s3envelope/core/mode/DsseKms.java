package dev.s3envelope.core.mode;

import dev.s3envelope.core.arn.KeyReference;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Dual-layer server-side encryption with a KMS key ({@code x-amz-server-side-encryption: aws:kms:dsse}). Immutable. S3
 * Bucket Keys do not exist for it, so there is nothing to set one with.
 */
public final class DsseKms implements ServerSideMode {
    private final @Nullable KeyReference key;
    private final ContextPairs context;

    private DsseKms(Builder builder) {
        this.key = builder.key;
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

    /** The context added to the {@code aws:s3:arn} that S3 itself adds; may be empty. */
    public ContextPairs context() {
        return context;
    }

    /** A builder that holds these parameters. */
    public Builder toBuilder() {
        Builder builder = new Builder().context(context);
        builder.key = key;
        return builder;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DsseKms that && Objects.equals(key, that.key) && context.equals(that.context);
    }

    @Override
    public int hashCode() {
        return Objects.hash(key, context);
    }

    @Override
    public String toString() {
        return "DsseKms[key=" + (key == null ? "aws/s3" : key) + (context.isEmpty() ? "" : ", context=" + context)
                + "]";
    }

    /** Builds a {@link DsseKms}. Not safe for use by several threads. */
    public static final class Builder {
        private @Nullable KeyReference key;
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

        /** Sets the context to add; empty by default. */
        public Builder context(ContextPairs context) {
            this.context = Objects.requireNonNull(context, "context");
            return this;
        }

        /** The mode. */
        public DsseKms build() {
            return new DsseKms(this);
        }
    }
}
