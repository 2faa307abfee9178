package dev.s3envelope.s3.internal.transfer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arrays the parts of one body lie in, made when they are needed, used again, and zeroed when the upload is over. The first starts small, for bodies of unknown
 * length that turn out short. For one thread at a time.
 */
final class PutBuffers {
    private static final int START = 64 << 10;

    private final int most;
    private final int size;
    private final List<byte[]> made = new ArrayList<>();
    private final Deque<byte[]> free = new ArrayDeque<>();

    PutBuffers(PutSizes sizes) {
        this.most = sizes.buffers();
        this.size = sizes.part();
    }

    /** Whether there is one to be taken. */
    boolean available() {
        return !free.isEmpty() || made.size() < most;
    }

    /** An array that is nobody else's; null if all are in use. */
    byte @Nullable [] take() {
        byte[] used = free.poll();
        if (used != null || made.size() == most) {
            return used;
        }
        byte[] another = new byte[made.isEmpty() ? Math.min(START, size) : size];
        made.add(another);
        return another;
    }

    /** A larger array in place of a full one, with the same bytes; the same one if it has the size of a part. */
    byte[] grow(byte[] full) {
        if (full.length == size) {
            return full;
        }
        byte[] larger = Arrays.copyOf(full, (int) Math.min(size, 4L * full.length));
        made.set(0, larger);
        Arrays.fill(full, (byte) 0);
        return larger;
    }

    /** Takes back one whose bytes are not read any more. */
    void give(byte[] buffer) {
        free.push(buffer);
    }

    /** Zeroes all; nobody may be reading them. */
    void close() {
        made.forEach(buffer -> Arrays.fill(buffer, (byte) 0));
        made.clear();
        free.clear();
    }
}
