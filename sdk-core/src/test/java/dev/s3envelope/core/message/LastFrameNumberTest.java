package dev.s3envelope.core.message;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.Refused;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where the frame numbers of the format end. */
class LastFrameNumberTest {
    private static final int F = 10;
    private static final long MAX = FrameLayout.MAX_FRAMES;

    private final OpenMessage message = Fixture.create(F);
    private final byte[] plaintext = Fixture.bytes(new Random(4), F + 5);

    @Test
    void lastFrameOfAll_isWrittenAndRead() {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        frames.writeBytes(Fixture.encrypt(message.partEncryptor(MAX - 1, F, false), Arrays.copyOf(plaintext, F), null));
        frames.writeBytes(
                Fixture.encrypt(message.partEncryptor(MAX, 5, true), Arrays.copyOfRange(plaintext, F, F + 5), null));
        assertArrayEquals(
                Fixture.encrypt(message.partEncryptor(MAX - 1, F + 5, true), plaintext, null), frames.toByteArray());

        FrameLayout layout = new FrameLayout(message.header().length(), F, MAX - 1, 5);
        RangeDecryptor both = message.rangeDecryptor(layout, new ByteSpan((MAX - 2) * F, F + 5));
        assertEquals(frames.size(), both.ciphertext().length());
        assertEquals(layout.ciphertextLength(), both.ciphertext().end());
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        Fixture.pump(both::decrypt, both::finish, frames.toByteArray(), null, read);
        assertArrayEquals(plaintext, read.toByteArray());

        RangeDecryptor proof = message.lengthProof(layout);
        ByteBuffer last = ByteBuffer.wrap(frames.toByteArray(), F + 32, 45);
        assertEquals(CodingStatus.DONE, proof.decrypt(last, ByteBuffer.allocate(0)));
    }

    @Test
    void bodyOfUnknownLength_endsThereAtTheLatest() {
        byte[] frames = Fixture.encrypt(unannounced(MAX - 1), plaintext, null);
        assertArrayEquals(Fixture.encrypt(message.partEncryptor(MAX - 1, F + 5, true), plaintext, null), frames);
        Refused.by(EnvelopeException.class, () -> Fixture.encrypt(unannounced(MAX), plaintext, null), "longer frames");
    }

    /** A regular frame with the last number would begin with the marker of a final frame. */
    @ParameterizedTest
    @CsvSource({
        "0, 5, true",
        "0, 10, true",
        "1, 11, true",
        "1, 20, true",
        "1, 10, false",
        "2, 20, false",
        "2, 30, true",
        "0, 0, true",
        "1, 0, false",
    })
    void partsUpToTheLastNumber_areAccepted_andTheNextIsNot(long before, long length, boolean last) {
        message.partEncryptor(MAX - before, length, last);
        assertThrows(
                IllegalArgumentException.class,
                () -> message.partEncryptor(MAX - before + (length == 0 && !last ? 2 : 1), length, last));
    }

    @Test
    void numbersBeyond_areNotRead() {
        byte[] wrapped = new byte[F + 32];
        FrameReader reader = new FrameReader(message.frameCipher(), F, MAX + 1);
        Refused.by(IntegrityException.class, () -> reader.assemble(ByteBuffer.wrap(wrapped)), "Frame 4294967296");
        assertEquals("frame 4294967296", reader.expectation());
    }

    private MessageEncryptor unannounced(long firstFrame) {
        return new MessageEncryptor(
                message.frameCipher(), new byte[0], F, firstFrame, OptionalLong.empty(), true, Optional.empty());
    }
}
