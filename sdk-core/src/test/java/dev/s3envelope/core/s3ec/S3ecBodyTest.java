package dev.s3envelope.core.s3ec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.message.CodingStatus;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Bodies that are encrypted several times over. */
class S3ecBodyTest {
    private static final int PIECE = GcmTag.PIECE;

    static Stream<Integer> sizes() {
        return IntStream.concat(
                        IntStream.of(0, 1, 15, 16, 17),
                        IntStream.of(PIECE, 2 * PIECE, 3 * PIECE)
                                .flatMap(edge -> IntStream.rangeClosed(edge - 1, edge + 1)))
                .boxed();
    }

    private static S3ecBody body(long length) {
        try (S3ecMaterials materials = Fixture.aes()
                .generate(S3ecSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY, Map.of())
                .toCompletableFuture()
                .join()) {
            return S3ecBody.create(Fixture.JDK, Fixture.RANDOM, materials, length);
        }
    }

    /** What a reading gives out of these bytes, with or without the end. */
    private static byte[] read(S3ecBody body, byte[] plaintext, int chunk, boolean end) {
        ByteArrayOutputStream given = new ByteArrayOutputStream();
        read(body, plaintext, chunk, end, given);
        return given.toByteArray();
    }

    private static void read(S3ecBody body, byte[] plaintext, int chunk, boolean end, ByteArrayOutputStream given) {
        try (S3ecBody.Reading reading = body.read()) {
            ByteBuffer out = ByteBuffer.allocate(reading.outputSize());
            for (int from = 0; from < plaintext.length; from += chunk) {
                ByteBuffer in = ByteBuffer.wrap(plaintext, from, Math.min(chunk, plaintext.length - from));
                while (reading.encrypt(in, out) == CodingStatus.NEED_OUTPUT) {
                    take(out, given);
                }
                assertEquals(0, in.remaining());
                take(out, given);
            }
            while (end && reading.finish(out) == CodingStatus.NEED_OUTPUT) {
                take(out, given);
            }
            take(out, given);
        }
    }

