package dev.s3envelope.local.internal.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Streams that drop the connection after a number of bytes. */
final class FaultyBody {
    private FaultyBody() {}

    /** The connection is to be closed at once: nothing may be answered any more. */
    static final class Dropped extends IOException {
        private static final long serialVersionUID = 1L;

        Dropped() {
            super("connection dropped by an injected fault");
        }
    }

    static InputStream dropping(InputStream in, long afterBytes) {
        return new InputStream() {
            private long left = afterBytes;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] buffer, int offset, int count) throws IOException {
                if (left <= 0) {
                    throw new Dropped();
                }
                int n = in.read(buffer, offset, (int) Math.min(left, count));
                left -= Math.max(n, 0);
                return n;
            }
        };
    }

    /** Passes {@code limit} bytes; then drops the connection. */
    static OutputStream limited(OutputStream out, long limit) {
        return new OutputStream() {
            private long left = limit;

            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] buffer, int offset, int count) throws IOException {
                int n = (int) Math.min(left, count);
                out.write(buffer, offset, n);
                left -= n;
                if (n < count) {
                    out.flush();
                    throw new Dropped();
                }
            }

            @Override
            public void flush() throws IOException {
                out.flush();
            }

            @Override
            public void close() throws IOException {
                out.flush();
            }
        };
    }
}
