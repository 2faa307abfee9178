package dev.s3envelope.core.message;

import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.crypto.AlgorithmSuite;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.crypto.Hkdf;
import dev.s3envelope.core.crypto.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.concurrent.atomic.AtomicReference;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * The content key of one message and its commitment, derived from the data key; and the header tag made with it. Source: AWS Encryption SDK
 * specification, framework/transitive-requirements, and client-apis/decrypt, "Verify the header".
 */
final class ContentKeys implements AutoCloseable {
    private static final byte[] DERIVE = "DERIVEKEY".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] COMMIT = "COMMITKEY".getBytes(StandardCharsets.US_ASCII);

    private final SecretBytes contentKey;
    private final byte[] commitment;
    /** The cipher the header tag was made with: it has the key schedule already, so the first coder takes it over. */
    private final AtomicReference<@Nullable Cipher> spare = new AtomicReference<>();

    private ContentKeys(SecretBytes contentKey, byte[] commitment) {
        this.contentKey = contentKey;
        this.commitment = commitment;
    }

    static ContentKeys derive(CryptoProvider provider, AlgorithmSuite suite, SecretBytes dataKey, byte[] messageId) {
        if (suite.keyDerivation().isEmpty()) {
            return new ContentKeys(SecretBytes.taking("AES", dataKey.getEncoded()), new byte[0]);
        }
        byte[] salt = suite.committing() ? messageId : new byte[0];
        try (Hkdf hkdf = Hkdf.extract(provider, suite.keyDerivation().get(), salt, dataKey)) {
            byte[] info = concat(
                    new byte[] {(byte) (suite.id() >>> 8), (byte) suite.id()}, suite.committing() ? DERIVE : messageId);
            SecretBytes key = SecretBytes.taking("AES", hkdf.expand(info, suite.keyLength()));
            byte[] commitment = suite.committing() ? hkdf.expand(COMMIT, suite.commitmentLength()) : new byte[0];
            return new ContentKeys(key, commitment);
        }
    }

    SecretBytes contentKey() {
        return contentKey;
    }

    byte[] commitment() {
        return commitment;
    }

    /** Checks commitment, then tag; the order is the specification's. */
    void verify(CryptoProvider provider, MessageHeader header) {
        if (!MessageDigest.isEqual(commitment, header.commitment())) {
            throw new IntegrityException(
                    "The message does not commit to this data key: it was changed, or crafted for several keys.");
        }
        byte[] encoded = header.encodedView();
        try {
            Cipher cipher = provider.aesGcm();
            cipher.init(Cipher.DECRYPT_MODE, contentKey, parameters(header.tagIv()));
            cipher.updateAAD(encoded, 0, header.bodyLength());
            cipher.doFinal(encoded, encoded.length - AlgorithmSuite.TAG_LENGTH, AlgorithmSuite.TAG_LENGTH);
            spare.set(cipher);
        } catch (AEADBadTagException e) {
            throw new IntegrityException(
                    "The message header is not authentic: it was changed, or the data key is another's.", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("The crypto provider " + provider + " could not verify a header", e);
        }
    }

    /** Returns the tag of a version 2 header. */
    byte[] tag(CryptoProvider provider, byte[] headerBody) {
        try {
            Cipher cipher = provider.aesGcm();
            cipher.init(Cipher.ENCRYPT_MODE, contentKey, parameters(new byte[AlgorithmSuite.IV_LENGTH]));
            cipher.updateAAD(headerBody);
            byte[] tag = cipher.doFinal();
            spare.set(cipher);
            return tag;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("The crypto provider " + provider + " could not authenticate a header", e);
        }
    }

    /** Returns a cipher for one coder. */
    Cipher cipher(CryptoProvider provider) {
        Cipher ready = spare.getAndSet(null);
        return ready == null ? provider.aesGcm() : ready;
    }

    @Override
    public void close() {
        spare.set(null);
        contentKey.destroy();
    }

    private static GCMParameterSpec parameters(byte[] iv) {
        return new GCMParameterSpec(AlgorithmSuite.TAG_LENGTH * Byte.SIZE, iv);
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] joined = new byte[first.length + second.length];
        System.arraycopy(first, 0, joined, 0, first.length);
        System.arraycopy(second, 0, joined, first.length, second.length);
        return joined;
    }
}
