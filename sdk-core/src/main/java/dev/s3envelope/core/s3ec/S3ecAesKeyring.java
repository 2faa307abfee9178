package dev.s3envelope.core.s3ec;

import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.crypto.SecretBytes;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Wraps data keys under a local AES key, as the S3 Encryption Client's AES keyring does: IV (12 random bytes), AES-GCM of the data key, tag (16);
 * the additional authenticated data is {@link S3ecSuite#contentAlgorithm()}.
 *
 * <p>One key should wrap fewer than 2^32 data keys, the limit for random IVs. {@link #close()} zeroes the keyring's copy of the wrapping key.
 */
public final class S3ecAesKeyring extends LocalS3ecKeyring implements AutoCloseable {
    private static final int IV = S3ecEnvelope.IV_LENGTH;

    private final SecretBytes wrappingKey;

    /**
     * Creates a keyring.
     *
     * @param provider where AES-GCM comes from
     * @param random makes data keys and IVs
     * @param wrappingKey 16, 24 or 32 random bytes; copied
     */
    public S3ecAesKeyring(CryptoProvider provider, SecureRandom random, byte[] wrappingKey) {
        super(provider, random);
        if (wrappingKey.length != 16 && wrappingKey.length != 24 && wrappingKey.length != 32) {
            throw new IllegalArgumentException("An AES wrapping key has 16, 24 or 32 bytes, not " + wrappingKey.length);
        }
        this.wrappingKey = SecretBytes.copyOf("AES", wrappingKey);
    }

    @Override
    public S3ecWrapping wrapping() {
        return S3ecWrapping.AES_GCM;
    }

    /** Zeroes the wrapping key. */
    @Override
    public void close() {
        wrappingKey.destroy();
    }

    @Override
    public String toString() {
        return "local AES key (S3EC)";
    }

    @Override
    byte[] wrap(byte[] dataKey, byte[] algorithm) throws GeneralSecurityException {
        byte[] iv = new byte[IV];
        random.nextBytes(iv);
        Cipher cipher = cipher(Cipher.ENCRYPT_MODE, iv, 0, algorithm);
        byte[] wrapped = Arrays.copyOf(iv, IV + cipher.getOutputSize(dataKey.length));
        cipher.doFinal(dataKey, 0, dataKey.length, wrapped, IV);
        return wrapped;
    }

    @Override
    byte[] open(byte[] wrappedKey, byte[] algorithm) throws GeneralSecurityException {
        if (wrappedKey.length != IV + S3ecSuite.KEY_LENGTH + S3ecSuite.TAG_LENGTH) {
            throw new AEADBadTagException("wrapped key of " + wrappedKey.length + " bytes");
        }
        return cipher(Cipher.DECRYPT_MODE, wrappedKey, 0, algorithm).doFinal(wrappedKey, IV, wrappedKey.length - IV);
    }

    private Cipher cipher(int mode, byte[] iv, int offset, byte[] algorithm) throws GeneralSecurityException {
        Cipher cipher = provider.aesGcm();
        cipher.init(mode, wrappingKey, new GCMParameterSpec(S3ecSuite.TAG_LENGTH * 8, iv, offset, IV));
        cipher.updateAAD(algorithm);
        return cipher;
    }
}
