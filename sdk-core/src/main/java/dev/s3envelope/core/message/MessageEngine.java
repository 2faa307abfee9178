package dev.s3envelope.core.message;

import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.crypto.AlgorithmSuite;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.DataKey;
import dev.s3envelope.core.keyring.EncryptionContext;
import dev.s3envelope.core.keyring.EncryptionMaterials;
import dev.s3envelope.core.keyring.EncryptionMaterialsRequest;
import dev.s3envelope.core.keyring.Keyring;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Creates messages to be written and opens messages to be read, under one set of rules: crypto provider, frame length, and what a reader accepts. One
 * per client; immutable, safe for use by several threads, nothing to close.
 *
 * <pre>{@code
 * writing   engine.create(keyring, request, identity)  ->  message.encryptor(length)          whole body
 *                                                      ->  message.partEncryptor(...)         multipart
 * reading   engine.headerParser().feed(...)            ->  engine.open(header, keyring, ...)
 *                                                      ->  message.identity(expected)
 *                                                      ->  message.decryptor()                whole body
 *                                                      ->  message.rangeDecryptor(...)        range
 * }</pre>
 *
 * <p>Nothing here waits: the returned stages complete when the keyring's do, on its thread, after some microseconds of computing. Exceptions in them are the keyring's,
 * or those named at each method, wrapped as {@code CompletionStage} does.
 */
public final class MessageEngine {
    /** The default frame length, 64 KiB: one JCA call that every JVM runs at full speed, 0.05 % of overhead. */
    public static final int DEFAULT_FRAME_LENGTH = 64 * 1024;

    /** The shortest frame we write. */
    public static final int MIN_FRAME_LENGTH = 4 * 1024;

    /** The longest frame we write. */
    public static final int MAX_FRAME_LENGTH = 16 * 1024 * 1024;

    private final CryptoProvider provider;
    private final SecureRandom random;
    private final int frameLength;
    private final CommitmentPolicy commitmentPolicy;
    private final boolean signedMessagesAllowed;
    private final HeaderLimits headerLimits;
    private final long maxUnframedLength;

    private MessageEngine(Builder builder) {
        this.provider = builder.provider == null ? CryptoProvider.detect() : builder.provider;
        this.random = builder.random == null ? new SecureRandom() : builder.random;
        this.frameLength = builder.frameLength;
        this.commitmentPolicy = builder.commitmentPolicy;
        this.signedMessagesAllowed = builder.signedMessagesAllowed;
        this.headerLimits = builder.headerLimits;
        this.maxUnframedLength = builder.maxUnframedLength;
    }

    /** Returns a builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns where AES-GCM and HMAC come from. */
    public CryptoProvider cryptoProvider() {
        return provider;
    }

    /** Returns the frame length of messages created without another. */
    public int frameLength() {
        return frameLength;
    }

    /** Returns a parser for one header, with this engine's limits. */
    public HeaderParser headerParser() {
        return new HeaderParser(headerLimits);
    }

    /** Creates a message with the default frame length; see {@link #create(Keyring, EncryptionMaterialsRequest, MessageIdentity, int)}. */
    public CompletionStage<OpenMessage> create(
            Keyring keyring, EncryptionMaterialsRequest request, MessageIdentity identity) {
        return create(keyring, request, identity, frameLength);
    }

    /**
     * Asks the keyring for a data key and creates a message under it. Every attempt to write an object needs a message of its own: a new message id gives it a new
     * content key, even if a cache returns the same data key.
     *
     * @param request its suite must be the one we write, 0x0478; with an identity its context must have {@link MessageIdentity#CONTEXT_KEY}
     * @param identity the name to bind the message to, or {@link MessageIdentity#off()}
     * @param messageFrameLength {@value #MIN_FRAME_LENGTH} to {@value #MAX_FRAME_LENGTH} bytes
     * @throws IllegalArgumentException if suite, context or frame length is not as said
     */
    public CompletionStage<OpenMessage> create(
            Keyring keyring, EncryptionMaterialsRequest request, MessageIdentity identity, int messageFrameLength) {
        checkCreate(request, identity, messageFrameLength);
        return keyring.generate(request).thenApply(materials -> {
            try (materials) {
                return create(materials, identity, messageFrameLength);
            }
        });
    }

