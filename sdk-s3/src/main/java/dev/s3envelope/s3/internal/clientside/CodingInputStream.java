package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.message.CodingStatus;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;

/**
 * A stream that passes through a coder, on the reader's thread: a piece is read from the source whole, coded, and handed out, straight into the
 * reader's array where that has room for it. After a failure every further read fails too. For one thread; closing it closes coder and source.
 */
final class CodingInputStream extends InputStream {
    private static final int MOST = 1 << 20;

    private final InputStream source;
    private final Coder coder;
    private final byte[] in;
    private ByteBuffer pending = ByteBuffer.allocate(0);
    private ByteBuffer ready = ByteBuffer.allocate(0);
    private boolean inputEnded;
    private boolean done;
    private boolean failed;

    CodingInputStream(InputStream source, Coder coder) {
        this.source = source;
        this.coder = coder;
        this.in = new byte[Math.min(MOST, coder.inputSize())];
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (failed) {
            throw new IOException("The stream failed before, or is closed.");
        }
        try {
            return give(target, offset, length);
        } catch (IOException | RuntimeException e) {
            failed = true;
            throw e;
        }
    }

    private int give(byte[] target, int offset, int length) throws IOException {
        while (true) {
            if (ready.hasRemaining()) {
                int count = Math.min(length, ready.remaining());
                ready.get(target, offset, count);
                return count;
            }
            if (done) {
                return -1;
            }
            if (length >= coder.outputSize()) {
                // A slice, so that the coder measures by what it may fill.
                ByteBuffer out = ByteBuffer.wrap(target, offset, length);
                fill(out);
                int count = out.position() - offset;
                if (count > 0) {
                    return count;
                }
            } else {
                ByteBuffer out = ready.capacity() == 0 ? ByteBuffer.allocate(coder.outputSize()) : ready;
                out.clear();
                try {
                    fill(out);
                } finally {
                    out.flip();
                    ready = out;
                }
            }
        }
    }

    /** Codes until something came out or the end was reached. */
    private void fill(ByteBuffer out) throws IOException {
        int start = out.position();
        while (out.position() == start && !done) {
            if (!pending.hasRemaining() && !inputEnded) {
                int count = source.readNBytes(in, 0, in.length);
                inputEnded = count < in.length;
                pending = ByteBuffer.wrap(in, 0, count);
            }
            if (pending.hasRemaining()) {
                coder.code(pending, out);
            } else if (inputEnded) {
                done = coder.finish(out) == CodingStatus.DONE;
            }
        }
    }

    @Override
    public int available() {
        return ready.remaining();
    }

    @Override
    public void close() throws IOException {
        failed = true;
        coder.close();
        if (coder.takesPlaintext()) {
            Arrays.fill(in, (byte) 0);
        }
        if (ready.capacity() > 0) {
            Arrays.fill(ready.array(), (byte) 0);
            ready = ByteBuffer.allocate(0);
        }
        source.close();
    }
}
