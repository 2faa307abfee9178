package dev.s3envelope.local.internal.s3;

import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts a blob at rest, segment by segment, so that ranges and objects of any size need one segment of memory.
 *
 * <pre>
 *   blob       = segment(0) .. segment(n-1); every segment but the last holds 65,536 plaintext bytes
 *   segment(i) = AES-256-GCM(blob key, nonce = i as 12 bytes big-endian) with its 16-byte tag, once per layer
 *   blob key   = HMAC-SHA256(data key, salt), the salt fresh for each blob, so no nonce repeats under one key
 * </pre>
 *
 * Not thread-safe.
 */
final class SegmentCipher {
    static final int SEGMENT = 64 * 1024;
    static final int TAG = 16;

    private final List<SecretKeySpec> keys = new ArrayList<>(2);
    private final Cipher cipher;

    SegmentCipher(ObjectKeys keys, byte[] salt) {
        try {
            for (byte[] layer : keys.layers()) {
                Mac mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec(layer, "HmacSHA256"));
                this.keys.add(new SecretKeySpec(mac.doFinal(salt), "AES"));
            }
            cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES-GCM and HMAC-SHA256", e);
        }
    }

    /** The stored length of a segment with that many plaintext bytes. */
    int storedLength(int plain) {
        return plain + TAG * keys.size();
    }

    byte[] seal(long index, byte[] plain, int length) {
        try {
            byte[] data = plain;
            int count = length;
            for (SecretKeySpec key : keys) {
                cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(128, nonce(index)));
                data = cipher.doFinal(data, 0, count);
                count = data.length;
            }
            return data;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM encrypts under a derived key", e);
        }
    }

    byte[] open(long index, byte[] stored) {
        try {
            byte[] data = stored;
            for (int layer = keys.size() - 1; layer >= 0; layer--) {
                cipher.init(Cipher.DECRYPT_MODE, keys.get(layer), new GCMParameterSpec(128, nonce(index)));
                data = cipher.doFinal(data);
            }
            return data;
        } catch (AEADBadTagException e) {
            throw new IllegalStateException("segment " + index + " does not authenticate: the store is damaged", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM decrypts under a derived key", e);
        }
    }

    private static byte[] nonce(long index) {
        byte[] nonce = new byte[12];
        for (int i = 0; i < 8; i++) {
            nonce[11 - i] = (byte) (index >>> (8 * i));
        }
        return nonce;
    }
}
