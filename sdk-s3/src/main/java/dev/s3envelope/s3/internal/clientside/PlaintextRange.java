package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.message.ByteSpan;
import dev.s3envelope.core.message.FrameLayout;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** The Range header against the plaintext, as S3 answers it for an object that is not encrypted. */
final class PlaintextRange {
    private static final Pattern FORM = Pattern.compile("bytes=([0-9]*)-([0-9]*)");

    private PlaintextRange() {}

    /**
     * The bytes a header asks for; empty where S3 ignores it and sends the whole object: several ranges, another unit, an end before the start.
     *
     * @throws S3Exception with status 416 if no byte of the object is in the range
     */
    static Optional<ByteSpan> of(String header, long length) {
        Matcher matcher = FORM.matcher(header.strip());
        if (!matcher.matches()
                || (matcher.group(1).isEmpty() && matcher.group(2).isEmpty())) {
            return Optional.empty();
        }
        if (matcher.group(1).isEmpty()) {
            long suffix = Math.min(number(matcher.group(2)), length);
            if (suffix == 0) {
                throw notSatisfiable();
            }
            return Optional.of(new ByteSpan(length - suffix, suffix));
        }
        long first = number(matcher.group(1));
        long last = matcher.group(2).isEmpty() ? Long.MAX_VALUE : number(matcher.group(2));
        if (last < first) {
            return Optional.empty();
        }
        if (first >= length) {
            throw notSatisfiable();
        }
        return Optional.of(new ByteSpan(first, Math.min(last, length - 1) - first + 1));
    }

    /** The plaintext of those frames that start within a stretch of the object, which is how parts divide it. */
    static ByteSpan within(FrameLayout layout, ByteSpan stored) {
        long from = startingAt(layout, stored.offset());
        return new ByteSpan(from, startingAt(layout, stored.end()) - from);
    }

    private static long startingAt(FrameLayout layout, long position) {
        long step = layout.frameLength() + (long) FrameLayout.REGULAR_OVERHEAD;
        long frames = position <= layout.headerLength()
                ? 0
                : Math.min(layout.frames(), (position - layout.headerLength() + step - 1) / step);
        return Math.min(layout.plaintextLength(), frames * layout.frameLength());
    }

    static String contentRange(ByteSpan span, long length) {
        return "bytes " + span.offset() + "-" + (span.end() - 1) + "/" + length;
    }

    private static S3Exception notSatisfiable() {
        String message = "The requested range is not satisfiable";
        return (S3Exception) S3Exception.builder()
                .statusCode(416)
                .message(message + " (Service: S3, Status Code: 416; answered from the object's length in plaintext)")
                .awsErrorDetails(AwsErrorDetails.builder()
                        .serviceName("S3")
                        .errorCode("InvalidRange")
                        .errorMessage(message)
                        .build())
                .build();
    }

    private static long number(String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }
}
