package dev.s3envelope.core.s3ec;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Objects;
import javax.crypto.ShortBufferException;

/**
 * The plaintext of an object whose tag was verified over all of it. Bytes are decrypted as they are read; any number of times, from any position.
 *
 * <p>Streams are for one thread each and several may be open at once. Closing this ends them, forgets the key and deletes the spool file; whoever called {@link
 * S3ecDecryptor#finish()} does it, after the last stream was read.
 */
public final class VerifiedPlaintext implements AutoCloseable {
    private static final int FRAME = SpoolFile.FRAME;

    private final ContentKey key;
    private final HeldCiphertext held;
    private volatile boolean closed;

    VerifiedPlaintext(ContentKey key, HeldCiphertext held) {
        this.key = key;
        this.held = held;
    }

    /** Bytes of plaintext. */
    public long length() {
        return held.length();
    }

    /** All of it, as a stream that does nothing on close. */
    public InputStream stream() {
        return stream(0, length());
    }

    /**
     * A part of it.
     *
     * @param from position of the first byte
     * @param count number of bytes
     * @throws IndexOutOfBoundsException if the part is not within the plaintext
     */
    public InputStream stream(long from, long count) {
        Objects.checkFromIndexSize(from, count, length());
        checkOpen();
        return new Stream(from, count);
    }

    /** Writes all of it; neither closes nor flushes {@code out}. */
    public void transferTo(OutputStream out) throws IOException {
        stream().transferTo(out);
    }

    /** Forgets the key and deletes the spool file. Calling it again changes nothing. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            key.close();
            held.close();
        }
    }

    boolean spooled() {
        return held.spooled();
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("this plaintext is closed");
        }
    }

    private final class Stream extends InputStream {
        private final HeldCiphertext.Reader frames = held.new Reader();
        private final CounterMode ctr;
        private long position;
        private final long end;

        Stream(long from, long count) {
            this.position = from;
            this.end = from + count;
            try {
                this.ctr = new CounterMode(key, from / 16);
                byte[] skipped = new byte[(int) (from % 16)];
                ctr.apply(skipped, 0, skipped.length, skipped, 0);
            } catch (GeneralSecurityException e) {
                throw key.unusable(e);
            }
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] out, int offset, int count) {
            Objects.checkFromIndexSize(offset, count, out.length);
            if (count == 0) {
                return 0;
            }
            if (position == end) {
                return -1;
            }
            checkOpen();
            int inFrame = (int) (position % FRAME);
            int n = (int) Math.min(Math.min(count, FRAME - inFrame), end - position);
            try {
                ctr.apply(frames.frame(position / FRAME), inFrame, n, out, offset);
            } catch (ShortBufferException e) {
                throw new IllegalStateException("cannot happen: the output was checked", e);
            }
            position += n;
            return n;
        }

        @Override
        public int available() {
            return (int) Math.min(Integer.MAX_VALUE, end - position);
        }

        /** Decrypts through one buffer and clears it: the JDK's own leaves plaintext behind in arrays of its own. */
        @Override
        public long transferTo(OutputStream out) throws IOException {
            byte[] buffer = new byte[(int) Math.min(FRAME, Math.max(1, end - position))];
            long total = 0;
            try {
                for (int n = read(buffer, 0, buffer.length); n >= 0; n = read(buffer, 0, buffer.length)) {
                    out.write(buffer, 0, n);
                    total += n;
                }
            } finally {
                Arrays.fill(buffer, (byte) 0);
            }
            return total;
        }
    }
}
