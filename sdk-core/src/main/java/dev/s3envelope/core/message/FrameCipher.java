package dev.s3envelope.core.message;

import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.crypto.AlgorithmSuite;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.crypto.SecretBytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.ProviderException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Encrypts and decrypts single frames of one message, in any order, between arrays of the caller's.
 *
 * <p>It keeps no state between frames, but one JCA cipher and scratch space: one instance per worker thread, any number per
 * message. Each frame is one JCA call, which is fastest on every provider and, up to 64 KiB of plaintext, also in a JVM that just
 * started; with longer frames a JDK 17 needs some seconds to reach full speed (see {@link CryptoProvider#warmUp}). Nothing is allocated per frame
 * beyond what the JCA forces. Input and output must not overlap.
 *
 * <p><b>Encrypting one frame number twice with different plaintext breaks AES-GCM.</b> That is why callers get {@link MessageEncryptor} for
 * writing, which cannot; encryption here is for this package.
 */
public final class FrameCipher {
    private static final byte[] REGULAR = ascii("AWSKMSEncryptionClient Frame");
    private static final byte[] FINAL = ascii("AWSKMSEncryptionClient Final Frame");
    private static final byte[] SINGLE = ascii("AWSKMSEncryptionClient Single Block");
    private static final int TAG = AlgorithmSuite.TAG_LENGTH;
    private static final int IV = AlgorithmSuite.IV_LENGTH;
    private static final int FINAL_MARKER = 0xFFFF_FFFF;

    /** Bytes before the ciphertext of a regular frame: sequence and IV. */
    static final int REGULAR_PREFIX = 4 + IV;

    /** Bytes before the ciphertext of a final frame: marker, sequence, IV and length. */
    static final int FINAL_PREFIX = 4 + 4 + IV + 4;

    private final CryptoProvider provider;
    private final Cipher cipher;
    private final SecretBytes key;
    private final byte[] messageId;
    private final Aad regularAad;
    private final Aad finalAad;

    FrameCipher(CryptoProvider provider, Cipher cipher, SecretBytes key, byte[] messageId) {
        this.provider = provider;
        this.cipher = cipher;
        this.key = key;
        this.messageId = messageId;
        this.regularAad = new Aad(messageId, REGULAR);
        this.finalAad = new Aad(messageId, FINAL);
    }

    /**
     * Writes one whole frame.
     *
     * @throws IllegalArgumentException if the output has no room for it
     */
    void encrypt(long sequence, boolean last, byte[] in, int inOffset, int length, byte[] out, int outOffset) {
        int prefix = last ? FINAL_PREFIX : REGULAR_PREFIX;
        ByteBuffer frame = ByteBuffer.wrap(out, outOffset, prefix);
        if (last) {
            frame.putInt(FINAL_MARKER);
        }
        frame.putInt((int) sequence).putLong(0).putInt((int) sequence);
        if (last) {
            frame.putInt(length);
        }
        int ivOffset = outOffset + (last ? 8 : 4);
        try {
            cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG * Byte.SIZE, out, ivOffset, IV));
            cipher.updateAAD((last ? finalAad : regularAad).of(sequence, length));
            cipher.doFinal(in, inOffset, length, out, outOffset + prefix);
        } catch (GeneralSecurityException e) {
            throw failed("encrypt", e);
        }
    }

    /**
     * Verifies and decrypts one whole frame: its content to {@code out}, nothing if it is not authentic.
     *
     * @param frame the array the frame is in
     * @param offset where the frame starts
     * @param last whether it is the final frame
     * @param sequence its number, already compared with the stored one
     * @param length bytes of its content
     * @throws IntegrityException if the frame is not authentic; what {@code out} holds at that place is zeroed
     */
    void decrypt(byte[] frame, int offset, boolean last, long sequence, int length, byte[] out, int outOffset) {
        int prefix = last ? FINAL_PREFIX : REGULAR_PREFIX;
        int ivOffset = offset + (last ? 8 : 4);
        open(
                (last ? finalAad : regularAad).of(sequence, length),
                frame,
                ivOffset,
                offset + prefix,
                length,
                out,
                outOffset,
                "Frame " + sequence);
    }

    /** Verifies and decrypts an unframed body: IV 12, length 8, ciphertext, tag. */
    void decryptUnframed(byte[] body, int length, byte[] out, int outOffset) {
        open(new Aad(messageId, SINGLE).of(1, length), body, 0, IV + Long.BYTES, length, out, outOffset, "The body");
    }

    private void open(
            byte[] aad, byte[] in, int ivOffset, int offset, int length, byte[] out, int outOffset, String what) {
        try {
            cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG * Byte.SIZE, in, ivOffset, IV));
            cipher.updateAAD(aad);
            cipher.doFinal(in, offset, length + TAG, out, outOffset);
        } catch (AEADBadTagException e) {
            Arrays.fill(out, outOffset, outOffset + length, (byte) 0);
            throw new IntegrityException(
                    what + " of the message is not authentic: it was changed, or belongs elsewhere.", e);
        } catch (GeneralSecurityException | ProviderException e) {
            Arrays.fill(out, outOffset, outOffset + length, (byte) 0);
            throw failed("decrypt", e);
        }
    }

    private IllegalStateException failed(String what, Exception cause) {
        return new IllegalStateException("The crypto provider " + provider + " could not " + what + " a frame", cause);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Message id | kind | sequence 4 | length 8; the first two never change. */
    private static final class Aad {
        private final byte[] bytes;
        private final ByteBuffer variable;

        Aad(byte[] messageId, byte[] kind) {
            int fixed = messageId.length + kind.length;
            bytes = Arrays.copyOf(messageId, fixed + Integer.BYTES + Long.BYTES);
            System.arraycopy(kind, 0, bytes, messageId.length, kind.length);
            variable = ByteBuffer.wrap(bytes, fixed, Integer.BYTES + Long.BYTES).mark();
        }

        byte[] of(long sequence, long length) {
            variable.reset().putInt((int) sequence).putLong(length);
            return bytes;
        }
    }
}
