package dev.s3envelope.core.mode;

import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.message.MessageEngine;
import dev.s3envelope.core.message.ObjectIdentity;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Encrypted on the client, before S3 sees it, over any server-side mode. Immutable.
 *
 * <p>The keyring decides who can read: a KMS key, a local key, several together. Two modes are equal if their parameters are and their keyring is
 * the same instance.
 */
public final class ClientSide implements EncryptionMode {
    private final Keyring keyring;
    private final String keyringName;
    private final ServerSideMode over;
    private final ClientSideFormat format;
    private final ObjectIdentity identity;
    private final ContextScope contextScope;
    private final ContextPairs context;
    private final int frameLength;

    private ClientSide(Builder builder) {
        this.keyring = builder.keyring;
        this.keyringName = builder.keyringName;
        this.over = builder.over;
        this.format = builder.format;
        this.identity = builder.identity;
        this.contextScope = builder.contextScope;
        this.context = builder.context;
        this.frameLength = builder.frameLength;
    }

    /**
     * Starts a mode under a keyring.
     *
     * @param name what policy files, messages and metrics call the keyring
     */
    public static Builder builder(String name, Keyring keyring) {
        return new Builder(name, keyring);
    }

    /** Makes and opens the data keys. */
    public Keyring keyring() {
        return keyring;
    }

    /** What policy files call the keyring. */
    public String keyringName() {
        return keyringName;
    }

    /** The mode S3 itself applies to the ciphertext. */
    @Override
    public ServerSideMode serverSide() {
        return over;
    }

    /** The format to write. */
    public ClientSideFormat format() {
        return format;
    }

    /** What a message is bound to, so that it is refused elsewhere. */
    public ObjectIdentity identity() {
        return identity;
    }

    /** What {@code aws:s3:arn} in the encryption context names. */
    public ContextScope contextScope() {
        return contextScope;
    }

    /** What the encryption context has besides {@code aws:s3:arn}; may be empty. */
    public ContextPairs context() {
        return context;
    }

    /** Bytes of plaintext in a frame. */
    public int frameLength() {
        return frameLength;
    }

    @Override
    public ClientSide withServerSide(ServerSideMode beneath) {
        return toBuilder().over(beneath).build();
    }

    /** A builder that holds these parameters. */
    public Builder toBuilder() {
        return new Builder(keyringName, keyring)
                .over(over)
                .format(format)
                .identity(identity)
                .contextScope(contextScope)
                .context(context)
                .frameLength(frameLength);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ClientSide that
                && keyring == that.keyring
                && keyringName.equals(that.keyringName)
                && over.equals(that.over)
                && format == that.format
                && identity == that.identity
                && contextScope == that.contextScope
                && context.equals(that.context)
                && frameLength == that.frameLength;
    }

    @Override
    public int hashCode() {
        return Objects.hash(keyringName, over, format, identity, contextScope, context, frameLength);
    }

    @Override
    public String toString() {
        return "ClientSide[keyring=" + keyringName + ", over=" + over
                + (format == ClientSideFormat.ENCRYPTION_SDK ? "" : ", format=" + format)
                + ", identity=" + identity + ", contextScope=" + contextScope
                + (context.isEmpty() ? "" : ", context=" + context) + "]";
    }

    /** Builds a {@link ClientSide}. Not safe for use by several threads. */
    public static final class Builder {
        private final String keyringName;
        private final Keyring keyring;
        private ServerSideMode over = EncryptionMode.bucketDefault();
        private ClientSideFormat format = ClientSideFormat.ENCRYPTION_SDK;
        private ObjectIdentity identity = ObjectIdentity.KEY;
        private ContextScope contextScope = ContextScope.BUCKET;
        private ContextPairs context = ContextPairs.empty();
        private int frameLength = MessageEngine.DEFAULT_FRAME_LENGTH;

        private Builder(String name, Keyring keyring) {
            this.keyringName = Objects.requireNonNull(name, "name");
            this.keyring = Objects.requireNonNull(keyring, "keyring");
        }

        /** Sets the server-side mode beneath; {@link BucketDefault} by default. */
        public Builder over(ServerSideMode beneath) {
            this.over = Objects.requireNonNull(beneath, "beneath");
            return this;
        }

        /** Sets the format to write; {@link ClientSideFormat#ENCRYPTION_SDK} by default. */
        public Builder format(ClientSideFormat format) {
            this.format = Objects.requireNonNull(format, "format");
            return this;
        }

        /** Sets what messages are bound to; {@link ObjectIdentity#KEY} by default. */
        public Builder identity(ObjectIdentity identity) {
            this.identity = Objects.requireNonNull(identity, "identity");
            return this;
        }

        /** Sets what the encryption context names; {@link ContextScope#BUCKET} by default. */
        public Builder contextScope(ContextScope scope) {
            this.contextScope = Objects.requireNonNull(scope, "scope");
            return this;
        }

        /** Sets what the encryption context has besides {@code aws:s3:arn}; empty by default. */
        public Builder context(ContextPairs context) {
            this.context = Objects.requireNonNull(context, "context");
            return this;
        }

        /**
         * Sets the bytes of plaintext in a frame; {@value MessageEngine#DEFAULT_FRAME_LENGTH} by default.
         *
         * @throws IllegalArgumentException unless it is {@value MessageEngine#MIN_FRAME_LENGTH} to {@value MessageEngine#MAX_FRAME_LENGTH}
         */
        public Builder frameLength(int bytes) {
            if (bytes < MessageEngine.MIN_FRAME_LENGTH || bytes > MessageEngine.MAX_FRAME_LENGTH) {
                throw new IllegalArgumentException("Frames have " + MessageEngine.MIN_FRAME_LENGTH + " to "
                        + MessageEngine.MAX_FRAME_LENGTH + " bytes, not " + bytes);
            }
            this.frameLength = bytes;
            return this;
        }

        /** The mode. */
        public ClientSide build() {
            return new ClientSide(this);
        }
    }
}
