package dev.s3envelope.core.message;

/**
 * A run of bytes.
 *
 * @param offset of the first byte, from 0
 * @param length in bytes, possibly 0
 */
public record ByteSpan(long offset, long length) {
    /** Checks that both are not negative and that the end is a {@code long}. */
    public ByteSpan {
        if (offset < 0 || length < 0 || offset > Long.MAX_VALUE - length) {
            throw new IllegalArgumentException("No such run of bytes: offset " + offset + ", length " + length);
        }
    }

    /** Returns the offset behind the last byte. */
    public long end() {
        return offset + length;
    }

    /** Returns for example {@code bytes=0-99}, the value of an HTTP Range header. A span without bytes has none. */
    public String toRangeHeader() {
        if (length == 0) {
            throw new IllegalStateException("An empty run of bytes has no Range header");
        }
        return "bytes=" + offset + "-" + (end() - 1);
    }
}