    /** Creates a message under materials at hand, which stay the caller's; otherwise as the method that asks a keyring. */
    public OpenMessage create(EncryptionMaterials materials, MessageIdentity identity, int messageFrameLength) {
        checkCreate(materials.request(), identity, messageFrameLength);
        byte[] messageId = identity.newMessageId(provider, random);
        ContentKeys keys = materials
                .dataKey()
                .use(key -> ContentKeys.derive(provider, materials.request().suite(), key, messageId));
        try {
            byte[] body = HeaderWriter.body(materials, messageId, messageFrameLength, keys.commitment());
            MessageHeader header = HeaderWriter.withTag(materials, messageFrameLength, body, keys.tag(provider, body));
            return new OpenMessage(
                    provider, header, keys, OpenMessage.Purpose.CREATED, maxUnframedLength, new FrameLedger());
        } catch (RuntimeException e) {
            keys.close();
            throw e;
        }
    }

    /**
     * Asks the keyring for the data key of this header and authenticates the header with it.
     *
     * @param cachePartition see {@link dev.s3envelope.core.keyring.DecryptionMaterialsRequest}
     * @throws OperationRefusedException at once, before the keyring is asked, if the suite is one this reader does not accept
     * @throws IntegrityException in the stage, if the header is not authentic
     */
    public CompletionStage<OpenMessage> open(MessageHeader header, Keyring keyring, Optional<String> cachePartition) {
        checkReadable(header);
        return keyring.unwrap(header.materialsRequest(cachePartition)).thenApply(key -> {
            try (key) {
                return open(header, key);
            }
        });
    }

    /** Authenticates a header with a data key at hand, which stays the caller's; otherwise as the method that asks a keyring. */
    public OpenMessage open(MessageHeader header, DataKey dataKey) {
        checkReadable(header);
        return authenticated(header, dataKey, OpenMessage.Purpose.READ, new FrameLedger());
    }

    /**
     * Opens a message of ours that is still being written, to go on with its parts, maybe in another process. The state to keep is the header and the
     * {@linkplain FrameLedger#export ledger}; nothing in them is secret.
     *
     * @param ledger of the upload; an empty one only if no part was encrypted yet, else a part that is sent again with other content would not be noticed
     * @throws OperationRefusedException at once, if the header is not one that we write
     * @throws IntegrityException in the stage, if the header is not authentic
     */
    public CompletionStage<OpenMessage> resume(
            MessageHeader header, Keyring keyring, Optional<String> cachePartition, FrameLedger ledger) {
        if (header.suite() != AlgorithmSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY
                || header.contentType() != ContentType.FRAMED) {
            throw new OperationRefusedException(
                    "A message of suite " + header.suite().hexId() + " is not one of ours to be continued.");
        }
        return keyring.unwrap(header.materialsRequest(cachePartition)).thenApply(key -> {
            try (key) {
                return authenticated(header, key, OpenMessage.Purpose.RESUMED, ledger);
            }
        });
    }

    private OpenMessage authenticated(
            MessageHeader header, DataKey dataKey, OpenMessage.Purpose purpose, FrameLedger ledger) {
        if (dataKey.length() != header.suite().keyLength()) {
            throw new IntegrityException("The data key has " + dataKey.length() + " bytes, suite "
                    + header.suite().hexId() + " takes " + header.suite().keyLength() + ".");
        }
        ContentKeys keys = dataKey.use(key -> ContentKeys.derive(provider, header.suite(), key, header.messageId()));
        try {
            keys.verify(provider, header);
        } catch (RuntimeException e) {
            keys.close();
            throw e;
        }
        return new OpenMessage(provider, header, keys, purpose, maxUnframedLength, ledger);
    }

    private void checkReadable(MessageHeader header) {
        AlgorithmSuite suite = header.suite();
        if (!suite.committing() && commitmentPolicy == CommitmentPolicy.REQUIRE) {
            throw new OperationRefusedException(
                    "The message has no key commitment (suite " + suite.hexId()
                            + ") and this reader requires it. Set CommitmentPolicy.ALLOW_NON_COMMITTING if you trust its origin.");
        }
        if (suite.signed() && !signedMessagesAllowed) {
            throw new OperationRefusedException("The message is signed (suite " + suite.hexId()
                    + ") and this reader does not accept signed messages.");
        }
        if (suite.signed()
                != header.encryptionContext().get(EncryptionContext.PUBLIC_KEY).isPresent()) {
            throw new IntegrityException("Suite " + suite.hexId()
                    + " and the encryption context disagree on whether the message is signed.");
        }
    }

