package dev.s3envelope.core.mode;

import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.keyring.RequestCredentials;
import dev.s3envelope.core.message.MessageEngine;
import dev.s3envelope.core.message.ObjectIdentity;
import dev.s3envelope.core.s3ec.S3ecKeyring;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Encrypted on the client, before S3 sees it, over any server-side mode. Immutable.
 *
 * <p>The keyring decides who can read: a KMS key, a local key, several together. Its kind decides the format that is written: {@link Keyring} that of the
 * AWS Encryption SDK, {@link S3ecKeyring} the S3 Encryption Client's V3. Two modes are equal if their parameters are and their keyring is the same
 * instance.
 */
public final class ClientSide implements EncryptionMode {
    private final @Nullable Keyring keyring;
    private final @Nullable S3ecKeyring s3ecKeyring;
    private final String keyringName;
    private final ServerSideMode over;
    private final ObjectIdentity identity;
    private final ContextScope contextScope;
    private final ContextPairs context;
    private final int frameLength;

    private ClientSide(Builder builder) {
        this.keyring = builder.keyring;
        this.s3ecKeyring = builder.s3ecKeyring;
        this.keyringName = builder.keyringName;
        this.over = builder.over;
        ObjectIdentity byDefault = builder.s3ecKeyring == null ? ObjectIdentity.KEY : ObjectIdentity.OFF;
        this.identity = builder.identity == null ? byDefault : builder.identity;
        this.contextScope = builder.contextScope == null ? ContextScope.BUCKET : builder.contextScope;
        this.context = builder.context;
        this.frameLength = builder.frameLength == null ? MessageEngine.DEFAULT_FRAME_LENGTH : builder.frameLength;
    }

    /**
     * Starts a mode under a keyring; it writes messages of the AWS Encryption SDK.
     *
     * @param name what policy files, messages and metrics call the keyring
     */
    public static Builder builder(String name, Keyring keyring) {
        return new Builder(name, Objects.requireNonNull(keyring, "keyring"), null);
    }

    /**
     * Starts a mode that writes the S3 Encryption Client's V3 format, for readers that have that client. Its objects go in one PUT of known length, at most
     * 5 GiB; they are bound to no name and have no frames, so that identity, context scope and frame length are not set, and the encryption context is
     * {@link #context} alone, which such readers have to give again.
     *
     * @param name what policy files, messages and metrics call the keyring
     */
    public static Builder s3ecBuilder(String name, S3ecKeyring keyring) {
        return new Builder(name, null, Objects.requireNonNull(keyring, "keyring"));
    }

    /** Makes and opens the data keys of {@link ClientSideFormat#ENCRYPTION_SDK}; empty in a mode of the other format. */
    public Optional<Keyring> keyring() {
        return Optional.ofNullable(keyring);
    }

    /** Makes and opens the data keys of {@link ClientSideFormat#S3_ENCRYPTION_CLIENT_V3}; empty in a mode of the other format. */
    public Optional<S3ecKeyring> s3ecKeyring() {
        return Optional.ofNullable(s3ecKeyring);
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

    /** The format to write, as the kind of the keyring says. */
    public ClientSideFormat format() {
        return s3ecKeyring == null ? ClientSideFormat.ENCRYPTION_SDK : ClientSideFormat.S3_ENCRYPTION_CLIENT_V3;
    }

    /** What a message is bound to, so that it is refused elsewhere; {@code OFF} where the format has none. */
    public ObjectIdentity identity() {
        return identity;
    }

    /** What {@code aws:s3:arn} in the encryption context of a message names. */
    public ContextScope contextScope() {
        return contextScope;
    }

    /** What the encryption context has besides {@code aws:s3:arn}, or all it has in the S3 Encryption Client's format; may be empty. */
    public ContextPairs context() {
        return context;
    }

    /** Bytes of plaintext in a frame of a message. */
    public int frameLength() {
        return frameLength;
    }

    /** This mode with its keyring on behalf of whoever makes a request, for that request only; see {@link Keyring#onBehalfOf}. */
    public CompletionStage<ClientSide> onBehalfOf(RequestCredentials credentials) {
        if (s3ecKeyring != null) {
            return s3ecKeyring
                    .onBehalfOf(credentials)
                    .thenApply(bound -> copy(null, bound).build());
        }
        return Objects.requireNonNull(keyring)
                .onBehalfOf(credentials)
                .thenApply(bound -> copy(bound, null).build());
    }

    @Override
    public ClientSide withServerSide(ServerSideMode beneath) {
        return beneath.equals(over) ? this : toBuilder().over(beneath).build();
    }

    /** A builder that holds these parameters. */
    public Builder toBuilder() {
        return copy(keyring, s3ecKeyring);
    }

    private Builder copy(@Nullable Keyring messages, @Nullable S3ecKeyring s3ec) {
        Builder builder = new Builder(keyringName, messages, s3ec).over(over).context(context);
        return s3ec != null
                ? builder
                : builder.identity(identity).contextScope(contextScope).frameLength(frameLength);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ClientSide that
                && keyring == that.keyring
                && s3ecKeyring == that.s3ecKeyring
                && keyringName.equals(that.keyringName)
                && over.equals(that.over)
                && identity == that.identity
                && contextScope == that.contextScope
                && context.equals(that.context)
                && frameLength == that.frameLength;
    }

    @Override
    public int hashCode() {
        return Objects.hash(keyringName, over, format(), identity, contextScope, context, frameLength);
    }

    @Override
    public String toString() {
        return "ClientSide[keyring=" + keyringName + ", over=" + over
                + (s3ecKeyring == null
                        ? ", identity=" + identity + ", contextScope=" + contextScope
                        : ", format=" + format())
                + (context.isEmpty() ? "" : ", context=" + context) + "]";
    }

    /** Builds a {@link ClientSide}. Not safe for use by several threads. */
    public static final class Builder {
        private final String keyringName;
        private final @Nullable Keyring keyring;
        private final @Nullable S3ecKeyring s3ecKeyring;
        private ServerSideMode over = EncryptionMode.bucketDefault();
        private @Nullable ObjectIdentity identity;
        private @Nullable ContextScope contextScope;
        private ContextPairs context = ContextPairs.empty();
        private @Nullable Integer frameLength;

        private Builder(String name, @Nullable Keyring keyring, @Nullable S3ecKeyring s3ecKeyring) {
            this.keyringName = Objects.requireNonNull(name, "name");
            this.keyring = keyring;
            this.s3ecKeyring = s3ecKeyring;
        }

        /** Sets the server-side mode beneath; {@link BucketDefault} by default. */
        public Builder over(ServerSideMode beneath) {
            this.over = Objects.requireNonNull(beneath, "beneath");
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

        /** Sets what the encryption context has besides {@code aws:s3:arn}, or all it has in the S3 Encryption Client's format; empty by default. */
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

        /**
         * The mode.
         *
         * @throws IllegalEncryptionException if it has parameters that its format does not have
         */
        public ClientSide build() {
            boolean ofMessages =
                    contextScope != null || frameLength != null || (identity != null && identity != ObjectIdentity.OFF);
            if (s3ecKeyring != null && ofMessages) {
                throw new IllegalEncryptionException("The mode under keyring " + keyringName
                        + " writes the S3 Encryption Client's format, which binds no object to its name, has no frames, and no context but"
                        + " the mode's own. Leave out identity, contextScope and frameLength.");
            }
            return new ClientSide(this);
        }
    }
}
