package dev.s3envelope.core.message;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.s3envelope.core.IntegrityException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * Fuzz targets for what an attacker may write: the header of an object and its hint. The normal build replays the seeds and all inputs that ever failed
 * (in the resources beside this class); the profile {@code fuzz} goes on from there.
 */
class HeaderFuzzTest {
    @FuzzTest(maxDuration = "2m")
    void headerParser_throwsIntegrityExceptionsOnly_andReadsPiecesAsTheWhole(FuzzedDataProvider data) {
        int piece = data.consumeInt(1, 64);
        byte[] bytes = data.consumeRemainingAsBytes();
        Optional<MessageHeader> whole = read(bytes, bytes.length);
        Optional<MessageHeader> pieces = read(bytes, piece);
        if (!whole.equals(pieces)) {
            throw new AssertionError("read whole: " + whole + ", in pieces of " + piece + ": " + pieces);
        }
        whole.ifPresent(header -> {
            if (!Arrays.equals(header.encoded(), Arrays.copyOf(bytes, header.length()))) {
                throw new AssertionError("the header is not what was read");
            }
        });
    }

    @FuzzTest(maxDuration = "1m")
    void hintParser_throwsNothing_andReadsOnlyWhatItWouldWrite(FuzzedDataProvider data) {
        String text = data.consumeRemainingAsString();
        LayoutHint.parse(text).ifPresent(hint -> {
            if (!hint.text().equals(text)) {
                throw new AssertionError(text + " was read as " + hint.text());
            }
        });
    }

    private static Optional<MessageHeader> read(byte[] bytes, int piece) {
        HeaderParser parser = new HeaderParser(HeaderLimits.DEFAULT);
        try {
            for (int at = 0; at < bytes.length; at += piece) {
                int needed = parser.bytesNeeded();
                if (parser.feed(ByteBuffer.wrap(bytes, at, Math.min(piece, bytes.length - at)))) {
                    return parser.header();
                }
                if (needed < 1) {
                    throw new AssertionError("no byte needed, and no header");
                }
            }
            return parser.header();
        } catch (IntegrityException e) {
            return Optional.empty();
        }
    }
}
