package dev.s3envelope.core.message;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.WatchedProvider;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A frame goes from the caller's array to the caller's array in one call, wherever both have it whole. */
class FrameInPlaceTest {
    private static final int F = 4096;

    private final WatchedProvider watched = new WatchedProvider();
    private final MessageEngine engine =
            MessageEngine.builder().cryptoProvider(watched.choose()).build();
    private final byte[] plaintext = Fixture.bytes(new Random(2), 2 * F + 9);

    @Test
    void inputAndOutputOfJustTheRightSize_areNotCopied() {
        try (OpenMessage message = create()) {
            int header = message.header().length();
            byte[] encrypted = new byte[header + 2 * (F + 32) + 9 + 40];
            MessageEncryptor encryptor = message.encryptor(OptionalLong.of(plaintext.length));
            assertEquals(Math.max(header, F + 40), encryptor.pieceSize());
            watched.forget();
            ByteBuffer in = ByteBuffer.wrap(plaintext);
            assertEquals(CodingStatus.DONE, encryptor.encrypt(in, ByteBuffer.wrap(encrypted)));
            allFromTo(plaintext, encrypted, 3);

            byte[] decrypted = new byte[plaintext.length];
            watched.forget();
            MessageDecryptor whole = message.decryptor();
            ByteBuffer body = ByteBuffer.wrap(encrypted, header, encrypted.length - header);
            assertFalse(whole.verified());
            assertEquals(CodingStatus.DONE, whole.decrypt(body, ByteBuffer.wrap(decrypted)));
            assertTrue(whole.verified());
            assertEquals(0, body.remaining());
            assertArrayEquals(plaintext, decrypted);
            allFromTo(encrypted, decrypted, 3);

            watched.forget();
            byte[] second = new byte[F];
            RangeDecryptor range = message.rangeDecryptor(message.layout(encrypted.length), new ByteSpan(F, F));
            ByteBuffer frame = ByteBuffer.wrap(encrypted, header + F + 32, F + 32);
            assertEquals(CodingStatus.DONE, range.decrypt(frame, ByteBuffer.wrap(second)));
            allFromTo(encrypted, second, 1);
        }
    }

    /** One byte less, and the frame is built in an array of our own, or waits for the next call if something was given out already. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void outputThatIsTooSmall_getsAPiece(int first) {
        try (OpenMessage message = create()) {
            int header = message.header().length();
            MessageEncryptor encryptor = message.encryptor(OptionalLong.of(plaintext.length));
            ByteBuffer in = ByteBuffer.wrap(plaintext);
            assertEquals(CodingStatus.NEED_OUTPUT, encryptor.encrypt(in, ByteBuffer.allocate(header + F + 31)));
            assertEquals(plaintext.length, in.remaining(), "the header came out, and the frame waits");
            byte[] out = new byte[F + 32 - first];
            watched.forget();
            ByteBuffer room = ByteBuffer.wrap(out);
            assertEquals(CodingStatus.NEED_OUTPUT, encryptor.encrypt(in, room));
            assertEquals(0, room.remaining());
            assertEquals(1, watched.outputs().size());
            if (first == 0) {
                assertSame(out, watched.outputs().get(0));
            } else {
                assertNotSame(out, watched.outputs().get(0));
            }
        }
    }

    /** Making a cipher is cheap, its key schedule is not: the one that made or verified the header's tag goes to the first coder, and to no other. */
    @Test
    void firstCoder_takesOverTheHeadersCipher() {
        watched.forget();
        byte[] encrypted;
        try (OpenMessage message = create()) {
            encrypted = Fixture.encrypt(message, plaintext);
            assertEquals(1, watched.ciphersMade());
            message.decryptor();
            assertEquals(2, watched.ciphersMade());
        }
        watched.forget();
        OpenMessage message = Fixture.open(engine, encrypted);
        message.decryptor();
        assertEquals(1, watched.ciphersMade());
        message.close();

        watched.forget();
        OpenMessage unused = Fixture.open(engine, encrypted);
        unused.close();
        unused.decryptor();
        assertEquals(2, watched.ciphersMade(), "a closed message keeps no cipher with its key in it");
    }

    /** One after the other: both frames fit into the output, exactly. */
    @Test
    void rangeOfTwoFrames_fillsItsOutput() {
        byte[] encrypted;
        try (OpenMessage message = create()) {
            encrypted = Fixture.encrypt(message, plaintext);
            FrameLayout layout = message.layout(encrypted.length);
            for (ByteSpan asked : new ByteSpan[] {new ByteSpan(0, 2 * F), new ByteSpan(7, 2 * F), new ByteSpan(F, 2)}) {
                RangeDecryptor range = message.rangeDecryptor(layout, asked);
                assertEquals(asked, range.plaintext());
                ByteSpan fetch = range.ciphertext();
                ByteBuffer in = ByteBuffer.wrap(encrypted, (int) fetch.offset(), (int) fetch.length());
                ByteBuffer out = ByteBuffer.allocate((int) asked.length());
                assertEquals(CodingStatus.DONE, range.decrypt(in, out));
                assertEquals(0, out.remaining());
                assertArrayEquals(Arrays.copyOfRange(plaintext, (int) asked.offset(), (int) asked.end()), out.array());
            }
        }
    }

    private void allFromTo(byte[] from, byte[] to, int frames) {
        assertEquals(frames, watched.inputs().size());
        watched.inputs().forEach(in -> assertSame(from, in));
        watched.outputs().forEach(out -> assertSame(to, out));
    }

    private OpenMessage create() {
        return Fixture.join(engine.create(Fixture.keyring(), Fixture.request(), Fixture.IDENTITY, F));
    }
}
