package dev.s3envelope.local.internal.s3;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The part of an object a read asks for. */
record ByteRange(long offset, long length) {
    private static final Pattern FORM = Pattern.compile("bytes=([0-9]*)-([0-9]*)");

    /**
     * Parses a Range header against a size: {@code bytes=a-b}, {@code bytes=a-}, {@code bytes=-n}. Null where S3 ignores the
     * header: another unit, several ranges, or an end before its start. Refuses with 416 what lies outside the object.
     */
    static @Nullable ByteRange of(String header, long size) {
        Matcher matcher = FORM.matcher(header.strip());
        if (!matcher.matches()
                || (matcher.group(1).isEmpty() && matcher.group(2).isEmpty())) {
            return null;
        }
        if (matcher.group(1).isEmpty()) {
            long suffix = Math.min(number(matcher.group(2)), size);
            if (suffix == 0) {
                throw Preconditions.rangeNotSatisfiable(header, size);
            }
            return new ByteRange(size - suffix, suffix);
        }
        long first = number(matcher.group(1));
        long last = matcher.group(2).isEmpty() ? Long.MAX_VALUE : number(matcher.group(2));
        if (last < first) {
            return null;
        }
        if (first >= size) {
            throw Preconditions.rangeNotSatisfiable(header, size);
        }
        return new ByteRange(first, Math.min(last, size - 1) - first + 1);
    }

    private static long number(String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }

    String contentRange(long size) {
        return "bytes " + offset + "-" + (offset + length - 1) + "/" + size;
    }
}
