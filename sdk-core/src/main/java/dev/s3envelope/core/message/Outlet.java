package dev.s3envelope.core.message;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Bytes that are ready but did not fit into the caller's buffer yet. Its array is kept and used again. */
final class Outlet implements AutoCloseable {
    private byte[] own = new byte[0];
    private byte[] pending = own;
    private int position;
    private int limit;

    /** Returns an array of at least {@code size} bytes to build the next piece in. */
    byte[] array(int size) {
        if (own.length < size) {
            own = new byte[size];
        }
        return own;
    }

    /** Makes these bytes pending; they are read, not changed. */
    void offer(byte[] bytes, int offset, int length) {
        pending = bytes;
        position = offset;
        limit = offset + length;
    }

    int remaining() {
        return limit - position;
    }

    /** Moves what fits and returns whether nothing is left. */
    boolean drain(ByteBuffer out) {
        int count = Math.min(remaining(), out.remaining());
        out.put(pending, position, count);
        position += count;
        return position == limit;
    }

    /** Wipes what is pending of our own. */
    @Override
    public void close() {
        Arrays.fill(own, (byte) 0);
        position = limit;
    }
}
