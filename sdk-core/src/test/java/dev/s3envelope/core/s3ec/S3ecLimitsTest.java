package dev.s3envelope.core.s3ec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.Refused;
import dev.s3envelope.core.keyring.DataKey;
import dev.s3envelope.core.keyring.RequestCredentials;
import dev.s3envelope.core.message.CodingStatus;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lengths and sizes, at their last value and at the next. */
class S3ecLimitsTest {
    private static final long MAX = S3ecSuite.MAX_PLAINTEXT_LENGTH;
    private static final int FRAME = SpoolFile.FRAME;
    private static final int PIECE = GcmTag.PIECE;
    private static final int TAG = S3ecSuite.TAG_LENGTH;

    @ParameterizedTest
    @EnumSource(S3ecSuite.class)
    void lengthsOfBothSuites(S3ecSuite suite) {
        assertEquals(16, suite.ciphertextLength(0));
        assertEquals(MAX + 16, suite.ciphertextLength(MAX));
        assertThrows(IllegalArgumentException.class, () -> suite.ciphertextLength(-1));
        Refused.by(OperationRefusedException.class, () -> suite.ciphertextLength(MAX + 1), "holds at most " + MAX);
        assertEquals(0, suite.plaintextLength(16));
        assertEquals(MAX, suite.plaintextLength(MAX + 16));
        Refused.by(IntegrityException.class, () -> suite.plaintextLength(15), "between 16 and " + (MAX + 16));
        assertThrows(IntegrityException.class, () -> suite.plaintextLength(MAX + 17));
        assertEquals(suite.committing() ? 0x73 : 0x72, suite.id());
        assertEquals(suite.committing(), suite.cacheable());
    }

    @Test
    void aBodyThatReachesTheFormatsEnd_isStoppedThere() throws Exception {
        try (S3ecMaterials materials = materials();
                S3ecEncryptor encryptor =
                        S3ecEncryptor.start(Fixture.JDK, Fixture.RANDOM, materials, OptionalLong.empty())) {
            set(encryptor, "length", MAX - 10);
            byte[] out = new byte[100];
            assertThrows(OperationRefusedException.class, () -> encryptor.update(new byte[11], 0, 11, out, 0));
            assertArrayEquals(new byte[100], out);
            assertEquals(10, encryptor.update(new byte[10], 0, 10, out, 0));
        }
    }

    @Test
    void anObjectBeyondTheFormatsEnd_isRefusedAtTheFirstByteTooMany() throws Exception {
        MapS3.Stored stored = Fixture.encrypt(Fixture.aes(), new byte[100]);
        S3ecEnvelope envelope = S3ecMetadata.parse(stored.metadata);
        try (DataKey key = Fixture.unwrap(Fixture.aes(), envelope);
                S3ecDecryptor decryptor =
                        S3ecDecryptor.start(Fixture.JDK, envelope, key, OptionalLong.empty(), Fixture.hold())) {
            set(decryptor, "received", MAX + TAG - 10);
            decryptor.update(stored.body, 0, 10);
            Refused.by(IntegrityException.class, () -> decryptor.update(stored.body, 10, 1), "than its format allows");
        }
    }

    @Test
    void encryptorsRoom_isEnoughAndSaid() {
        assertEquals(32, S3ecEncryptor.outputSize(0));
        assertEquals(1032, S3ecEncryptor.outputSize(1000));
        assertThrows(ArithmeticException.class, () -> S3ecEncryptor.outputSize(Integer.MAX_VALUE));
    }

