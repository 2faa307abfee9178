package dev.s3envelope.examples.cli;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A stretch of a file as a stream; marks cost nothing. Not safe for use by several threads. */
final class FilePart extends InputStream {
    private final FileChannel channel;
    private final Path file;
    private final long start;
    private final long end;
    private long at;
    private long marked;

    private FilePart(Path file, FileChannel channel, long start, long length) {
        this.file = file;
        this.channel = channel;
        this.start = start;
        this.end = start + length;
        this.at = start;
        this.marked = start;
    }

    static FilePart open(Path file, long start, long length) throws IOException {
        return new FilePart(file, FileChannel.open(file, StandardOpenOption.READ), start, length);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (at >= end) {
            return -1;
        }
        ByteBuffer target = ByteBuffer.wrap(buffer, offset, (int) Math.min(length, end - at));
        int read = channel.read(target, at);
        if (read < 0) {
            throw new EOFException(file + " became shorter while it was read");
        }
        at += read;
        return read;
    }

    @Override
    public long skip(long bytes) {
        long skipped = Math.max(0, Math.min(bytes, end - at));
        at += skipped;
        return skipped;
    }

    @Override
    public int available() {
        return (int) Math.min(Integer.MAX_VALUE, end - at);
    }

    @Override
    public boolean markSupported() {
        return true;
    }

    @Override
    public synchronized void mark(int limit) {
        marked = at;
    }

    @Override
    public synchronized void reset() {
        at = Math.max(start, marked);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
