package dev.s3envelope.core.keyring;

import dev.s3envelope.core.crypto.AlgorithmSuite;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.crypto.SecretBytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Wraps data keys under a local AES key with AES-GCM, byte for byte as the raw AES keyring of every AWS Encryption SDK does.
 *
 * <pre>{@code
 * provider id     key namespace
 * provider info   key name | tag length in bits, 4 (128) | IV length, 4 (12) | IV, 12 random
 * ciphertext      AES-GCM of the data key, then its tag; AAD = serialized encryption context
 * }</pre>
 *
 * <p>Namespace and name are public and must be given again to read. One wrapping key should wrap fewer than 2^32 data keys, the limit
 * for random IVs. {@link #close()} zeroes the keyring's copy of the wrapping key. Source: AWS Encryption SDK specification,
 * framework/raw-aes-keyring.
 */
public final class RawAesKeyring extends LocalKeyring implements AutoCloseable {
    private static final int TAG_BITS = AlgorithmSuite.TAG_LENGTH * Byte.SIZE;

    private final CryptoProvider provider;
    private final SecretBytes wrappingKey;
    private final byte[] nameBytes;

    /**
     * Creates a keyring.
     *
     * @param provider where AES-GCM comes from
     * @param random makes data keys and IVs
     * @param namespace stored as provider id
     * @param name stored at the head of the provider info
     * @param wrappingKey 16, 24 or 32 random bytes; copied
     */
    public RawAesKeyring(
            CryptoProvider provider, SecureRandom random, String namespace, String name, byte[] wrappingKey) {
        super(namespace, name, random);
        if (wrappingKey.length != 16 && wrappingKey.length != 24 && wrappingKey.length != 32) {
            throw new IllegalArgumentException("An AES wrapping key has 16, 24 or 32 bytes, not " + wrappingKey.length);
        }
        this.provider = provider;
        this.wrappingKey = SecretBytes.copyOf("AES", wrappingKey);
        this.nameBytes = name.getBytes(StandardCharsets.UTF_8);
    }

    /** Zeroes the wrapping key. */
    @Override
    public void close() {
        wrappingKey.destroy();
    }

    @Override
    public String toString() {
        return "raw AES key " + namespace() + ":" + name();
    }

    @Override
    Optional<String> incapable(boolean wrapping) {
        return wrappingKey.isDestroyed() ? Optional.of("the keyring is closed.") : Optional.empty();
    }

    @Override
    WrappedKey wrapLocally(SecretBytes dataKey, EncryptionContext context) throws GeneralSecurityException {
        byte[] iv = new byte[AlgorithmSuite.IV_LENGTH];
        random().nextBytes(iv);
        byte[] info = ByteBuffer.allocate(nameBytes.length + 2 * Integer.BYTES + iv.length)
                .put(nameBytes)
                .putInt(TAG_BITS)
                .putInt(iv.length)
                .put(iv)
                .array();
        byte[] plaintext = dataKey.getEncoded();
        try {
            return WrappedKey.of(namespace(), info, gcm(Cipher.ENCRYPT_MODE, iv, context, plaintext));
        } finally {
            Arrays.fill(plaintext, (byte) 0);
        }
    }

    @Override
    Optional<byte[]> unwrapLocally(WrappedKey wrapped, EncryptionContext context) throws GeneralSecurityException {
        ByteBuffer info = ByteBuffer.wrap(wrapped.providerInfo());
        if (info.remaining() != nameBytes.length + 2 * Integer.BYTES + AlgorithmSuite.IV_LENGTH) {
            return Optional.empty();
        }
        byte[] storedName = new byte[nameBytes.length];
        info.get(storedName);
        if (!Arrays.equals(storedName, nameBytes)
                || info.getInt() != TAG_BITS
                || info.getInt() != AlgorithmSuite.IV_LENGTH) {
            return Optional.empty();
        }
        byte[] iv = new byte[AlgorithmSuite.IV_LENGTH];
        info.get(iv);
        return Optional.of(gcm(Cipher.DECRYPT_MODE, iv, context, wrapped.ciphertext()));
    }

    private byte[] gcm(int mode, byte[] iv, EncryptionContext context, byte[] input) throws GeneralSecurityException {
        Cipher cipher = provider.aesGcm();
        cipher.init(mode, wrappingKey, new GCMParameterSpec(TAG_BITS, iv));
        cipher.updateAAD(context.serialize());
        return cipher.doFinal(input);
    }
}