    @ParameterizedTest
    @ValueSource(longs = {100, 70_000})
    void oneStream_upToTheGivenLength(long length) {
        byte[] plaintext = Fixture.seeded(1, (int) length);
        for (long oneStream : new long[] {length - 1, length}) {
            MapS3.Stored stored =
                    Fixture.encrypt(Fixture.aes(), plaintext, OptionalLong.of(length), oneStream, 1 << 20);
            assertArrayEquals(plaintext, Fixture.decrypt(Fixture.aes(), stored));
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 16", "1, 17", "65536, 65552", "65537, 65552", "1000000, 65552"})
    void roomOfAReading_isTwoPiecesOrTheObject(long length, int room) {
        try (S3ecMaterials materials = materials();
                S3ecBody body = S3ecBody.create(Fixture.JDK, Fixture.RANDOM, materials, length);
                S3ecBody.Reading reading = body.read()) {
            assertEquals(room, reading.outputSize());
            assertEquals(length + 16, body.ciphertextLength());
        }
    }

    @Test
    void aReading_asksForRoomOnlyWhereItNeedsIt() {
        byte[] plaintext = Fixture.seeded(1, PIECE + 10);
        try (S3ecMaterials materials = materials();
                S3ecBody body = S3ecBody.create(Fixture.JDK, Fixture.RANDOM, materials, plaintext.length);
                S3ecBody.Reading reading = body.read()) {
            ByteBuffer in = ByteBuffer.wrap(plaintext);
            assertEquals(CodingStatus.NEED_OUTPUT, reading.encrypt(in, ByteBuffer.allocate(PIECE - 1)));
            assertEquals(10, in.remaining());
            ByteBuffer piece = ByteBuffer.allocate(PIECE);
            assertEquals(CodingStatus.NEED_INPUT, reading.encrypt(in, piece));
            assertEquals(0, piece.remaining());
            assertEquals(CodingStatus.NEED_OUTPUT, reading.finish(ByteBuffer.allocate(10 + TAG - 1)));
            ByteBuffer end = ByteBuffer.allocate(10 + TAG);
            assertEquals(CodingStatus.DONE, reading.finish(end));
            assertEquals(0, end.remaining());
            assertEquals(CodingStatus.DONE, reading.finish(ByteBuffer.allocate(0)), "again, without effect");
            Refused.by(IllegalStateException.class, () -> reading.encrypt(in, end), "finished");
            byte[] whole = Arrays.copyOf(piece.array(), PIECE + 10 + TAG);
            System.arraycopy(end.array(), 0, whole, PIECE, 10 + TAG);
            assertArrayEquals(
                    plaintext, Fixture.decrypt(Fixture.aes(), S3ecMetadata.toMetadata(body.envelope()), whole));
        }
    }

    @Test
    void ledger_keepsEveryPiece_andTakesNoOther() {
        PieceLedger ledger = new PieceLedger();
        for (int i = 0; i < 300; i++) {
            ledger.enter(i, Fixture.seeded(i, TAG));
        }
        for (int i = 0; i < 300; i++) {
            int piece = i;
            ledger.enter(piece, Fixture.seeded(piece, TAG));
            Refused.by(
                    OperationRefusedException.class,
                    () -> ledger.enter(piece, Fixture.seeded(piece + 1, TAG)),
                    "from byte " + (long) piece * PIECE + " on");
        }
        Refused.by(IllegalStateException.class, () -> ledger.enter(301, new byte[TAG]), "piece 301 after 300");
        ledger.enter(300, new byte[TAG]);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, FRAME - 1, FRAME, FRAME + 1, 2 * FRAME, 3 * FRAME, 3 * FRAME + 1})
    void heldCiphertext_isWhatWasAppended_whereverItWaits(int size, @TempDir Path spool) {
        byte[] content = Fixture.seeded(size, size);
        Random random = new Random(size);
        for (int memory : new int[] {0, FRAME - 1, FRAME, 2 * FRAME + 5}) {
            for (long expected : new long[] {-1, 0, 10, size, FRAME - 1, FRAME}) {
                HoldBack hold = Fixture.spoolingTo(spool).withMemoryLimit(memory);
                try (HeldCiphertext held = new HeldCiphertext(Fixture.JDK, hold, expected)) {
                    for (int at = 0; at < size; ) {
                        int n = Math.min(size - at, 1 + random.nextInt(FRAME));
                        held.append(content, at, n);
                        at += n;
                    }
                    held.seal();
                    assertEquals(size, held.length());
                    assertEquals(size > (memory / FRAME + 1) * FRAME, held.spooled(), size + " with " + memory);
                    HeldCiphertext.Reader reader = held.new Reader();
                    for (int frame = (size - 1) / FRAME; frame >= 0 && size > 0; frame--) {
                        int count = Math.min(FRAME, size - frame * FRAME);
                        assertArrayEquals(
                                Arrays.copyOfRange(content, frame * FRAME, frame * FRAME + count),
                                Arrays.copyOf(reader.frame(frame), count));
                        assertSame(reader.frame(frame), reader.frame(frame));
                    }
                }
            }
        }
    }

    @Test
    void smallObjects_takeNoMoreMemoryThanTheirLength() {
        for (int expected : new int[] {0, 1, 10, FRAME - 1, FRAME, FRAME + 1}) {
            try (HeldCiphertext held = new HeldCiphertext(Fixture.JDK, Fixture.hold(), expected)) {
                byte[] frame = held.new Reader().frame(0);
                assertEquals(Math.max(1, Math.min(expected, FRAME)), frame.length);
            }
        }
    }

    @Test
    void negativeMemoryLimit_isRefused() {
        assertThrows(IllegalArgumentException.class, () -> Fixture.hold().withMemoryLimit(-1));
        assertEquals(0, Fixture.hold().withMemoryLimit(0).memoryLimit());
        assertEquals(16 << 20, HoldBack.defaults().memoryLimit());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 15, 17, 23, 25, 31, 33})
    void aesKeyOfAnotherLength_isRefused(int length) {
        assertThrows(
                IllegalArgumentException.class,
                () -> new S3ecAesKeyring(Fixture.JDK, Fixture.RANDOM, new byte[length]));
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 24, 32})
    void aesKeyOfEveryLength_wrapsAndUnwraps(int length) {
        S3ecAesKeyring keyring = new S3ecAesKeyring(Fixture.JDK, Fixture.RANDOM, Fixture.seeded(1, length));
        byte[] plaintext = Fixture.seeded(2, 50);
        assertArrayEquals(plaintext, Fixture.decrypt(keyring, Fixture.encrypt(keyring, plaintext)));
        assertFalse(keyring.blocking());
        assertSame(
                keyring,
                keyring.onBehalfOf(RequestCredentials.none())
                        .toCompletableFuture()
                        .join());
    }

    @Test
    void keyOfAnotherLength_isNoDataKeyOfTheFormat() {
        try (DataKey shorter = DataKey.copyOf(new byte[16])) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new S3ecMaterials(
                            S3ecSuite.AES_256_GCM_NO_KDF, S3ecWrapping.AES_GCM, shorter, new byte[] {1}, Map.of()));
            S3ecEnvelope envelope =
                    new S3ecEnvelope.V2(S3ecWrapping.AES_GCM, new byte[] {1}, Fixture.seeded(1, 12), Map.of());
            Refused.by(IntegrityException.class, () -> ContentKey.of(Fixture.JDK, envelope, shorter), "16 bytes", "32");
        }
    }

    @Test
    void wrappedKeys_areCopiedBothWays() {
        byte[] wrapped = {1, 2, 3};
        try (S3ecMaterials materials = new S3ecMaterials(
                S3ecSuite.AES_256_GCM_NO_KDF,
                S3ecWrapping.AES_GCM,
                DataKey.copyOf(new byte[32]),
                wrapped,
                Map.of("secret", "value"))) {
            wrapped[0] = 9;
            materials.wrappedKey()[1] = 9;
            assertArrayEquals(new byte[] {1, 2, 3}, materials.wrappedKey());
            assertEquals("S3ecMaterials[AES_256_GCM_NO_KDF, AES_GCM]", materials.toString());
        }
    }

    @Test
    void keysInMemory_areNotShown() {
        try (DataKey dataKey = DataKey.copyOf(new byte[32]);
                ContentKey key = ContentKey.derive(Fixture.JDK, dataKey, Fixture.seeded(3, 28)).key) {
            assertEquals("ContentKey[redacted]", key.toString());
        }
        assertEquals("Gf128[redacted]", Gf128.ONE.toString());
    }

    private static S3ecMaterials materials() {
        return Fixture.aes()
                .generate(S3ecSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY, Map.of())
                .toCompletableFuture()
                .join();
    }

    /** As if so many bytes had gone before: 64 GiB are too many for a test. */
    private static void set(Object coder, String field, long value) throws ReflectiveOperationException {
        Field length = coder.getClass().getDeclaredField(field);
        length.setAccessible(true);
        length.setLong(coder, value);
    }
}
