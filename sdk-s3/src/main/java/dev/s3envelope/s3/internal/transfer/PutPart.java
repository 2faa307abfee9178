package dev.s3envelope.s3.internal.transfer;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import software.amazon.awssdk.core.exception.AbortedException;

/**
 * One part of a body, in memory and read as often as it is sent. {@link #stop} breaks a reading off where it is, so that S3 never gets the rest; a part that has
 * given out all its bytes may arrive all the same, and has to be waited for. Safe for use by several threads.
 */
final class PutPart implements Iterable<ByteBuffer> {
    /** What a reading gives out at a time. */
    private static final int SLICE = 128 << 10;

    private final int number;
    private final byte[] bytes;
    private final int length;
    private final boolean last;
    private boolean allOut;
    private boolean stopped;

    /**
     * A part.
     *
     * @param bytes the part, at its beginning; read only until the part is sent
     * @param length how many of them
     */
    PutPart(int number, byte[] bytes, int length, boolean last) {
        this.number = number;
        this.bytes = bytes;
        this.length = length;
        this.last = last;
    }

    int number() {
        return number;
    }

    /** The array it is in. */
    byte[] buffer() {
        return bytes;
    }

    int length() {
        return length;
    }

    boolean last() {
        return last;
    }

    /** Gives out no more bytes; whether S3 cannot have all of them. */
    synchronized boolean stop() {
        stopped = true;
        return !allOut;
    }

    /** A reading, in slices; what follows a {@link #stop} fails. */
    @Override
    public Iterator<ByteBuffer> iterator() {
        return new Reading();
    }

    /** A reading. */
    InputStream stream() {
        return new Stream(new Reading());
    }

    private synchronized void begin() {
        allOut = false;
    }

    private synchronized void giveOut(boolean rest) {
        if (stopped) {
            throw AbortedException.create("The upload this part belongs to has failed or was given up.");
        }
        allOut = rest;
    }

    private final class Reading implements Iterator<ByteBuffer> {
        private int position;

        Reading() {
            begin();
        }

        @Override
        public boolean hasNext() {
            return position < length;
        }

        @Override
        public ByteBuffer next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            ByteBuffer slice = ByteBuffer.wrap(bytes, position, take(SLICE)).slice();
            position += slice.remaining();
            return slice;
        }

        int read(byte[] to, int offset, int count) {
            if (!hasNext()) {
                return -1;
            }
            int taken = take(count);
            System.arraycopy(bytes, position, to, offset, taken);
            position += taken;
            return taken;
        }

        private int take(int most) {
            int count = Math.min(most, length - position);
            giveOut(position + count == length);
            return count;
        }
    }

    private static final class Stream extends InputStream {
        private final Reading reading;

        Stream(Reading reading) {
            this.reading = reading;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] to, int offset, int count) {
            Objects.checkFromIndexSize(offset, count, to.length);
            return count == 0 ? 0 : reading.read(to, offset, Math.min(count, SLICE));
        }
    }
}
