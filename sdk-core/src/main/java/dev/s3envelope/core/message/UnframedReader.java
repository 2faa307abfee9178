package dev.s3envelope.core.message;

import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.crypto.AlgorithmSuite;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The one piece of an unframed body: IV 12, length 8, ciphertext, tag 16. All of it is collected before any of it is decrypted, up to a limit. The
 * buffer grows with what arrives, not with what the length field says.
 */
final class UnframedReader implements BodyReader {
    private static final int PREFIX = AlgorithmSuite.IV_LENGTH + Long.BYTES;
    private static final int FIRST_BUFFER = 4096;
    private static final long FORMAT_LIMIT = (1L << 36) - 32;

    private final FrameCipher cipher;
    private final long maxLength;
    private byte[] buffer = new byte[PREFIX];
    private int filled;
    private int contentLength;

    UnframedReader(FrameCipher cipher, long maxLength) {
        this.cipher = cipher;
        this.maxLength = Math.min(maxLength, Integer.MAX_VALUE - 64);
    }

    @Override
    public boolean assemble(ByteBuffer in) {
        while (true) {
            int needed = filled < PREFIX ? PREFIX : PREFIX + contentLength + AlgorithmSuite.TAG_LENGTH;
            if (filled == needed) {
                return true;
            }
            if (!in.hasRemaining()) {
                return false;
            }
            int count = Math.min(needed - filled, in.remaining());
            if (filled + count > buffer.length) {
                long roomy = Math.min(needed, Math.max(FIRST_BUFFER, 2L * buffer.length));
                buffer = Arrays.copyOf(buffer, (int) Math.max(filled + count, roomy));
            }
            in.get(buffer, filled, count);
            filled += count;
            if (filled == PREFIX) {
                contentLength = checkedLength(ByteBuffer.wrap(buffer).getLong(AlgorithmSuite.IV_LENGTH));
            }
        }
    }

    @Override
    public int contentLength() {
        return contentLength;
    }

    @Override
    public boolean last() {
        return true;
    }

    @Override
    public void decrypt(byte[] out, int offset) {
        cipher.decryptUnframed(buffer, contentLength, out, offset);
    }

    @Override
    public ByteBuffer piece() {
        return ByteBuffer.wrap(buffer, 0, filled);
    }

    @Override
    public void consumed(ByteBuffer in) {
        close();
    }

    @Override
    public String expectation() {
        return "the rest of the body";
    }

    /** Gives the memory back; it held ciphertext only. */
    @Override
    public void close() {
        buffer = new byte[0];
    }

    private int checkedLength(long length) {
        if (length < 0 || length > FORMAT_LIMIT) {
            throw new IntegrityException("The unframed body says it is longer than the format allows: it was changed.");
        }
        if (length > maxLength) {
            throw new OperationRefusedException("The unframed body of " + length
                    + " bytes must be held in memory until its tag is verified, and the limit is " + maxLength
                    + ". Raise maxUnframedLength of the MessageEngine to read it.");
        }
        return (int) length;
    }
}