    private static void checkCreate(EncryptionMaterialsRequest request, MessageIdentity identity, int frameLength) {
        if (request.suite() != AlgorithmSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY) {
            throw new IllegalArgumentException("Messages are written with suite 0x0478, not "
                    + request.suite().hexId());
        }
        if (frameLength < MIN_FRAME_LENGTH || frameLength > MAX_FRAME_LENGTH) {
            throw new IllegalArgumentException(
                    "Frames have " + MIN_FRAME_LENGTH + " to " + MAX_FRAME_LENGTH + " bytes, not " + frameLength);
        }
        if (identity.mode() != ObjectIdentity.OFF
                && request.encryptionContext().get(MessageIdentity.CONTEXT_KEY).isEmpty()) {
            throw new IllegalArgumentException("A message with an object identity needs the encryption context entry \""
                    + MessageIdentity.CONTEXT_KEY + "\" (the bucket's or the object's ARN)");
        }
    }

    /** Options of a {@link MessageEngine}. Not safe for use by several threads. */
    public static final class Builder {
        private @Nullable CryptoProvider provider;
        private @Nullable SecureRandom random;
        private int frameLength = DEFAULT_FRAME_LENGTH;
        private CommitmentPolicy commitmentPolicy = CommitmentPolicy.REQUIRE;
        private boolean signedMessagesAllowed = true;
        private HeaderLimits headerLimits = HeaderLimits.DEFAULT;
        private long maxUnframedLength = 64L * 1024 * 1024;

        private Builder() {}

        /** Where AES-GCM and HMAC come from. Default: {@link CryptoProvider#detect()}. */
        public Builder cryptoProvider(CryptoProvider provider) {
            this.provider = provider;
            return this;
        }

        /** What makes message ids. Default: a new {@code SecureRandom}. */
        public Builder secureRandom(SecureRandom random) {
            this.random = random;
            return this;
        }

        /**
         * Bytes of plaintext in a frame of messages we write. Default: {@value #DEFAULT_FRAME_LENGTH}. Shorter frames make small ranges cheaper and cost
         * space and time; longer ones hold more memory per stream and start slowly on JDK 17.
         *
         * @throws IllegalArgumentException unless it is {@value #MIN_FRAME_LENGTH} to {@value #MAX_FRAME_LENGTH}
         */
        public Builder frameLength(int frameLength) {
            if (frameLength < MIN_FRAME_LENGTH || frameLength > MAX_FRAME_LENGTH) {
                throw new IllegalArgumentException(
                        "Frames have " + MIN_FRAME_LENGTH + " to " + MAX_FRAME_LENGTH + " bytes, not " + frameLength);
            }
            this.frameLength = frameLength;
            return this;
        }

        /** Whether suites without key commitment are read. Default: {@link CommitmentPolicy#REQUIRE}. */
        public Builder commitmentPolicy(CommitmentPolicy commitmentPolicy) {
            this.commitmentPolicy = commitmentPolicy;
            return this;
        }

        /** Whether signed messages are read, whose frames are released before the signature is verified. Default: true. */
        public Builder signedMessagesAllowed(boolean allowed) {
            this.signedMessagesAllowed = allowed;
            return this;
        }

        /** What a header may demand of a reader. Default: {@link HeaderLimits#DEFAULT}. */
        public Builder headerLimits(HeaderLimits headerLimits) {
            this.headerLimits = headerLimits;
            return this;
        }

        /** The longest unframed body a reader holds in memory, in bytes. Default: 64 MiB; up to twice as much is used while it is decrypted. */
        public Builder maxUnframedLength(long bytes) {
            if (bytes < 0) {
                throw new IllegalArgumentException("A length is not negative: " + bytes);
            }
            this.maxUnframedLength = bytes;
            return this;
        }

        /**
         * Builds the engine and runs the known-answer test of the crypto provider, if none was given.
         *
         * @throws dev.s3envelope.core.EnvelopeException if the provider fails it
         */
        public MessageEngine build() {
            return new MessageEngine(this);
        }
    }
}
