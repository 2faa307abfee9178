package dev.s3envelope.core.crypto;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;

/**
 * HKDF (RFC 5869) over the HMAC of a {@link CryptoProvider}.
 *
 * <p>One instance keeps one pseudorandom key: {@link #extract} once, then {@link #expand} as often as needed. That is how the
 * message format derives the content key and the commitment from one extraction. Not safe for use by several threads;
 * {@link #close()} wipes the pseudorandom key.
 */
public final class Hkdf implements AutoCloseable {
    /** The hash functions of the message format. */
    public enum Hash {
        /** SHA-256. */
        SHA_256("HmacSHA256", 32),
        /** SHA-384. */
        SHA_384("HmacSHA384", 48),
        /** SHA-512. */
        SHA_512("HmacSHA512", 64);

        private final String macName;
        private final int length;

        Hash(String macName, int length) {
            this.macName = macName;
            this.length = length;
        }

        /** Returns the bytes of the hash. */
        public int length() {
            return length;
        }
    }

    private final Mac mac;
    private final Hash hash;
    private final SecretBytes pseudorandomKey;

    private Hkdf(Mac mac, Hash hash, SecretBytes pseudorandomKey) {
        this.mac = mac;
        this.hash = hash;
        this.pseudorandomKey = pseudorandomKey;
    }

    /**
     * Extracts a pseudorandom key from {@code inputKey}.
     *
     * @param provider where the HMAC comes from
     * @param hash the hash function
     * @param salt not secret; empty means a salt of zeros as long as the hash
     * @param inputKey read during the call only
     */
    public static Hkdf extract(CryptoProvider provider, Hash hash, byte[] salt, byte[] inputKey) {
        try {
            Mac mac = provider.mac(hash.macName);
            byte[] effectiveSalt = salt.length == 0 ? new byte[hash.length] : salt;
            mac.init(SecretBytes.copyOf(hash.macName, effectiveSalt));
            SecretBytes key = SecretBytes.taking(hash.macName, mac.doFinal(inputKey));
            try {
                mac.init(key);
            } catch (GeneralSecurityException e) {
                key.destroy();
                throw e;
            }
            return new Hkdf(mac, hash, key);
        } catch (GeneralSecurityException e) {
            throw CryptoProvider.unusable(provider, hash.macName, e);
        }
    }

    /**
     * Extracts a pseudorandom key from {@code inputKey}, as {@link #extract(CryptoProvider, Hash, byte[], byte[])} does.
     *
     * @throws IllegalStateException if the key was destroyed
     */
    public static Hkdf extract(CryptoProvider provider, Hash hash, byte[] salt, SecretBytes inputKey) {
        byte[] copy = inputKey.getEncoded();
        try {
            return extract(provider, hash, salt, copy);
        } finally {
            Arrays.fill(copy, (byte) 0);
        }
    }

    /**
     * Returns {@code length} bytes for {@code info}; the caller owns and wipes them.
     *
     * @throws IllegalArgumentException if more than 255 hash lengths are asked for
     */
    public byte[] expand(byte[] info, int length) {
        if (length < 1 || length > 255 * hash.length) {
            throw new IllegalArgumentException("HKDF with this hash gives 1 to " + 255 * hash.length + " bytes");
        }
        byte[] result = new byte[length];
        byte[] block = new byte[0];
        for (int done = 0, counter = 1; done < length; counter++) {
            mac.update(block);
            mac.update(info);
            mac.update((byte) counter);
            Arrays.fill(block, (byte) 0);
            block = mac.doFinal();
            int n = Math.min(block.length, length - done);
            System.arraycopy(block, 0, result, done, n);
            done += n;
        }
        Arrays.fill(block, (byte) 0);
        return result;
    }

    /** Wipes the pseudorandom key. */
    @Override
    public void close() {
        pseudorandomKey.destroy();
    }
}
