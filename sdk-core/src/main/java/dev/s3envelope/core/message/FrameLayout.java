package dev.s3envelope.core.message;

import dev.s3envelope.core.IntegrityException;

/**
 * Where everything is in a framed message: all arithmetic between plaintext and ciphertext, both ways.
 *
 * <pre>{@code
 * header H | regular frame 1 .. n, each F + 32 | final frame n + 1, length r + 40          C = H + n(F + 32) + r + 40
 *                                                                                          P = nF + r
 * regular frame   sequence 4 | IV 12 | ciphertext F | tag 16
 * final frame     FFFFFFFF 4 | sequence 4 | IV 12 | length 4 | ciphertext r | tag 16
 * }</pre>
 *
 * <p>We write r from 1 to F, and 0 only for an empty message; others, and multipart uploads of whole parts, may end with r = 0. An immutable value;
 * all results are exact, and overflow is refused, up to the 2^32 - 1 frames of the format (256 TiB with 64 KiB frames).
 *
 * <p>A layout made {@linkplain #ofCiphertext from an object's length} is only as true as that length, which nothing authenticates: a range in the
 * middle cannot notice a truncated object. Where the length itself matters, verify the {@linkplain #finalFrameSpan() final frame} with
 * {@link OpenMessage#lengthProof}. Signed messages (a footer of varying length follows) have no layout from their length.
 *
 * @param headerLength H, bytes of the header
 * @param frameLength F, bytes of plaintext in a regular frame
 * @param regularFrames n
 * @param finalLength r, bytes of plaintext in the final frame
 */
public record FrameLayout(int headerLength, int frameLength, long regularFrames, int finalLength) {
    /** Bytes a regular frame adds to its plaintext. */
    public static final int REGULAR_OVERHEAD = 32;

    /** Bytes a final frame adds to its plaintext. */
    public static final int FINAL_OVERHEAD = 40;

    /** The most frames a message has. */
    public static final long MAX_FRAMES = 0xFFFF_FFFFL;

    /** Checks every component. */
    public FrameLayout {
        if (headerLength < 0
                || frameLength < 1
                || frameLength > HeaderLimits.LONGEST_FRAME
                || regularFrames < 0
                || regularFrames >= MAX_FRAMES
                || finalLength < 0
                || finalLength > frameLength) {
            throw new IllegalArgumentException("No such message: header " + headerLength + ", frame length "
                    + frameLength + ", " + regularFrames + " regular frames, final frame of " + finalLength);
        }
    }

    /**
     * Returns the layout we write for {@code plaintextLength} bytes.
     *
     * @throws IllegalArgumentException if it is negative or more than {@link #maxPlaintextLength(int)}
     */
    public static FrameLayout ofPlaintext(int headerLength, int frameLength, long plaintextLength) {
        if (plaintextLength < 0 || plaintextLength > maxPlaintextLength(frameLength)) {
            throw new IllegalArgumentException("With frames of " + frameLength + " bytes a message has 0 to "
                    + maxPlaintextLength(frameLength) + " bytes of plaintext, not " + plaintextLength);
        }
        long regular = plaintextLength == 0 ? 0 : (plaintextLength - 1) / frameLength;
        return new FrameLayout(headerLength, frameLength, regular, (int) (plaintextLength - regular * frameLength));
    }

    /**
     * Returns the layout of a message of {@code ciphertextLength} bytes, whoever wrote it, if its suite has no signature.
     *
     * @throws IntegrityException if no message has this length
     */
    public static FrameLayout ofCiphertext(int headerLength, int frameLength, long ciphertextLength) {
        long body = Math.max(ciphertextLength, 0) - headerLength - FINAL_OVERHEAD;
        long step = frameLength + (long) REGULAR_OVERHEAD;
        if (body < 0 || body % step > frameLength || body / step >= MAX_FRAMES) {
            throw new IntegrityException("No message with a header of " + headerLength + " and frames of " + frameLength
                    + " bytes is " + ciphertextLength + " bytes long: the object is truncated or changed.");
        }
        return new FrameLayout(headerLength, frameLength, body / step, (int) (body % step));
    }

