package dev.s3envelope.core.message;

import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.crypto.CryptoProvider;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decrypts a whole message body as its bytes arrive, and gives out verified plaintext only.
 *
 * <p>It is fed everything behind the header; used like {@link MessageEncryptor}:
 *
 * <pre>{@code
 * while (more input) while (decryptor.decrypt(in, out) == NEED_OUTPUT) { use out.flip(); out.clear(); }
 * while (decryptor.finish(out) != DONE) { use out.flip(); out.clear(); }
 * use what is left in out; only now is the message known to be complete
 * }</pre>
 *
 * <p>Each frame is released once its own tag is verified. {@link #finish} is what notices truncation: without it a message cut behind a frame looks
 * like one that is still arriving. Missing, repeated or exchanged frames, a second final frame and anything behind the end are refused.
 *
 * <p>Signed suites: frames are released as they are verified, except the final one (and an unframed body), which is held until the signature
 * is verified. Whatever was released before {@code DONE} is authenticated by the data key, not yet by the signer.
 *
 * <p>Memory: one frame of ciphertext, if frames arrive in pieces, and one of plaintext, if {@code out} is smaller than a frame; a body without frames
 * whole, up to {@link MessageEngine.Builder#maxUnframedLength}. {@code out} must be array-backed and must not share its array with {@code in}. Not safe for
 * use by several threads. After an exception every further call fails. {@link #close()} wipes the plaintext it holds.
 */
public final class MessageDecryptor implements AutoCloseable {
    private enum Stage {
        BODY,
        FOOTER,
        END
    }

    private final BodyReader body;
    private final @Nullable SignatureCheck signature;
    private final Outlet outlet = new Outlet();
    private byte[] footer = new byte[2];
    private int footerFilled;
    private Stage stage = Stage.BODY;
    private boolean failed;

    MessageDecryptor(CryptoProvider provider, MessageHeader header, FrameCipher cipher, long maxUnframedLength) {
        this.body = header.contentType() == ContentType.FRAMED
                ? new FrameReader(cipher, header.frameLength(), 1)
                : new UnframedReader(cipher, maxUnframedLength);
        this.signature = header.suite().signed() ? new SignatureCheck(provider, header) : null;
    }

    /**
     * Takes ciphertext from {@code in} and puts verified plaintext into {@code out}, as much as both allow.
     *
     * @return {@code NEED_INPUT} when {@code in} is used up; {@code NEED_OUTPUT} when {@code out} should be emptied before the next call with the
     *     rest of {@code in}; {@code DONE} when the end of the message was reached and all is out
     * @throws IntegrityException if the message is not authentic; nothing unverified was given out
     */
    public CodingStatus decrypt(ByteBuffer in, ByteBuffer out) {
        if (failed) {
            throw new IntegrityException("The message was refused before, or this decryptor is closed.");
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
     * @throws IntegrityException if the message is not complete
     */
    public CodingStatus finish(ByteBuffer out) {
        CodingStatus status = decrypt(ByteBuffer.allocate(0), out);
        if (status == CodingStatus.NEED_INPUT) {
            close();
            throw new IntegrityException("The message is truncated: "
                    + (stage == Stage.BODY ? body.expectation() : "its signature") + " is missing.");
        }
        return status;
    }

    /** Returns whether the whole message, signature included, was verified. */
    public boolean verified() {
        return stage == Stage.END && !failed;
    }

    /** Wipes the plaintext that is held. */
    @Override
    public void close() {
        failed = true;
        outlet.close();
        body.close();
    }

    private CodingStatus run(ByteBuffer in, ByteBuffer out) {
        int start = out.position();
        while (true) {
            if (stage != Stage.FOOTER && !outlet.drain(out)) {
                return CodingStatus.NEED_OUTPUT;
            }
            switch (stage) {
                case BODY -> {
                    if (!body.assemble(in)) {
                        return CodingStatus.NEED_INPUT;
                    }
                    int length = body.contentLength();
                    if (out.remaining() < length && out.position() > start) {
                        return CodingStatus.NEED_OUTPUT;
                    }
                    piece(in, out, length);
                }
                case FOOTER -> {
                    if (!footer(in)) {
                        return CodingStatus.NEED_INPUT;
                    }
                    stage = Stage.END;
                }
                case END -> {
                    if (in.hasRemaining()) {
                        throw new IntegrityException(
                                "There are bytes behind the end of the message: something was appended.");
                    }
                    return CodingStatus.DONE;
                }
            }
        }
    }

    private void piece(ByteBuffer in, ByteBuffer out, int length) {
        boolean last = body.last();
        boolean hold = last && signature != null;
        if (!hold && out.remaining() >= length) {
            body.decrypt(out.array(), out.arrayOffset() + out.position());
            out.position(out.position() + length);
        } else {
            byte[] own = outlet.array(length);
            body.decrypt(own, 0);
            outlet.offer(own, 0, length);
        }
        if (signature != null) {
            signature.update(body.piece());
        }
        body.consumed(in);
        if (last) {
            stage = signature == null ? Stage.END : Stage.FOOTER;
        }
    }

    private boolean footer(ByteBuffer in) {
        while (true) {
            int count = Math.min(footer.length - footerFilled, in.remaining());
            in.get(footer, footerFilled, count);
            footerFilled += count;
            if (footerFilled < footer.length) {
                return false;
            }
            int length = (footer[0] & 0xff) << 8 | (footer[1] & 0xff);
            if (footer.length == 2 && length > 0) {
                footer = Arrays.copyOf(footer, 2 + length);
                continue;
            }
            Objects.requireNonNull(signature).verify(Arrays.copyOfRange(footer, 2, footer.length));
            return true;
        }
    }
}
