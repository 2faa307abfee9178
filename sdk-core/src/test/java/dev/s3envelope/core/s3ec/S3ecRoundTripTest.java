package dev.s3envelope.core.s3ec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.Refused;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.DataKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Encryptor, decryptor, and where an object waits in between. */
class S3ecRoundTripTest {
    private static final int FRAME = SpoolFile.FRAME;

    static Stream<Integer> sizes() {
        return IntStream.concat(
                        IntStream.of(0, 1, 2, 15, 16, 17, 31, 32, 33),
                        IntStream.of(GcmTag.PIECE, FRAME, 2 * FRAME, 5 * FRAME)
                                .flatMap(edge -> IntStream.rangeClosed(edge - 1, edge + 1)))
                .boxed();
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void roundTrips_inMemoryAndSpooled_inOneStreamAndInPieces(int size, @TempDir Path spool) {
        byte[] plaintext = Fixture.seeded(size, size);
        Random random = new Random(size);
        for (long oneStream : new long[] {S3ecEncryptor.ONE_STREAM, -1}) {
            for (int memory : new int[] {0, 2 * FRAME, 1 << 24}) {
                int chunk = 1 + random.nextInt(100_000);
                MapS3.Stored stored =
                        Fixture.encrypt(Fixture.aes(), plaintext, OptionalLong.of(size), oneStream, chunk);
                assertEquals(size + 16, stored.body.length);
                HoldBack hold = Fixture.spoolingTo(spool).withMemoryLimit(memory);
                assertArrayEquals(
                        plaintext,
                        Fixture.decrypt(Fixture.aes(), stored.metadata, stored.body, hold, chunk, GcmTag.PIECE));
            }
        }
    }

    @Test
    void takesTheBodyByteByByte() {
        byte[] plaintext = Fixture.seeded(1, 1000);
        MapS3.Stored stored = Fixture.encrypt(Fixture.aes(), plaintext, OptionalLong.empty(), -1, 1);
        for (int chunk : new int[] {1, 3, 15, 16, 17}) {
            assertArrayEquals(
                    plaintext, Fixture.decrypt(Fixture.aes(), stored.metadata, stored.body, Fixture.hold(), chunk, 16));
        }
    }

    /** The same bytes twice share nothing: a retry never meets a used key and nonce. */
    @Test
    void drawsAFreshMessageId_forEveryObject() {
        byte[] plaintext = new byte[1000];
        MapS3.Stored a = Fixture.encrypt(Fixture.aes(), plaintext);
        MapS3.Stored b = Fixture.encrypt(Fixture.aes(), plaintext);
        assertNotEquals(a.metadata.get("x-amz-i"), b.metadata.get("x-amz-i"));
        assertFalse(Arrays.equals(a.body, b.body));
    }

    private static VerifiedPlaintext verified(byte[] plaintext, HoldBack hold) {
        MapS3.Stored stored = Fixture.encrypt(Fixture.aes(), plaintext);
        S3ecEnvelope envelope = S3ecMetadata.parse(stored.metadata);
        try (DataKey key = Fixture.unwrap(Fixture.aes(), envelope);
                S3ecDecryptor decryptor =
                        S3ecDecryptor.start(Fixture.JDK, envelope, key, OptionalLong.of(stored.body.length), hold)) {
            decryptor.update(stored.body, 0, stored.body.length);
            return decryptor.finish();
        }
    }

    @Test
    void givesAnyPart_ofAVerifiedObject(@TempDir Path spool) throws IOException {
        byte[] plaintext = Fixture.seeded(8, 4 * FRAME + 77);
        Random random = new Random(8);
        for (HoldBack hold : List.of(Fixture.hold(), Fixture.spoolingTo(spool).withMemoryLimit(FRAME))) {
            try (VerifiedPlaintext verified = verified(plaintext, hold)) {
                assertEquals(plaintext.length, verified.length());
                for (int i = 0; i < 50; i++) {
                    int from = random.nextInt(plaintext.length + 1);
                    int count = random.nextInt(plaintext.length - from + 1);
                    try (InputStream part = verified.stream(from, count)) {
                        assertArrayEquals(Arrays.copyOfRange(plaintext, from, from + count), part.readAllBytes());
                    }
                }
                assertEquals(plaintext[9] & 0xff, verified.stream(9, 1).read());
                assertEquals(-1, verified.stream(plaintext.length, 0).read());
                assertThrows(IndexOutOfBoundsException.class, () -> verified.stream(1, plaintext.length));
            }
        }
    }

    @Test
    void endsWithItsPlaintext() throws IOException {
        VerifiedPlaintext verified = verified(new byte[10], Fixture.hold());
        InputStream open = verified.stream();
        verified.close();
        assertThrows(IllegalStateException.class, open::read);
        Refused.by(IllegalStateException.class, verified::stream, "this plaintext is closed");
    }

    @Test
    void staysInMemory_upToTheLimit(@TempDir Path spool) {
        HoldBack hold = Fixture.spoolingTo(spool).withMemoryLimit(2 * FRAME);
        try (VerifiedPlaintext small = verified(new byte[3 * FRAME], hold);
                VerifiedPlaintext large = verified(new byte[3 * FRAME + 1], hold)) {
            assertFalse(small.spooled());
            assertTrue(large.spooled());
        }
    }

    @Test
    void saysWhatToDo_whenItCannotSpool(@TempDir Path spool) {
        HoldBack hold = Fixture.spoolingTo(spool.resolve("missing"));
        EnvelopeException e = assertThrows(EnvelopeException.class, () -> verified(new byte[3 * FRAME], hold));
        assertTrue(e.toString().contains("higher memory limit"), e.toString());
    }

    /** The file has no name once it is open; what a debugger sees of it through the process is encrypted twice and its owner's only. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void spoolsOwnerOnly_unnamed_andUnreadable(@TempDir Path spool) throws IOException {
        byte[] plaintext = new byte[3 * FRAME];
        MapS3.Stored stored = Fixture.encrypt(Fixture.aes(), plaintext);
        S3ecEnvelope envelope = S3ecMetadata.parse(stored.metadata);
        try (DataKey key = Fixture.unwrap(Fixture.aes(), envelope);
                S3ecDecryptor decryptor = S3ecDecryptor.start(
                        Fixture.JDK, envelope, key, OptionalLong.empty(), Fixture.spoolingTo(spool))) {
            decryptor.update(stored.body, 0, stored.body.length);
            try (Stream<Path> named = Files.list(spool)) {
                assertEquals(0, named.count());
            }
            Path open = openFileIn(spool);
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(open)));
            byte[] onDisk = Files.readAllBytes(open);
            assertTrue(onDisk.length > FRAME, "spooled " + onDisk.length);
            assertFalse(Arrays.equals(Arrays.copyOf(onDisk, 64), Arrays.copyOf(stored.body, 64)));
        }
        assertThrows(AssertionError.class, () -> openFileIn(spool));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void noticesASpoolFile_changedAfterVerification(@TempDir Path spool) throws IOException {
        try (VerifiedPlaintext verified = verified(new byte[3 * FRAME], Fixture.spoolingTo(spool))) {
            try (FileChannel channel =
                    FileChannel.open(openFileIn(spool), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                ByteBuffer one = ByteBuffer.allocate(1);
                channel.read(one, 100);
                one.put(0, (byte) (one.get(0) ^ 1)).rewind();
                channel.write(one, 100);
            }
            assertThrows(IntegrityException.class, () -> verified.stream().readAllBytes());
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void noticesASpoolFile_thatWasCutShort(@TempDir Path spool) throws IOException {
        for (long left : new long[] {0, 5, FRAME, FRAME + 16 + 100}) {
            try (VerifiedPlaintext verified = verified(new byte[3 * FRAME], Fixture.spoolingTo(spool))) {
                try (FileChannel channel = FileChannel.open(openFileIn(spool), StandardOpenOption.WRITE)) {
                    channel.truncate(left);
                }
                Refused.by(IntegrityException.class, () -> verified.stream().readAllBytes(), "spool file");
            }
        }
    }

    private static Path openFileIn(Path directory) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.filter(fd -> {
                        try {
                            return Files.readSymbolicLink(fd).startsWith(directory);
                        } catch (IOException e) {
                            return false;
                        }
                    })
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no file open in " + directory));
        }
    }

    @Test
    void refusesTooMuchPlaintext_beforeTheFirstByte() {
        try (S3ecMaterials materials = materials(S3ecSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY)) {
            assertThrows(
                    OperationRefusedException.class,
                    () -> start(materials, OptionalLong.of(S3ecSuite.MAX_PLAINTEXT_LENGTH + 1)));
            start(materials, OptionalLong.of(S3ecSuite.MAX_PLAINTEXT_LENGTH)).close();
        }
    }

    @Test
    void refusesABody_longerOrShorterThanAnnounced() {
        try (S3ecMaterials materials = materials(S3ecSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY)) {
            byte[] out = new byte[200];
            S3ecEncryptor later = start(materials, OptionalLong.of(99));
            later.update(new byte[60], 0, 60, new byte[100], 0);
            assertThrows(IllegalEncryptionException.class, () -> later.update(new byte[40], 0, 40, out, 0));
            S3ecEncryptor longer = start(materials, OptionalLong.of(99));
            assertThrows(IllegalEncryptionException.class, () -> longer.update(new byte[100], 0, 100, out, 0));
            assertArrayEquals(new byte[200], out);
            S3ecEncryptor shorter = start(materials, OptionalLong.of(101));
            shorter.update(new byte[100], 0, 100, out, 0);
            assertThrows(IllegalEncryptionException.class, () -> shorter.finish(out, 100));
        }
    }

    /** Providers may hold back part of a block until the end. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 1000, 70_001})
    void everyStepWorks_withAnotherProvider(int size) throws IOException {
        CryptoProvider other = CryptoProvider.of(new BouncyCastleProvider());
        byte[] plaintext = Fixture.seeded(size, size);
        for (OptionalLong length : List.of(OptionalLong.of(size), OptionalLong.empty())) {
            try (S3ecMaterials materials = materials(S3ecSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY);
                    S3ecEncryptor encryptor = S3ecEncryptor.start(other, Fixture.RANDOM, materials, length)) {
                byte[] body = new byte[S3ecEncryptor.outputSize(size)];
                int half = encryptor.update(plaintext, 0, size / 2, body, 0);
                int whole = half + encryptor.update(plaintext, size / 2, size - size / 2, body, half);
                int end = whole + encryptor.finish(body, whole);
                assertEquals(size + 16, end);
                MapS3.Stored stored =
                        new MapS3.Stored(Arrays.copyOf(body, end), S3ecMetadata.toMetadata(encryptor.envelope()));
                assertArrayEquals(plaintext, Fixture.decrypt(Fixture.aes(), stored));

                try (S3ecDecryptor decryptor = S3ecDecryptor.start(
                        other, encryptor.envelope(), materials.dataKey(), OptionalLong.of(end), Fixture.hold())) {
                    decryptor.update(body, 0, end);
                    try (VerifiedPlaintext verified = decryptor.finish()) {
                        assertArrayEquals(plaintext, verified.stream().readAllBytes());
                        for (int from = 0; from < Math.min(size, 40); from++) {
                            assertArrayEquals(
                                    Arrays.copyOfRange(plaintext, from, size),
                                    verified.stream(from, size - from).readAllBytes());
                        }
                    }
                }
            }
        }
    }

    @Test
    void encryptsOnce() {
        try (S3ecMaterials materials = materials(S3ecSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY)) {
            S3ecEncryptor encryptor = start(materials, OptionalLong.of(0));
            encryptor.finish(new byte[32], 0);
            Refused.by(IllegalStateException.class, () -> encryptor.finish(new byte[32], 0), "finished or closed");
            Refused.by(
                    IllegalStateException.class,
                    () -> encryptor.update(new byte[1], 0, 1, new byte[40], 0),
                    "finished or closed");
        }
    }

    @Test
    void writesV3Only_andNeverLetsAV2KeyBeCached() {
        try (S3ecMaterials v2 = materials(S3ecSuite.AES_256_GCM_NO_KDF)) {
            assertThrows(IllegalArgumentException.class, () -> start(v2, OptionalLong.of(1)));
        }
        assertFalse(S3ecSuite.AES_256_GCM_NO_KDF.cacheable());
        assertTrue(S3ecSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY.cacheable());
    }

    private static S3ecMaterials materials(S3ecSuite suite) {
        return Fixture.aes().generate(suite, Map.of()).toCompletableFuture().join();
    }

    private static S3ecEncryptor start(S3ecMaterials materials, OptionalLong length) {
        return S3ecEncryptor.start(Fixture.JDK, Fixture.RANDOM, materials, length);
    }
}
