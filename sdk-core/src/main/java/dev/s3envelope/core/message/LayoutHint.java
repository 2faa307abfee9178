package dev.s3envelope.core.message;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The text of the metadata entry {@value #METADATA_NAME}: where the body of a message starts and how long its frames are, so that a
 * range read needs no guess.
 *
 * <pre>{@code
 * v1;h=HEADER;f=FRAME[;p=PLAINTEXT]      decimal numbers without leading zeros; v1 stands for an AWS Encryption SDK message, framed
 * v1;h=HEADER                            a multipart upload whose frame length was not known when it began; no layout, but a mark
 * }</pre>
 *
 * <p>Metadata is fixed when an upload is created, and the frame length follows from the size of its parts, so the second form says what
 * is certain then: {@link #marks} knows the object as one of ours, {@link #parse} gives no layout, and a reader fetches the header first.
 *
 * <p>Anyone who may write to the bucket can change it: a hint decides what to fetch, never what to believe. Compare it with the
 * authenticated header by {@link #agreesWith}; the header wins.
 *
 * @param headerLength bytes of the header
 * @param frameLength bytes of plaintext in a regular frame
 * @param plaintextLength bytes of plaintext, where known when the object was created
 */
public record LayoutHint(int headerLength, int frameLength, OptionalLong plaintextLength) {
    /** The user metadata name, without the {@code x-amz-meta-} that the SDK puts before it. */
    public static final String METADATA_NAME = "envelope";

    private static final int MAX_TEXT = 64;

    /** Checks that the numbers can be those of a message. */
    public LayoutHint {
        boolean possible = headerLength >= 1 && frameLength >= 1 && frameLength <= HeaderLimits.LONGEST_FRAME;
        if (!possible
                || plaintextLength.orElse(0) < 0
                || plaintextLength.orElse(0) > FrameLayout.maxPlaintextLength(frameLength)) {
            throw new IllegalArgumentException("No message has header " + headerLength + ", frames " + frameLength
                    + " and plaintext " + plaintextLength);
        }
    }

    /** Returns the hint for a message of ours. */
    public static LayoutHint of(MessageHeader header, OptionalLong plaintextLength) {
        return new LayoutHint(header.length(), header.frameLength(), plaintextLength);
    }

    /**
     * Returns the metadata value for an upload whose frame length is not known yet.
     *
     * @param headerLength bytes of the header, which do not depend on the frame length
     */
    public static String uploadText(int headerLength) {
        if (headerLength < 1) {
            throw new IllegalArgumentException("No message has header " + headerLength);
        }
        return "v1;h=" + headerLength;
    }

    /** Returns whether an object with this metadata value says that it is a message of ours, with or without its layout. */
    public static boolean marks(String text) {
        return markedHeaderLength(text).isPresent();
    }

    /** Returns the header length a metadata value tells, in either form; empty for anything else. */
    public static OptionalInt markedHeaderLength(String text) {
        Optional<LayoutHint> hint = parse(text);
        if (hint.isPresent()) {
            return OptionalInt.of(hint.get().headerLength());
        }
        Scanner upload = new Scanner(text.length() > MAX_TEXT ? "" : text);
        long header = upload.takes("v1;h=") ? upload.number(9, 1) : -1;
        return header > 0 && upload.atEnd() ? OptionalInt.of((int) header) : OptionalInt.empty();
    }

    /** Reads a hint; empty for anything but the exact form above, including versions to come. */
    public static Optional<LayoutHint> parse(String text) {
        if (text.length() > MAX_TEXT) {
            return Optional.empty();
        }
        Scanner hint = new Scanner(text);
        long header = hint.takes("v1;h=") ? hint.number(9, 1) : -1;
        long frame = hint.takes(";f=") ? hint.number(10, 1) : -1;
        boolean told = hint.takes(";p=");
        long plaintext = told ? hint.number(18, 0) : 0;
        boolean possible = header > 0
                && frame > 0
                && frame <= HeaderLimits.LONGEST_FRAME
                && plaintext >= 0
                && plaintext <= FrameLayout.maxPlaintextLength((int) frame);
        return possible && hint.atEnd()
                ? Optional.of(new LayoutHint(
                        (int) header, (int) frame, told ? OptionalLong.of(plaintext) : OptionalLong.empty()))
                : Optional.empty();
    }

    /** Returns the metadata value. */
    public String text() {
        StringBuilder text =
                new StringBuilder("v1;h=").append(headerLength).append(";f=").append(frameLength);
        plaintextLength.ifPresent(length -> text.append(";p=").append(length));
        return text.toString();
    }

    /** Returns whether header and frame length are those of this header. */
    public boolean agreesWith(MessageHeader header) {
        return header.length() == headerLength && header.frameLength() == frameLength;
    }

    /** Takes a text apart from its start. Every read of an object passes here, and this is quicker than a regular expression. */
    private static final class Scanner {
        private final String text;
        private int at;

        Scanner(String text) {
            this.text = text;
        }

        /** Goes past a literal, if it is next. */
        boolean takes(String literal) {
            boolean next = text.startsWith(literal, at);
            at += next ? literal.length() : 0;
            return next;
        }

        /** Goes past a decimal number without leading zeros; -1 if none is next, or it has more digits or is less than said. */
        long number(int mostDigits, int least) {
            int start = at;
            long value = 0;
            while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9' && at - start < mostDigits) {
                value = 10 * value + text.charAt(at) - '0';
                at++;
            }
            boolean leadingZero = at - start > 1 && text.charAt(start) == '0';
            return at == start || leadingZero || value < least ? -1 : value;
        }

        boolean atEnd() {
            return at == text.length();
        }
    }
}
