package dev.s3envelope.local.internal.s3;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Wraps 256-bit data keys with AES-256-GCM: {@code nonce (12) || ciphertext (32) || tag (16)}, bound to the object they
 * belong to. The store's own key (SSE-S3) and data keys from KMS both wrap this way.
 */
final class RootKey {
    private final SecretKeySpec key;
    private final SecureRandom random;

    /** Copies the key. */
    RootKey(byte[] key, SecureRandom random) {
        this.key = new SecretKeySpec(key, "AES");
        this.random = random;
    }

    byte[] wrap(byte[] dataKey, String owner) {
        byte[] nonce = new byte[12];
        random.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, owner).doFinal(dataKey);
            byte[] out = Arrays.copyOf(nonce, 12 + sealed.length);
            System.arraycopy(sealed, 0, out, 12, sealed.length);
            return out;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM encrypts with a fresh nonce", e);
        }
    }

    byte[] unwrap(byte[] wrapped, String owner) {
        try {
            return cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(wrapped, 12), owner)
                    .doFinal(wrapped, 12, wrapped.length - 12);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(
                    "the stored data key of " + owner + " does not open: the store is damaged", e);
        }
    }

    private Cipher cipher(int mode, byte[] nonce, String owner) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(128, nonce));
        cipher.updateAAD(owner.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