    /** Returns the most plaintext a message with frames of this length can have. */
    public static long maxPlaintextLength(int frameLength) {
        return Math.multiplyExact(MAX_FRAMES, frameLength);
    }

    /**
     * Returns the most plaintext whose message fits into {@code ciphertextLimit} bytes, for example S3's largest object.
     *
     * @throws IllegalArgumentException if not even an empty message fits
     */
    public static long maxPlaintextLength(int headerLength, int frameLength, long ciphertextLimit) {
        long body = ciphertextLimit - headerLength - FINAL_OVERHEAD;
        if (body < 0) {
            throw new IllegalArgumentException("Not even an empty message fits into " + ciphertextLimit + " bytes");
        }
        long step = frameLength + (long) REGULAR_OVERHEAD;
        if (body / step >= MAX_FRAMES) {
            return maxPlaintextLength(frameLength);
        }
        return body / step * frameLength + Math.min(body % step, frameLength);
    }

    /** Returns the bytes of plaintext. */
    public long plaintextLength() {
        return regularFrames * frameLength + finalLength;
    }

    /** Returns the bytes of the whole message, its header included. */
    public long ciphertextLength() {
        return headerLength + regularFrames * regularFrameSize() + finalLength + FINAL_OVERHEAD;
    }

    /** Returns the number of frames, the final one included; also the final frame's sequence number. */
    public long frames() {
        return regularFrames + 1;
    }

    /**
     * Returns the sequence number, from 1, of the frame that holds this byte of plaintext.
     *
     * @throws IndexOutOfBoundsException if there is no such byte
     */
    public long frameOf(long plaintextOffset) {
        if (plaintextOffset < 0 || plaintextOffset >= plaintextLength()) {
            throw new IndexOutOfBoundsException(
                    "No byte " + plaintextOffset + " in a plaintext of " + plaintextLength() + " bytes");
        }
        return plaintextOffset / frameLength + 1;
    }

    /**
     * Returns where in the message the frame with this sequence number is.
     *
     * @throws IndexOutOfBoundsException if there is no such frame
     */
    public ByteSpan frameSpan(long sequence) {
        checkFrame(sequence);
        long offset = headerLength + (sequence - 1) * regularFrameSize();
        return new ByteSpan(offset, sequence == frames() ? finalLength + FINAL_OVERHEAD : regularFrameSize());
    }

    /**
     * Returns which plaintext the frame with this sequence number holds.
     *
     * @throws IndexOutOfBoundsException if there is no such frame
     */
    public ByteSpan plaintextSpan(long sequence) {
        checkFrame(sequence);
        return new ByteSpan((sequence - 1) * frameLength, sequence == frames() ? finalLength : frameLength);
    }

    /**
     * Returns what to fetch to read this plaintext: whole frames, no more than needed.
     *
     * @throws IndexOutOfBoundsException if the span is empty or reaches beyond the plaintext
     */
    public ByteSpan ciphertextSpan(ByteSpan plaintext) {
        ByteSpan first = frameSpan(frameOf(plaintext.offset()));
        ByteSpan last = frameSpan(frameOf(plaintext.length() == 0 ? -1 : plaintext.end() - 1));
        return new ByteSpan(first.offset(), last.end() - first.offset());
    }

    /** Returns where the final frame is, the only proof of the message's length. */
    public ByteSpan finalFrameSpan() {
        return frameSpan(frames());
    }

    private long regularFrameSize() {
        return frameLength + (long) REGULAR_OVERHEAD;
    }

    private void checkFrame(long sequence) {
        if (sequence < 1 || sequence > frames()) {
            throw new IndexOutOfBoundsException("No frame " + sequence + " among " + frames());
        }
    }
}
