package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.message.ByteSpan;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads Content-Range as S3 writes it. */
final class ContentRanges {
    private static final Pattern FORM = Pattern.compile("bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})");

    private ContentRanges() {}

    /** The length of the whole object an answer is of. */
    static long total(@Nullable String contentRange, @Nullable Long contentLength) {
        Matcher matcher = FORM.matcher(contentRange == null ? "" : contentRange);
        return matcher.matches() ? Long.parseLong(matcher.group(3)) : contentLength == null ? 0 : contentLength;
    }

    /** The bytes an answer holds. */
    static ByteSpan span(@Nullable String contentRange, @Nullable Long contentLength) {
        Matcher matcher = FORM.matcher(contentRange == null ? "" : contentRange);
        if (!matcher.matches()) {
            return new ByteSpan(0, contentLength == null ? 0 : contentLength);
        }
        long first = Long.parseLong(matcher.group(1));
        return new ByteSpan(first, Long.parseLong(matcher.group(2)) - first + 1);
    }
}
