package dev.s3envelope.core.message;

import dev.s3envelope.core.IntegrityException;
import java.nio.ByteBuffer;

/**
 * Decrypts one range of a message's plaintext from the frames that hold it, and gives out exactly the bytes asked for, verified.
 *
 * <p>Fetch {@link #ciphertext()} of the object and push it through {@link #decrypt}; then {@link #finish}. Several ranges of one message can be decrypted at the
 * same time, each with its own decryptor on its own thread. Frames at both ends are verified whole and cut. Memory and threads as with {@link MessageDecryptor}.
 *
 * <p>Every frame proves its place in this message. That the message goes on behind the range, and how far, is proved only where the range
 * reaches the final frame: {@link #provesLength()}.
 */
public final class RangeDecryptor implements AutoCloseable {
    private final FrameLayout layout;
    private final ByteSpan plaintext;
    private final ByteSpan ciphertext;
    private final FrameReader frames;
    private final long lastFrame;
    private final Outlet outlet = new Outlet();
    private boolean failed;

    RangeDecryptor(FrameCipher cipher, FrameLayout layout, ByteSpan plaintext) {
        this(cipher, layout, plaintext, layout.ciphertextSpan(plaintext), layout.frameOf(plaintext.offset()));
    }

    private RangeDecryptor(
            FrameCipher cipher, FrameLayout layout, ByteSpan plaintext, ByteSpan ciphertext, long firstFrame) {
        this.layout = layout;
        this.plaintext = plaintext;
        this.ciphertext = ciphertext;
        this.frames = new FrameReader(cipher, layout.frameLength(), firstFrame);
        this.lastFrame = plaintext.length() == 0 ? firstFrame : layout.frameOf(plaintext.end() - 1);
    }

    static RangeDecryptor ofFinalFrame(FrameCipher cipher, FrameLayout layout) {
        ByteSpan nothing = new ByteSpan(layout.plaintextLength(), 0);
        return new RangeDecryptor(cipher, layout, nothing, layout.finalFrameSpan(), layout.frames());
    }

    /** Returns what to fetch of the object. */
    public ByteSpan ciphertext() {
        return ciphertext;
    }

    /** Returns the range of plaintext that comes out. */
    public ByteSpan plaintext() {
        return plaintext;
    }

    /** Returns whether the range reaches the final frame, so that success proves the plaintext length of the layout. */
    public boolean provesLength() {
        return lastFrame == layout.frames();
    }

    /**
     * Takes ciphertext from {@code in} and puts verified plaintext into {@code out}, as much as both allow.
     *
     * @return as {@link MessageDecryptor#decrypt}
     * @throws IntegrityException if the frames are not authentic or not those of the layout; nothing unverified was given out
     */
    public CodingStatus decrypt(ByteBuffer in, ByteBuffer out) {
        if (failed) {
            throw new IntegrityException("The range was refused before, or this decryptor is closed.");
        }
        try {
            return run(in, out);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Says that no more ciphertext comes; to be called again until it returns {@code DONE}, with {@code out} emptied between.
     *
     * @throws IntegrityException if frames are missing
     */
    public CodingStatus finish(ByteBuffer out) {
        CodingStatus status = decrypt(ByteBuffer.allocate(0), out);
        if (status == CodingStatus.NEED_INPUT) {
            close();
            throw new IntegrityException("The range is truncated: " + frames.expectation() + " is missing.");
        }
        return status;
    }

    /** Wipes the plaintext that is held. */
    @Override
    public void close() {
        failed = true;
        outlet.close();
        frames.close();
    }

    private CodingStatus run(ByteBuffer in, ByteBuffer out) {
        int start = out.position();
        while (true) {
            if (!outlet.drain(out)) {
                return CodingStatus.NEED_OUTPUT;
            }
            if (frames.sequence() > lastFrame) {
                if (in.hasRemaining()) {
                    throw new IntegrityException("There are bytes behind the range: more was sent than was asked for.");
                }
                return CodingStatus.DONE;
            }
            if (!frames.assemble(in)) {
                return CodingStatus.NEED_INPUT;
            }
            ByteSpan holds = layout.plaintextSpan(frames.sequence());
            if (frames.last() != (frames.sequence() == layout.frames()) || frames.contentLength() != holds.length()) {
                throw new IntegrityException(
                        "The message does not have the length of the object: it was truncated, or bytes were appended.");
            }
            int from = (int) Math.max(0, Math.min(plaintext.offset() - holds.offset(), holds.length()));
            int to = (int) Math.min(holds.length(), plaintext.end() - holds.offset());
            boolean whole = from == 0 && to == holds.length();
            if (out.remaining() < to - from && out.position() > start) {
                return CodingStatus.NEED_OUTPUT;
            }
            if (whole && out.remaining() >= to) {
                frames.decrypt(out.array(), out.arrayOffset() + out.position());
                out.position(out.position() + to);
            } else {
                byte[] own = outlet.array(frames.contentLength());
                frames.decrypt(own, 0);
                outlet.offer(own, from, to - from);
            }
            frames.consumed(in);
        }
    }
}
