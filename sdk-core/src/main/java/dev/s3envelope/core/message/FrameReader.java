package dev.s3envelope.core.message;

import dev.s3envelope.core.IntegrityException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Frames in sequence, from a known one on. */
final class FrameReader implements BodyReader {
    private static final int MARKER = 0xFFFF_FFFF;
    /** A frame that is said to be longer gets its room as its bytes come. */
    private static final int FIRST_BUFFER = 128 * 1024;

    private final FrameCipher cipher;
    private final int frameLength;
    private long sequence;

    private byte[] buffer = new byte[0];
    private int filled;

    private byte[] array = buffer;
    private int offset;
    private int size;
    private int contentLength;
    private boolean last;
    private boolean inPlace;

    FrameReader(FrameCipher cipher, int frameLength, long firstSequence) {
        this.cipher = cipher;
        this.frameLength = frameLength;
        this.sequence = firstSequence;
    }

    @Override
    public boolean assemble(ByteBuffer in) {
        if (filled == 0 && in.hasArray()) {
            array = in.array();
            offset = in.arrayOffset() + in.position();
            int needed = needed(in.remaining());
            if (needed <= in.remaining()) {
                inPlace = true;
                size = needed;
                return true;
            }
        }
        inPlace = false;
        while (true) {
            array = buffer;
            offset = 0;
            int needed = needed(filled);
            if (needed <= filled) {
                size = needed;
                return true;
            }
            if (!in.hasRemaining()) {
                return false;
            }
            int count = Math.min(needed - filled, in.remaining());
            reserve(filled + count, needed);
            in.get(buffer, filled, count);
            filled += count;
        }
    }

    @Override
    public int contentLength() {
        return contentLength;
    }

    @Override
    public boolean last() {
        return last;
    }

    /** Returns the number of the frame at hand, or of the next one. */
    long sequence() {
        return sequence;
    }

    @Override
    public void decrypt(byte[] out, int outOffset) {
        cipher.decrypt(array, offset, last, sequence, contentLength, out, outOffset);
    }

    @Override
    public ByteBuffer piece() {
        return ByteBuffer.wrap(array, offset, size);
    }

    @Override
    public void consumed(ByteBuffer in) {
        if (inPlace) {
            in.position(in.position() + size);
        } else {
            filled = 0;
        }
        sequence++;
    }

    @Override
    public String expectation() {
        return "frame " + sequence;
    }

    /** Ciphertext only; nothing to wipe. */
    @Override
    public void close() {
        filled = 0;
    }

    /** Returns the bytes the frame at {@code offset} has, as far as its first {@code available} bytes tell; checks what they say. */
    private int needed(int available) {
        if (available < Integer.BYTES) {
            return Integer.BYTES;
        }
        int first = readInt(0);
        last = first == MARKER;
        if (!last) {
            checkSequence(first);
            contentLength = frameLength;
            return frameLength + FrameLayout.REGULAR_OVERHEAD;
        }
        if (available < FrameCipher.FINAL_PREFIX) {
            return FrameCipher.FINAL_PREFIX;
        }
        checkSequence(readInt(4));
        contentLength = readInt(FrameCipher.FINAL_PREFIX - Integer.BYTES);
        if (contentLength < 0 || contentLength > frameLength) {
            throw new IntegrityException(
                    "The final frame says it is longer than the frame length of the message: it was changed.");
        }
        return contentLength + FrameLayout.FINAL_OVERHEAD;
    }

    private void checkSequence(int stored) {
        // A regular frame cannot have the last number: it would be the marker of a final frame.
        if (stored != (int) sequence || sequence > FrameLayout.MAX_FRAMES) {
            throw new IntegrityException("Frame " + sequence + " is expected and the message has frame "
                    + Integer.toUnsignedLong(stored) + ": frames are missing, repeated or exchanged.");
        }
    }

    private int readInt(int at) {
        int i = offset + at;
        return array[i] << 24 | (array[i + 1] & 0xff) << 16 | (array[i + 2] & 0xff) << 8 | (array[i + 3] & 0xff);
    }

    private void reserve(int length, int frame) {
        if (length > buffer.length) {
            long roomy = Math.min(frame, Math.max(FIRST_BUFFER, 2L * buffer.length));
            buffer = Arrays.copyOf(buffer, (int) Math.max(length, roomy));
        }
    }
}
