package dev.s3envelope.local.internal.kms;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * One generation of a key's secret: the AES-256 key of a symmetric key or the secret of an HMAC key. Rotation adds a generation; old
 * ones still decrypt. Immutable; never leaves the KMS service except to its own store.
 */
final class KeyMaterial {
    private static final int IV_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final byte[] secret;
    private final String id;
    private final Instant since;

    private KeyMaterial(byte[] secret, Instant since) {
        this.secret = secret.clone();
        this.since = since;
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update("local kms key material".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            this.id = HexFormat.of().formatHex(digest.digest(secret));
        } catch (GeneralSecurityException cannotHappen) {
            throw new IllegalStateException(cannotHappen);
        }
    }

    static KeyMaterial generate(int bytes, SecureRandom random, Instant now) {
        byte[] secret = new byte[bytes];
        random.nextBytes(secret);
        try {
            return new KeyMaterial(secret, now);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    static KeyMaterial restore(byte[] secret, Instant since) {
        return new KeyMaterial(secret, since);
    }

    /** 64 hex digits derived from the secret, so that replicas of a multi-Region key agree on it. */
    String id() {
        return id;
    }

    Instant since() {
        return since;
    }

    /** For the store of the KMS service only. */
    byte[] secretForStore() {
        return secret.clone();
    }

    /** AES-256-GCM; the answer is IV, ciphertext, tag. */
    byte[] encrypt(byte[] plaintext, byte[] aad, SecureRandom random) {
        byte[] iv = new byte[IV_BYTES];
        random.nextBytes(iv);
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(secret, "AES"), new GCMParameterSpec(TAG_BITS, iv));
            cipher.updateAAD(aad);
            byte[] sealed = Arrays.copyOf(iv, IV_BYTES + cipher.getOutputSize(plaintext.length));
            cipher.doFinal(plaintext, 0, plaintext.length, sealed, IV_BYTES);
            return sealed;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM is not available", e);
        }
    }

    /** Undoes {@link #encrypt}; a tag that does not verify is {@code InvalidCiphertextException}. */
    byte[] decrypt(byte[] sealed, byte[] aad) {
        if (sealed.length < IV_BYTES + TAG_BITS / 8) {
            throw KmsErrors.invalidCiphertext();
        }
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    new SecretKeySpec(secret, "AES"),
                    new GCMParameterSpec(TAG_BITS, sealed, 0, IV_BYTES));
            cipher.updateAAD(aad);
            return cipher.doFinal(sealed, IV_BYTES, sealed.length - IV_BYTES);
        } catch (AEADBadTagException e) {
            throw KmsErrors.invalidCiphertext();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM is not available", e);
        }
    }

    /** {@code algorithm} is the JCA name, for example {@code HmacSHA256}. */
    byte[] mac(String algorithm, byte[] message) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(secret, algorithm));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(algorithm + " is not available", e);
        }
    }

    @Override
    public String toString() {
        return "KeyMaterial[" + id.substring(0, 8) + "]";
    }
}
