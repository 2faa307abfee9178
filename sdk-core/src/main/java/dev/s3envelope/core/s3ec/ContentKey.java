package dev.s3envelope.core.s3ec;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.crypto.Hkdf;
import dev.s3envelope.core.crypto.SecretBytes;
import dev.s3envelope.core.keyring.DataKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;

/** The key that encrypts one object's content, with its IV and additional authenticated data, and the ciphers made from them. */
final class ContentKey implements AutoCloseable {
    private static final byte[] DERIVE = "DERIVEKEY".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] COMMIT = "COMMITKEY".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] COMMITTING_IV = new byte[S3ecEnvelope.IV_LENGTH];

    static {
        Arrays.fill(COMMITTING_IV, (byte) 1);
    }

    private final CryptoProvider provider;
    private final SecretBytes key;
    private final byte[] iv;
    private final byte[] aad;

    private ContentKey(CryptoProvider provider, SecretBytes key, byte[] iv, byte[] aad) {
        this.provider = provider;
        this.key = key;
        this.iv = iv;
        this.aad = aad;
    }

    /**
     * The content key of a stored object.
     *
     * @throws IntegrityException if the data key is not the one the object commits to
     */
    static ContentKey of(CryptoProvider provider, S3ecEnvelope envelope, DataKey dataKey) {
        if (dataKey.length() != S3ecSuite.KEY_LENGTH) {
            throw new IntegrityException(
                    "The object's data key has " + dataKey.length() + " bytes; the format has 32.");
        }
        if (envelope instanceof S3ecEnvelope.V3 v3) {
            return derive(provider, dataKey, v3.messageId(), Optional.of(v3.commitment())).key;
        }
        S3ecEnvelope.V2 v2 = (S3ecEnvelope.V2) envelope;
        return new ContentKey(
                provider, dataKey.use(k -> SecretBytes.taking("AES", k.getEncoded())), v2.iv(), new byte[0]);
    }

    /** A content key and the commitment to the data key it comes from. */
    static final class Committed {
        final ContentKey key;
        final byte[] commitment;

        private Committed(ContentKey key, byte[] commitment) {
            this.key = key;
            this.commitment = commitment;
        }
    }

    /** HKDF-SHA-512 with the message id as salt; both outputs are labelled with the suite. */
    static Committed derive(CryptoProvider provider, DataKey dataKey, byte[] messageId) {
        return derive(provider, dataKey, messageId, Optional.empty());
    }

    /** The commitment is compared, where there is one to compare with, before there is a content key. */
    private static Committed derive(
            CryptoProvider provider, DataKey dataKey, byte[] messageId, Optional<byte[]> committed) {
        byte[] suite = S3ecSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY.idBytes();
        try (Hkdf hkdf = dataKey.use(k -> Hkdf.extract(provider, Hkdf.Hash.SHA_512, messageId, k))) {
            byte[] commitment = hkdf.expand(join(suite, COMMIT), S3ecEnvelope.MESSAGE_ID_LENGTH);
            if (committed.isPresent() && !MessageDigest.isEqual(commitment, committed.get())) {
                throw new IntegrityException(
                        "The object's key commitment does not match its data key: it was encrypted under another key, or its metadata was changed. Nothing was decrypted.");
            }
            SecretBytes key = SecretBytes.taking("AES", hkdf.expand(join(suite, DERIVE), S3ecSuite.KEY_LENGTH));
            return new Committed(new ContentKey(provider, key, COMMITTING_IV, suite), commitment);
        }
    }

    byte[] iv() {
        return iv;
    }

    byte[] aad() {
        return aad;
    }

    /** GCM ready to encrypt the content as one message. */
    Cipher gcmEncryption() throws GeneralSecurityException {
        Cipher cipher = gcm(iv);
        cipher.updateAAD(aad);
        return cipher;
    }

    /** GCM under this key and another IV, encrypting, without additional data. */
    Cipher gcm(byte[] otherIv) throws GeneralSecurityException {
        Cipher cipher = provider.aesGcm();
        init(cipher, otherIv);
        return cipher;
    }

    void init(Cipher gcm, byte[] otherIv) throws GeneralSecurityException {
        gcm.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(S3ecSuite.TAG_LENGTH * 8, otherIv));
    }

    /** AES of one block. */
    byte[] aes(byte[] block) throws GeneralSecurityException {
        return ctr(block).doFinal(new byte[16]);
    }

    /** The counter-mode cipher GCM uses, at a block of the content: block 0 has the counter 2, because 1 masks the tag. The 32-bit counter cannot
     * wrap within the format's limit, so that JCA's 128-bit counter never differs from it. */
    Cipher ctrAtBlock(long block) throws GeneralSecurityException {
        return ctr(counter(iv, block + 2));
    }

    static byte[] counter(byte[] iv, long value) {
        return ByteBuffer.allocate(16).put(iv).putInt((int) value).array();
    }

    private Cipher ctr(byte[] counter) throws GeneralSecurityException {
        Cipher cipher = provider.cipher("AES/CTR/NoPadding");
        cipher.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(counter));
        return cipher;
    }

    EnvelopeException unusable(GeneralSecurityException cause) {
        return new EnvelopeException(
                "The crypto provider " + provider
                        + " failed at AES in counter or GCM mode. Choose another java.security.Provider, or none to use the JDK's.",
                cause);
    }

    @Override
    public void close() {
        key.destroy();
    }

    @Override
    public String toString() {
        return "ContentKey[redacted]";
    }

    private static byte[] join(byte[] a, byte[] b) {
        byte[] joined = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, joined, a.length, b.length);
        return joined;
    }
}