    private static void take(ByteBuffer out, ByteArrayOutputStream given) {
        given.write(out.array(), 0, out.position());
        out.clear();
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void everyReadingGivesTheSameObject(int size) {
        byte[] plaintext = Fixture.seeded(size, size);
        Random random = new Random(size);
        try (S3ecBody body = body(size)) {
            byte[] first = read(body, plaintext, 1 + random.nextInt(100_000), true);
            assertEquals(body.ciphertextLength(), first.length);
            assertArrayEquals(first, read(body, plaintext, 1 + random.nextInt(100_000), true));
            assertArrayEquals(
                    plaintext, Fixture.decrypt(Fixture.aes(), S3ecMetadata.toMetadata(body.envelope()), first));
        }
    }

    @Test
    void everyObjectHasAContentKeyOfItsOwn() {
        byte[] plaintext = new byte[1000];
        try (S3ecBody one = body(1000);
                S3ecBody other = body(1000)) {
            assertTrue(
                    !Arrays.equals(one.envelope().messageId(), other.envelope().messageId()));
            assertTrue(!Arrays.equals(read(one, plaintext, 1000, true), read(other, plaintext, 1000, true)));
        }
    }

    /** Readings that stop anywhere, of sources that change anywhere: at each place there is one ciphertext, or none. */
    @Test
    void noPlaceIsEverGivenOutInTwoForms() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            int size = random.nextInt(6 * PIECE);
            byte[] plaintext = Fixture.seeded(seed, size);
            List<byte[]> given = new ArrayList<>();
            int refused = 0;
            try (S3ecBody body = body(size)) {
                for (int i = 0; i < 6; i++) {
                    byte[] now = plaintext.clone();
                    if (size > 0 && random.nextBoolean()) {
                        now[random.nextInt(size)] ^= (byte) (1 << random.nextInt(8));
                    }
                    boolean end = random.nextBoolean();
                    byte[] part = end ? now : Arrays.copyOf(now, random.nextInt(size + 1));
                    ByteArrayOutputStream out = new ByteArrayOutputStream();
                    try {
                        read(body, part, 1 + random.nextInt(2 * PIECE), end, out);
                    } catch (OperationRefusedException e) {
                        refused++;
                    }
                    given.add(out.toByteArray());
                }
            }
            for (byte[] one : given) {
                for (byte[] other : given) {
                    int shared = Math.min(one.length, other.length);
                    assertTrue(
                            Arrays.equals(one, 0, shared, other, 0, shared),
                            "seed " + seed + ", size " + size + ", refused " + refused);
                }
            }
        }
    }

    @Test
    void aChangedPieceIsRefused_beforeAnyOfItIsGivenOut() {
        byte[] plaintext = Fixture.seeded(3, 3 * PIECE + 5);
        for (int changed : new int[] {0, PIECE - 1, PIECE, 2 * PIECE + 7, 3 * PIECE, 3 * PIECE + 4}) {
            byte[] other = plaintext.clone();
            other[changed] ^= 1;
            try (S3ecBody body = body(plaintext.length)) {
                byte[] first = read(body, plaintext, PIECE, true);
                ByteArrayOutputStream given = new ByteArrayOutputStream();
                OperationRefusedException refused =
                        assertThrows(OperationRefusedException.class, () -> read(body, other, PIECE, true, given));
                assertTrue(
                        String.valueOf(refused.getMessage()).contains("from byte " + changed / PIECE * PIECE + " on"),
                        refused.getMessage());
                assertArrayEquals(Arrays.copyOf(first, changed / PIECE * PIECE), given.toByteArray());
            }
        }
    }

    @Test
    void goesOnWithWhatIsNew_whereAnEarlierReadingStopped() {
        byte[] first = Fixture.seeded(1, 4 * PIECE);
        byte[] second = Fixture.seeded(2, 4 * PIECE);
        System.arraycopy(first, 0, second, 0, 2 * PIECE);
        try (S3ecBody body = body(4 * PIECE)) {
            // The third piece of the first reading was not full yet, so nothing of it was encrypted.
            read(body, Arrays.copyOf(first, 3 * PIECE - 1), 1000, false);
            byte[] whole = read(body, second, 1000, true);
            assertArrayEquals(second, Fixture.decrypt(Fixture.aes(), S3ecMetadata.toMetadata(body.envelope()), whole));
            assertThrows(OperationRefusedException.class, () -> read(body, first, 1000, true));
        }
    }

    @Test
    void refusesAnotherLengthThanAnnounced() {
        byte[] plaintext = new byte[PIECE + 10];
        for (int announced : new int[] {0, 9, PIECE, PIECE + 9}) {
            try (S3ecBody body = body(announced)) {
                assertThrows(IllegalEncryptionException.class, () -> read(body, plaintext, PIECE, true));
            }
        }
        for (int announced : new int[] {PIECE + 11, 2 * PIECE}) {
            try (S3ecBody body = body(announced)) {
                assertThrows(IllegalEncryptionException.class, () -> read(body, plaintext, PIECE, true));
            }
        }
        assertThrows(OperationRefusedException.class, () -> body(S3ecSuite.MAX_PLAINTEXT_LENGTH + 1));
    }

    @Test
    void refusesMoreThanAnnounced_alsoInALaterCall() {
        try (S3ecBody body = body(10);
                S3ecBody.Reading reading = body.read()) {
            ByteBuffer out = ByteBuffer.allocate(reading.outputSize());
            assertEquals(CodingStatus.NEED_INPUT, reading.encrypt(ByteBuffer.allocate(6), out));
            assertThrows(IllegalEncryptionException.class, () -> reading.encrypt(ByteBuffer.allocate(5), out));
            assertEquals(CodingStatus.NEED_INPUT, reading.encrypt(ByteBuffer.allocate(4), out));
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void anotherProvider_givesTheSame(int size) {
        CryptoProvider other = CryptoProvider.of(new BouncyCastleProvider());
        byte[] plaintext = Fixture.seeded(size, size);
        try (S3ecMaterials materials = Fixture.aes()
                        .generate(S3ecSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY, Map.of())
                        .toCompletableFuture()
                        .join();
                S3ecBody body = S3ecBody.create(other, Fixture.RANDOM, materials, size)) {
            byte[] whole = read(body, plaintext, 1000, true);
            assertArrayEquals(
                    plaintext, Fixture.decrypt(Fixture.aes(), S3ecMetadata.toMetadata(body.envelope()), whole));
        }
    }

    @Test
    void aReadingEnds_withItsBody() {
        S3ecBody body = body(10);
        S3ecBody.Reading reading = body.read();
        reading.close();
        assertThrows(
                IllegalStateException.class,
                () -> reading.encrypt(ByteBuffer.allocate(10), ByteBuffer.allocate(reading.outputSize())));
        body.close();
        assertThrows(IllegalStateException.class, body::read);
    }
}
