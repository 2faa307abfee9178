package dev.s3envelope.core.message;

import dev.s3envelope.core.crypto.AlgorithmSuite;
import dev.s3envelope.core.crypto.CryptoProvider;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * The object name a message is written for, or read as, and the message ids that go with it.
 *
 * <pre>{@code
 * message id   random 16 | first 16 of SHA-256(label | those 16 | mode 1 | key length 4, key [| bucket length 4, bucket])
 * label        "s3-envelope/object-identity/v1" 00        mode  01 key, 02 bucket and key        texts in UTF-8
 * mode OFF     random 32
 * }</pre>
 *
 * <p>The header tag authenticates the message id, so a message cannot be given another identity without its data key. A reader with mode
 * {@code KEY} accepts a message bound to bucket and key as well; one with {@code BUCKET_AND_KEY} accepts nothing less. To read an object that
 * was renamed or restored on purpose, give the name it was written for.
 *
 * <p>A random message id looks like any other, so what tells another SDK's message from one of ours that was moved is the authenticated
 * encryption context: messages of ours carry {@value #CONTEXT_KEY} in it. Writers that set an identity must therefore put that
 * entry into the context (bucket ARN or object ARN). A message without it, or of another suite, is {@link IdentityCheck#FOREIGN}.
 *
 * @param mode what the message is bound to
 * @param bucket the bucket's name; matters with {@code BUCKET_AND_KEY} only
 * @param key the object key
 */
public record MessageIdentity(ObjectIdentity mode, String bucket, String key) {
    /** The encryption context entry every message with an identity carries. */
    public static final String CONTEXT_KEY = "aws:s3:arn";

    private static final byte[] LABEL = "s3-envelope/object-identity/v1\0".getBytes(StandardCharsets.US_ASCII);
    private static final int HALF = 16;

    /** Returns no identity: random message ids, nothing checked. */
    public static MessageIdentity off() {
        return new MessageIdentity(ObjectIdentity.OFF, "", "");
    }

    /** Returns a new message id of 32 bytes for this name; no two are ever equal. */
    public byte[] newMessageId(CryptoProvider provider, SecureRandom random) {
        byte[] id = new byte[2 * HALF];
        random.nextBytes(id);
        if (mode != ObjectIdentity.OFF) {
            System.arraycopy(binding(provider, id, mode), 0, id, HALF, HALF);
        }
        return id;
    }

    /** Compares with the header of a message that was opened; {@link OpenMessage#identity} is the way in. */
    IdentityCheck check(CryptoProvider provider, MessageHeader header) {
        if (mode == ObjectIdentity.OFF) {
            return IdentityCheck.NOT_ASKED;
        }
        if (header.suite() != AlgorithmSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY) {
            return IdentityCheck.FOREIGN;
        }
        byte[] id = header.messageId();
        if ((mode == ObjectIdentity.KEY && bound(provider, id, ObjectIdentity.KEY))
                || bound(provider, id, ObjectIdentity.BUCKET_AND_KEY)) {
            return IdentityCheck.MATCHED;
        }
        return header.encryptionContext().get(CONTEXT_KEY).isPresent() ? IdentityCheck.MISMATCH : IdentityCheck.FOREIGN;
    }

    private boolean bound(CryptoProvider provider, byte[] id, ObjectIdentity as) {
        byte[] expected = Arrays.copyOf(binding(provider, id, as), HALF);
        return MessageDigest.isEqual(expected, Arrays.copyOfRange(id, HALF, id.length));
    }

    private byte[] binding(CryptoProvider provider, byte[] id, ObjectIdentity as) {
        MessageDigest digest = provider.digest("SHA-256");
        digest.update(LABEL);
        digest.update(id, 0, HALF);
        digest.update((byte) (as == ObjectIdentity.KEY ? 1 : 2));
        update(digest, key);
        if (as == ObjectIdentity.BUCKET_AND_KEY) {
            update(digest, bucket);
        }
        return digest.digest();
    }

    private static void update(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        digest.update(bytes);
    }
}
