package dev.s3envelope.core.message;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.crypto.AlgorithmSuite;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Encrypts a message body, or one part of it, as its plaintext is pushed in.
 *
 * <p>How to use it, from a stream or a publisher alike:
 *
 * <pre>{@code
 * ByteBuffer out = ByteBuffer.allocate(encryptor.pieceSize());         // any size will do; this one avoids copies
 * while (more input) {
 *     ByteBuffer in = next piece of plaintext, of any size;
 *     while (encryptor.encrypt(in, out) == NEED_OUTPUT) { send out.flip(); out.clear(); }
 * }
 * while (encryptor.finish(out) != DONE) { send out.flip(); out.clear(); }
 * send what is left in out
 * }</pre>
 *
 * <p>The header comes out first (of a part: of the first part). Memory: at most one frame of plaintext is held back, and only if it arrived in
 * pieces, or if the length is unknown, since the last frame is of another kind; one frame of ciphertext if {@code out} is smaller than a
 * frame. A frame that lies whole in an array-backed {@code in}, with room for it in {@code out}, goes from array to array in one call. {@code out} must
 * be array-backed, and must not share its array with {@code in}.
 *
 * <p>Not safe for use by several threads. After an exception it is of no further use. {@link #close()} wipes the plaintext it holds.
 */
public final class MessageEncryptor implements AutoCloseable {
    private static final int FIRST_BUFFER = 4096;

    private final FrameCipher cipher;
    private final int frameLength;
    private final boolean endsMessage;
    private final OptionalLong length;
    private final OptionalLong outputLength;
    private final Optional<FrameLedger> ledger;

    private final Outlet outlet = new Outlet();
    private byte[] held = new byte[0];
    private int heldLength;
    private long sequence;
    private long taken;
    private boolean inputEnded;
    private boolean complete;
    private boolean closed;

    MessageEncryptor(
            FrameCipher cipher,
            byte[] prefix,
            int frameLength,
            long firstFrame,
            OptionalLong length,
            boolean endsMessage,
            Optional<FrameLedger> ledger) {
        this.cipher = cipher;
        this.frameLength = frameLength;
        this.sequence = firstFrame;
        this.length = length;
        this.endsMessage = endsMessage;
        this.ledger = ledger;
        this.outputLength = outputLength(prefix.length, frameLength, length, endsMessage);
        if (length.isPresent()) {
            long frames = endsMessage
                    ? FrameLayout.ofPlaintext(0, frameLength, length.getAsLong())
                            .frames()
                    : length.getAsLong() / frameLength;
            // The last number is for a final frame only: written as a regular one it would be a final frame's marker.
            long most = endsMessage ? FrameLayout.MAX_FRAMES : FrameLayout.MAX_FRAMES - 1;
            if (firstFrame > most - frames + 1) {
                throw new IllegalArgumentException("The message would have more than " + FrameLayout.MAX_FRAMES
                        + " frames; use longer frames for so large an object");
            }
        }
        outlet.offer(prefix, 0, prefix.length);
        complete = !endsMessage && length.orElse(-1) == 0;
    }

    /** Returns how many bytes will come out in all, header included where it is; empty while the length of the input is unknown. */
    public OptionalLong outputLength() {
        return outputLength;
    }

    /** Returns the size of an output buffer that takes any single piece, header or frame, whole. */
    public int pieceSize() {
        return Math.max(outlet.remaining(), frameLength + FrameLayout.FINAL_OVERHEAD);
    }

    /**
     * Takes plaintext from {@code in} and puts ciphertext into {@code out}, as much as both allow.
     *
     * @return {@code NEED_INPUT} when {@code in} is used up; {@code NEED_OUTPUT} when {@code out} should be emptied before the next call with the
     *     rest of {@code in}; {@code DONE} when the announced length was taken and all is out
     * @throws EnvelopeException if there is more plaintext than was announced
     * @throws dev.s3envelope.core.OperationRefusedException if a part is sent again with other content
     */
    public CodingStatus encrypt(ByteBuffer in, ByteBuffer out) {
        if (closed || (inputEnded && in.hasRemaining())) {
            throw new IllegalStateException(closed ? "This encryptor is closed" : "Plaintext after finish()");
        }
        if (length.isPresent() && in.remaining() > length.getAsLong() - taken) {
            throw new EnvelopeException(
                    "The body has more than the " + length.getAsLong()
                            + " bytes that were announced; the request would not be readable. Announce the true length, or none.");
        }
        int start = out.position();
        while (true) {
            if (!outlet.drain(out)) {
                return CodingStatus.NEED_OUTPUT;
            }
            if (complete) {
                return CodingStatus.DONE;
            }
            int next = nextFrame(in.remaining());
            if (next < 0) {
                hold(in, in.remaining());
                return CodingStatus.NEED_INPUT;
            }
            boolean last = endsWith(next);
            int size = next + (last ? FrameLayout.FINAL_OVERHEAD : FrameLayout.REGULAR_OVERHEAD);
            if (out.remaining() < size && (out.position() > start || !out.hasRemaining())) {
                return CodingStatus.NEED_OUTPUT;
            }
            frame(in, next, last, size, out);
        }
    }

    /**
     * Says that the plaintext is complete; to be called again until it returns {@code DONE}, with {@code out} emptied between.
     *
     * @throws EnvelopeException if less plaintext came than was announced
     */
    public CodingStatus finish(ByteBuffer out) {
        if (length.isPresent() && taken < length.getAsLong()) {
            throw new EnvelopeException("The body ended after " + taken + " of the " + length.getAsLong()
                    + " bytes that were announced; nothing of it can be read. Announce the true length, or none.");
        }
        inputEnded = true;
        return encrypt(ByteBuffer.allocate(0), out);
    }

    /** Wipes the plaintext that is held back. */
    @Override
    public void close() {
        Arrays.fill(held, (byte) 0);
        closed = true;
    }

    /** Returns the plaintext bytes of the next frame, or -1 if it cannot be built yet. */
    private int nextFrame(int arrived) {
        long available = (long) heldLength + arrived;
        if (length.isPresent()) {
            long frame = Math.min(frameLength, length.getAsLong() - taken + heldLength);
            return available >= frame ? (int) frame : -1;
        }
        // Unknown length: a full frame is regular only if a byte follows it.
        if (available > frameLength) {
            return frameLength;
        }
        return inputEnded ? (int) available : -1;
    }

    /** Of unknown length: once the input ended, what is held is the last frame. */
    private boolean endsWith(int frame) {
        return endsMessage && (length.isPresent() ? taken - heldLength + frame == length.getAsLong() : inputEnded);
    }

    private void frame(ByteBuffer in, int next, boolean last, int size, ByteBuffer out) {
        if (!last && sequence == FrameLayout.MAX_FRAMES) {
            throw new EnvelopeException("The body needs more than " + FrameLayout.MAX_FRAMES
                    + " frames; use longer frames for so large an object.");
        }
        byte[] source;
        int offset;
        boolean direct = heldLength == 0 && in.hasArray();
        if (direct) {
            source = in.array();
            offset = in.arrayOffset() + in.position();
        } else {
            hold(in, next - heldLength);
            source = held;
            offset = 0;
        }
        if (out.remaining() >= size) {
            seal(last, source, offset, next, size, out.array(), out.arrayOffset() + out.position());
            out.position(out.position() + size);
        } else {
            byte[] own = outlet.array(size);
            seal(last, source, offset, next, size, own, 0);
            outlet.offer(own, 0, size);
        }
        if (direct) {
            in.position(in.position() + next);
            taken += next;
        } else {
            heldLength = 0;
        }
        sequence++;
        complete = last || (!endsMessage && taken == length.orElse(-1));
    }

    private void seal(boolean last, byte[] source, int offset, int next, int size, byte[] target, int at) {
        cipher.encrypt(sequence, last, source, offset, next, target, at);
        if (ledger.isPresent()) {
            try {
                ledger.get().enter(sequence, target, at + size - AlgorithmSuite.TAG_LENGTH);
            } catch (EnvelopeException e) {
                Arrays.fill(target, at, at + size, (byte) 0);
                throw e;
            }
        }
    }

    private void hold(ByteBuffer in, int count) {
        if (heldLength + count > held.length) {
            long sensible = length.isPresent() ? Math.min(frameLength, length.getAsLong()) : frameLength;
            int wanted =
                    Math.max(heldLength + count, (int) Math.min(sensible, Math.max(FIRST_BUFFER, 2L * held.length)));
            byte[] larger = Arrays.copyOf(held, wanted);
            Arrays.fill(held, (byte) 0);
            held = larger;
        }
        in.get(held, heldLength, count);
        heldLength += count;
        taken += count;
    }

    private static OptionalLong outputLength(int prefix, int frameLength, OptionalLong length, boolean endsMessage) {
        if (length.isEmpty()) {
            return OptionalLong.empty();
        }
        long plaintext = length.getAsLong();
        return OptionalLong.of(
                endsMessage
                        ? FrameLayout.ofPlaintext(prefix, frameLength, plaintext)
                                .ciphertextLength()
                        : prefix + plaintext / frameLength * (frameLength + (long) FrameLayout.REGULAR_OVERHEAD));
    }
}
