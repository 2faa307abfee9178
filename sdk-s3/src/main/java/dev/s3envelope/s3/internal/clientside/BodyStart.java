package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.message.HeaderParser;
import dev.s3envelope.core.message.MessageHeader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** The first bytes of a body, taken until they are the header of a message, or cannot become one. For one thread at a time. */
final class BodyStart {
    private static final int STEP = 1024;

    private final HeaderParser parser;
    private final boolean looking;
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream(0);
    private byte[] behind = new byte[0];
    private boolean none;

    /**
     * Takes bytes for this parser.
     *
     * @param looking whether a body that is no message is an answer, and its bytes are kept to be given out; otherwise it is an error
     */
    BodyStart(HeaderParser parser, boolean looking) {
        this.parser = parser;
        this.looking = looking;
    }

    /**
     * Takes what it wants from a stream.
     *
     * @param expected bytes the header is said to have, which are read at once; {@link #behind} has what was too much
     * @return the header; empty if the body ends within it, or looking found that it has none
     */
    Optional<MessageHeader> read(InputStream body, int expected) throws IOException {
        byte[] step = new byte[STEP];
        int read = 0;
        while (bytesNeeded() > 0) {
            int count = body.read(step, 0, Math.min(step.length, Math.max(expected - read, bytesNeeded())));
            if (count < 0) {
                return Optional.empty();
            }
            read += count;
            ByteBuffer in = ByteBuffer.wrap(step, 0, count);
            feed(in);
            if (in.hasRemaining()) {
                behind = Arrays.copyOfRange(step, in.position(), count);
            }
        }
        return header();
    }

    /**
     * Takes bytes, none behind the header.
     *
     * @return whether it is known now what the body is
     * @throws IntegrityException if it is no message, and not looking
     */
    boolean feed(ByteBuffer in) {
        if (!looking) {
            return parser.feed(in);
        }
        ByteBuffer before = in.duplicate();
        boolean known;
        try {
            known = parser.feed(in);
        } catch (IntegrityException noMessage) {
            none = true;
            known = true;
        }
        byte[] bytes = new byte[in.position() - before.position()];
        before.get(bytes);
        taken.writeBytes(bytes);
        return known;
    }

    /** How many more bytes are wanted at least; 0 once it is known what the body is. */
    int bytesNeeded() {
        return none ? 0 : parser.bytesNeeded();
    }

    /** The header; empty while it is not whole, and where there is none. */
    Optional<MessageHeader> header() {
        return none ? Optional.empty() : parser.header();
    }

    /** What was read behind the header, where somebody said the header was longer than it is. */
    byte[] behind() {
        return behind;
    }

    /** What was taken, when looking. */
    byte[] taken() {
        return taken.toByteArray();
    }
}
