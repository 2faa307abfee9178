package dev.s3envelope.core.message;

import java.nio.ByteBuffer;

/**
 * Puts the pieces of a body together from bytes as they arrive: frames, or the one piece of an unframed body. A piece that lies whole in an
 * array-backed input is used where it lies; only otherwise is it collected.
 */
interface BodyReader extends AutoCloseable {
    /**
     * Looks for the next whole piece. Until {@link #consumed} nothing of a piece found in {@code in} is taken from it.
     *
     * @return whether one is at hand; if not, all of {@code in} was taken
     * @throws dev.s3envelope.core.IntegrityException if what arrived cannot be the next piece
     */
    boolean assemble(ByteBuffer in);

    /** Returns the bytes of plaintext in the piece at hand. */
    int contentLength();

    /** Returns whether the piece at hand is the last of the body. */
    boolean last();

    /** Verifies and decrypts the piece at hand. */
    void decrypt(byte[] out, int offset);

    /** Returns the piece at hand as it stands in the message. */
    ByteBuffer piece();

    /** Goes on to the next piece, and takes the one at hand from {@code in} if it lay there. */
    void consumed(ByteBuffer in);

    /** Returns what is missing, for a message about truncation. */
    String expectation();

    @Override
    void close();
}
