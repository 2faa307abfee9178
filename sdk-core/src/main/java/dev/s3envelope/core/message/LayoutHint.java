package dev.s3envelope.core.message;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

    private static final Pattern TEXT =
            Pattern.compile("v1;h=([1-9][0-9]{0,8});f=([1-9][0-9]{0,9})(?:;p=(0|[1-9][0-9]{0,17}))?");
    private static final Pattern UPLOAD_TEXT = Pattern.compile("v1;h=([1-9][0-9]{0,8})");
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
        Matcher matcher = UPLOAD_TEXT.matcher(text.length() > MAX_TEXT ? "" : text);
        return matcher.matches() ? OptionalInt.of(Integer.parseInt(matcher.group(1))) : OptionalInt.empty();
    }

    /** Reads a hint; empty for anything but the exact form above, including versions to come. */
    public static Optional<LayoutHint> parse(String text) {
        if (text.length() > MAX_TEXT) {
            return Optional.empty();
        }
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long frame = Long.parseLong(matcher.group(2));
        String plaintext = matcher.group(3);
        OptionalLong length = plaintext == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(plaintext));
        if (frame > HeaderLimits.LONGEST_FRAME
                || (length.isPresent() && length.getAsLong() > FrameLayout.maxPlaintextLength((int) frame))) {
            return Optional.empty();
        }
        return Optional.of(new LayoutHint(Integer.parseInt(matcher.group(1)), (int) frame, length));
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
}
