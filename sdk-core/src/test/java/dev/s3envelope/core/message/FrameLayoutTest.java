package dev.s3envelope.core.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.IntegrityException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** All arithmetic, by hand for known sizes and by its laws for generated ones, up to 50 TB and to the limits of the format. */
class FrameLayoutTest {
    private static final int F = 65_536;

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0, 340",
        "1, 0, 1, 341",
        "65535, 0, 65535, 65875",
        "65536, 0, 65536, 65876",
        "65537, 1, 1, 65909",
        "131072, 1, 65536, 131444",
        "131073, 2, 1, 131477",
        "1073741824, 16383, 65536, 1074266420",
        "50000000000000, 762939453, 8192, 50024414062836"
    })
    void lengthsAreThoseOfTheFormat(long plaintext, long regular, int last, long ciphertext) {
        FrameLayout layout = FrameLayout.ofPlaintext(300, F, plaintext);
        assertEquals(regular, layout.regularFrames());
        assertEquals(last, layout.finalLength());
        assertEquals(ciphertext, layout.ciphertextLength());
        assertEquals(layout, FrameLayout.ofCiphertext(300, F, ciphertext));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void lawsHold_forGeneratedSizes(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            int frame = 1 + random.nextInt(1 << (1 + random.nextInt(24)));
            int header = random.nextInt(70_000);
            long most = Math.min(FrameLayout.maxPlaintextLength(frame), 50_000_000_000_000L);
            long plaintext =
                    (random.nextLong() >>> 1) % (random.nextBoolean() ? most + 1 : Math.min(most, 5L * frame) + 1);
            FrameLayout layout = FrameLayout.ofPlaintext(header, frame, plaintext);
            String what = "seed " + seed + ", " + layout;

            assertEquals(plaintext, layout.plaintextLength(), what);
            assertEquals(layout, FrameLayout.ofCiphertext(header, frame, layout.ciphertextLength()), what);
            assertEquals(layout.ciphertextLength(), layout.finalFrameSpan().end(), what);
            assertEquals(plaintext, layout.plaintextSpan(layout.frames()).end(), what);
            assertEquals(plaintext, FrameLayout.maxPlaintextLength(header, frame, layout.ciphertextLength()), what);
            assertTrue(
                    FrameLayout.maxPlaintextLength(
                                    header, frame, layout.ciphertextLength() - 1 + (plaintext == 0 ? 1 : 0))
                            <= plaintext,
                    what);
            if (plaintext > 0) {
                long offset = (random.nextLong() >>> 1) % plaintext;
                long sequence = layout.frameOf(offset);
                ByteSpan holds = layout.plaintextSpan(sequence);
                assertTrue(holds.offset() <= offset && offset < holds.end(), what);
                long end = offset + 1 + (random.nextLong() >>> 1) % (plaintext - offset);
                ByteSpan fetch = layout.ciphertextSpan(new ByteSpan(offset, end - offset));
                assertEquals(layout.frameSpan(sequence).offset(), fetch.offset(), what);
                assertEquals(layout.frameSpan(layout.frameOf(end - 1)).end(), fetch.end(), what);
            }
        }
    }

    @Test
    void neighbouringFrames_touch() {
        FrameLayout layout = FrameLayout.ofPlaintext(100, 10, 35);
        assertEquals(new ByteSpan(100, 42), layout.frameSpan(1));
        for (long sequence = 2; sequence <= layout.frames(); sequence++) {
            assertEquals(
                    layout.frameSpan(sequence - 1).end(),
                    layout.frameSpan(sequence).offset());
            assertEquals(
                    layout.plaintextSpan(sequence - 1).end(),
                    layout.plaintextSpan(sequence).offset());
        }
        assertEquals(new ByteSpan(100 + 3 * 42, 45), layout.frameSpan(4));
        assertEquals(new ByteSpan(30, 5), layout.plaintextSpan(4));
    }

    @Test
    void emptyFinalFrame_isUnderstood() {
        FrameLayout others = FrameLayout.ofCiphertext(100, 10, 100 + 3 * 42 + 40);
        assertEquals(30, others.plaintextLength());
        assertEquals(4, others.frames());
        assertEquals(new ByteSpan(30, 0), others.plaintextSpan(4));
        assertEquals(new ByteSpan(100 + 2 * 42, 42), others.ciphertextSpan(new ByteSpan(29, 1)));
    }

    @Test
    void lengthsNoMessageHas_areRefused() {
        int frame = 100;
        for (long body = -50; body < 0; body++) {
            long ciphertext = 300 + 40 + body;
            assertThrows(IntegrityException.class, () -> FrameLayout.ofCiphertext(300, frame, ciphertext));
        }
        for (int rest = 0; rest < 132; rest++) {
            long ciphertext = 300 + 7 * 132 + rest + 40;
            if (rest <= frame) {
                assertEquals(
                        7 * frame + rest,
                        FrameLayout.ofCiphertext(300, frame, ciphertext).plaintextLength());
            } else {
                assertThrows(IntegrityException.class, () -> FrameLayout.ofCiphertext(300, frame, ciphertext));
            }
        }
        assertThrows(IntegrityException.class, () -> FrameLayout.ofCiphertext(300, frame, Long.MAX_VALUE));
        assertThrows(IntegrityException.class, () -> FrameLayout.ofCiphertext(300, frame, Long.MIN_VALUE));
        assertThrows(IntegrityException.class, () -> FrameLayout.ofCiphertext(300, frame, 0));
    }

    @Test
    void mostPlaintext_isWhatTheFrameNumberAllows() {
        assertEquals(0xFFFF_FFFFL * F, FrameLayout.maxPlaintextLength(F));
        FrameLayout largest = FrameLayout.ofPlaintext(300, F, FrameLayout.maxPlaintextLength(F));
        assertEquals(FrameLayout.MAX_FRAMES, largest.frames());
        assertEquals(F, largest.finalLength());
        assertEquals(largest, FrameLayout.ofCiphertext(300, F, largest.ciphertextLength()));
        assertThrows(
                IllegalArgumentException.class,
                () -> FrameLayout.ofPlaintext(300, F, FrameLayout.maxPlaintextLength(F) + 1));
        assertThrows(IntegrityException.class, () -> FrameLayout.ofCiphertext(300, F, largest.ciphertextLength() + 33));
        assertEquals(FrameLayout.maxPlaintextLength(F), FrameLayout.maxPlaintextLength(300, F, Long.MAX_VALUE));
        int longest = HeaderLimits.LONGEST_FRAME;
        FrameLayout huge = FrameLayout.ofPlaintext(300, longest, FrameLayout.maxPlaintextLength(longest));
        assertEquals(huge, FrameLayout.ofCiphertext(300, longest, huge.ciphertextLength()));
    }

    @Test
    void mostPlaintextForALimit_isExact() {
        long limit = 5_000_000_000L;
        long most = FrameLayout.maxPlaintextLength(412, F, limit);
        assertTrue(FrameLayout.ofPlaintext(412, F, most).ciphertextLength() <= limit);
        assertTrue(FrameLayout.ofPlaintext(412, F, most + 1).ciphertextLength() > limit);
        assertEquals(0, FrameLayout.maxPlaintextLength(412, F, 452));
        assertThrows(IllegalArgumentException.class, () -> FrameLayout.maxPlaintextLength(412, F, 451));
        long full = FrameLayout.ofPlaintext(412, 10, FrameLayout.maxPlaintextLength(10))
                .ciphertextLength();
        for (long more : new long[] {0, 1, 32, 37, 42, 100}) {
            assertEquals(FrameLayout.maxPlaintextLength(10), FrameLayout.maxPlaintextLength(412, 10, full + more));
        }
        assertEquals(FrameLayout.maxPlaintextLength(10) - 1, FrameLayout.maxPlaintextLength(412, 10, full - 1));
    }

    @Test
    void placesOutsideTheMessage_areRefused() {
        FrameLayout layout = FrameLayout.ofPlaintext(100, 10, 35);
        assertThrows(IndexOutOfBoundsException.class, () -> layout.frameOf(35));
        assertThrows(IndexOutOfBoundsException.class, () -> layout.frameOf(-1));
        assertThrows(IndexOutOfBoundsException.class, () -> layout.frameSpan(0));
        assertThrows(IndexOutOfBoundsException.class, () -> layout.frameSpan(5));
        assertThrows(IndexOutOfBoundsException.class, () -> layout.plaintextSpan(5));
        assertThrows(IndexOutOfBoundsException.class, () -> layout.ciphertextSpan(new ByteSpan(30, 6)));
        assertThrows(IndexOutOfBoundsException.class, () -> layout.ciphertextSpan(new ByteSpan(30, 0)));
        assertThrows(IllegalArgumentException.class, () -> FrameLayout.ofPlaintext(100, 10, -1));
        assertThrows(IllegalArgumentException.class, () -> new FrameLayout(-1, 10, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new FrameLayout(0, 0, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new FrameLayout(0, Integer.MAX_VALUE, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new FrameLayout(0, 10, -1, 0));
        assertThrows(IllegalArgumentException.class, () -> new FrameLayout(0, 10, FrameLayout.MAX_FRAMES, 0));
        assertThrows(IllegalArgumentException.class, () -> new FrameLayout(0, 10, 0, 11));
        assertThrows(IllegalArgumentException.class, () -> new FrameLayout(0, 10, 0, -1));
    }

    @Test
    void spans_knowTheirEndAndTheirHeader() {
        assertEquals("bytes=100-141", new ByteSpan(100, 42).toRangeHeader());
        assertEquals(142, new ByteSpan(100, 42).end());
        assertThrows(IllegalStateException.class, () -> new ByteSpan(1, 0).toRangeHeader());
        assertThrows(IllegalArgumentException.class, () -> new ByteSpan(-1, 0));
        assertThrows(IllegalArgumentException.class, () -> new ByteSpan(0, -1));
        assertThrows(IllegalArgumentException.class, () -> new ByteSpan(Long.MAX_VALUE, 1));
        assertEquals(Long.MAX_VALUE, new ByteSpan(Long.MAX_VALUE - 1, 1).end());
    }
}
