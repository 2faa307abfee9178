package dev.s3envelope.memory;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** Bytes that follow from their place, so that a source of any length needs no memory and any piece of it can be checked. */
final class Pattern {
    private static final int BLOCK = 1 << 16;
    private static final long SEED = 20_261_121;

    private final long length;

    Pattern(long length) {
        this.length = length;
    }

    /** The bytes from a place on, at most as many as there are. */
    byte[] bytes(long offset, int count) {
        int size = (int) Math.min(count, length - offset);
        long word = offset / Long.BYTES;
        int skip = (int) (offset % Long.BYTES);
        ByteBuffer words = ByteBuffer.allocate((size + skip + Long.BYTES - 1) / Long.BYTES * Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        while (words.hasRemaining()) {
            words.putLong(mixed(word++));
        }
        return skip == 0 && size == words.capacity()
                ? words.array()
                : Arrays.copyOfRange(words.array(), skip, skip + size);
    }

    private static long mixed(long word) {
        long z = (word + SEED) * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        return z ^ (z >>> 29);
    }

    InputStream stream() {
        return new InputStream() {
            private long position;

            @Override
            public int read() {
                return position == length ? -1 : bytes(position++, 1)[0] & 0xff;
            }

            @Override
            public int read(byte[] target, int offset, int count) {
                if (position == length) {
                    return -1;
                }
                byte[] next = bytes(position, Math.min(count, BLOCK));
                System.arraycopy(next, 0, target, offset, next.length);
                position += next.length;
                return next.length;
            }
        };
    }

    Iterable<ByteBuffer> buffers() {
        return () -> new Iterator<>() {
            private long position;

            @Override
            public boolean hasNext() {
                return position < length;
            }

            @Override
            public ByteBuffer next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                byte[] next = bytes(position, BLOCK);
                position += next.length;
                return ByteBuffer.wrap(next);
            }
        };
    }

    /** Checks bytes as they come. */
    final class Check {
        private final long end;
        private long position;

        /** What is to come lies here. */
        Check(long start, long end) {
            this.position = start;
            this.end = end;
        }

        void next(ByteBuffer buffer) {
            byte[] expected = bytes(position, buffer.remaining());
            if (position + buffer.remaining() > end
                    || !ByteBuffer.wrap(expected).equals(buffer)) {
                throw new IllegalStateException("other bytes than were written, from " + position + " on");
            }
            position += expected.length;
        }

        void finish() {
            if (position != end) {
                throw new IllegalStateException("ended at " + position + ", not " + end);
            }
        }
    }
}
