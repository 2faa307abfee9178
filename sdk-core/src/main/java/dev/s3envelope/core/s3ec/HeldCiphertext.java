package dev.s3envelope.core.s3ec;

import dev.s3envelope.core.crypto.CryptoProvider;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Ciphertext that waits for its tag: frames in memory up to the limit, the others in a {@link SpoolFile}. Appended to by one thread, then read. */
final class HeldCiphertext implements AutoCloseable {
    private static final int FRAME = SpoolFile.FRAME;

    private final CryptoProvider provider;
    private final HoldBack where;
    private final long memoryFrames;
    private final List<byte[]> memory = new ArrayList<>();
    private @Nullable SpoolFile spool;
    private byte[] frame;
    private int inFrame;
    private long length;

    /** @param expected the object's length where known, else -1; only to allocate no more than it needs */
    HeldCiphertext(CryptoProvider provider, HoldBack where, long expected) {
        this.provider = provider;
        this.where = where;
        this.memoryFrames = where.memoryLimit() / FRAME;
        this.frame = new byte[expected >= 0 && expected < FRAME ? (int) Math.max(expected, 1) : FRAME];
    }

    void append(byte[] in, int offset, int count) {
        int from = offset;
        int end = offset + count;
        while (from < end) {
            if (inFrame == frame.length) {
                makeRoom();
            }
            int n = Math.min(end - from, frame.length - inFrame);
            System.arraycopy(in, from, frame, inFrame, n);
            inFrame += n;
            from += n;
        }
        length += count;
    }

    private void makeRoom() {
        if (frame.length < FRAME) {
            frame = java.util.Arrays.copyOf(frame, FRAME);
            return;
        }
        store();
        if (spool == null) {
            frame = new byte[FRAME];
        }
        inFrame = 0;
    }

    private void store() {
        if (memory.size() < memoryFrames) {
            memory.add(frame);
            return;
        }
        if (spool == null) {
            spool = new SpoolFile(provider, where);
        }
        spool.append(frame, inFrame);
    }

    /** Ends appending: the last frame is read from where it is. */
    void seal() {
        if (spool != null) {
            spool.append(frame, inFrame);
        }
    }

    long length() {
        return length;
    }

    boolean spooled() {
        return spool != null;
    }

    /** Gives out frames; for one thread. */
    final class Reader {
        private final SpoolFile.@Nullable Reader spooled = spool == null ? null : spool.new Reader();
        private final byte[] buffer = new byte[spool == null ? 0 : FRAME];
        private long buffered = -1;

        /** The frame of this index, of which {@code min(FRAME, length - index * FRAME)} bytes count; not to be changed. */
        byte[] frame(long index) {
            if (index < memory.size()) {
                return memory.get((int) index);
            }
            if (spooled == null) {
                return frame;
            }
            if (buffered != index) {
                spooled.read(index - memory.size(), buffer);
                buffered = index;
            }
            return buffer;
        }
    }

    @Override
    public void close() {
        memory.clear();
        if (spool != null) {
            spool.close();
        }
    }
}
