package dev.s3envelope.examples.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Reports the bytes read through it to a {@link Progress}, and takes them back where the reading starts anew. */
final class CountedStream extends FilterInputStream {
    private final Progress progress;
    private long counted;
    private long countedAtMark;

    CountedStream(InputStream in, Progress progress) {
        super(in);
        this.progress = progress;
    }

    @Override
    public int read() throws IOException {
        int value = super.read();
        count(value < 0 ? 0 : 1);
        return value;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = super.read(buffer, offset, length);
        count(Math.max(0, read));
        return read;
    }

    @Override
    public long skip(long bytes) throws IOException {
        long skipped = super.skip(bytes);
        count(skipped);
        return skipped;
    }

    @Override
    public synchronized void mark(int limit) {
        super.mark(limit);
        countedAtMark = counted;
    }

    @Override
    public synchronized void reset() throws IOException {
        super.reset();
        count(countedAtMark - counted);
    }

    /** Takes back everything this stream has counted: the attempt it served has failed. */
    void takeBack() {
        count(-counted);
    }

    private void count(long bytes) {
        counted += bytes;
        progress.add(bytes);
    }
}
