package dev.s3envelope.s3.internal.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.RawAesKeyring;
import dev.s3envelope.core.message.FrameLayout;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.s3.ClientSideUpload;
import dev.s3envelope.s3.ParallelTransfers;
import dev.s3envelope.s3.internal.DecidedMode;
import dev.s3envelope.s3.internal.clientside.ClientSideWrite;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** When a PUT goes in parts, and in which: by sizes alone, before anything is read or sent. */
class PutInPartsTest {
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;
    private static final int LARGEST_HEADER = 1 << 16;
    private static final int MOST_PARTS = 10_000;
    private static final RawAesKeyring KEYRING =
            new RawAesKeyring(CryptoProvider.jdk(), new SecureRandom(), "tests", "put", new byte[32]);

    @ParameterizedTest
    @ValueSource(ints = {4_096, 65_536, 16_777_216})
    void inOnePut_asLongAsTheCiphertextFitsIntoOne(int frameLength) {
        long most = FrameLayout.maxPlaintextLength(LARGEST_HEADER, frameLength, 5 * GIB);
        assertTrue(FrameLayout.ofPlaintext(LARGEST_HEADER, frameLength, most).ciphertextLength() <= 5 * GIB);

        assertEquals(Optional.empty(), put(most, 0, frameLength));
        assertEquals(Optional.empty(), put(0, 0, frameLength));
        assertEquals(
                8 * MIB, put(most + 1, 0, frameLength).orElseThrow().sizes().part());
        assertEquals(
                8 * MIB,
                put(5 * GIB, 0, frameLength).orElseThrow().sizes().part(),
                "ciphertext is longer than plaintext");
    }

    @Test
    void partsAreLargeEnoughForTheirNumber_andNoLargerThanThat() {
        long seed = 20_261_121;
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            long length = 5 * GIB + random.nextLong(15_000 * GIB);
            long part = put(length, 0, 65_536).orElseThrow().sizes().part();
            assertTrue(part * MOST_PARTS >= length, () -> "seed " + seed + ", " + length + " bytes");
            assertTrue(
                    part == 8 * MIB || (part - MIB) * MOST_PARTS < length,
                    () -> "seed " + seed + ", " + length + " bytes");
            assertEquals(0, part % MIB);
        }
        assertEquals(
                8 * MIB,
                put(MOST_PARTS * 8 * MIB, 0, 65_536).orElseThrow().sizes().part());
        assertEquals(
                9 * MIB,
                put(MOST_PARTS * 8 * MIB + 1, 0, 65_536).orElseThrow().sizes().part());
    }

    @Test
    void refused_whenNoPartThatFitsIntoMemoryServes() {
        long most = MOST_PARTS * 2047 * MIB;
        assertEquals(2047 * MIB, put(most, 0, 65_536).orElseThrow().sizes().part());
        assertThrows(OperationRefusedException.class, () -> put(most + 1, 0, 65_536));
        // S3's largest object, which takes parts a caller sends by themselves.
        assertThrows(OperationRefusedException.class, () -> put(48_800 * GIB, 0, 65_536));
    }

    @Test
    void anAnnouncedPartSize_isTakenWhereItServes() {
        assertEquals(Optional.empty(), put(5 * MIB, 5 * MIB, 65_536));
        assertEquals(
                5 * MIB, put(5 * MIB + 1, 5 * MIB, 65_536).orElseThrow().sizes().part());
        assertEquals(
                5 * MIB,
                put(MOST_PARTS * 5 * MIB, 5 * MIB, 65_536).orElseThrow().sizes().part());
        assertThrows(OperationRefusedException.class, () -> put(MOST_PARTS * 5 * MIB + 1, 5 * MIB, 65_536));
    }

    @Test
    void aBodyOfUnknownLength_goesInPartsOfTheDefaultSize() {
        assertEquals(
                8 * MIB,
                PutInParts.of(request(0), how(65_536).on(request(0)), Optional.empty(), Optional.empty())
                        .orElseThrow()
                        .sizes()
                        .part());
    }

    @Test
    void withParallelTransfers_partsServeUpToFiveTerabytes_andKeepTheMemoryThatWasAllowed() {
        long seed = 20_261_122;
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            ParallelTransfers parallel = ParallelTransfers.builder()
                    .partSize(5 * MIB + random.nextLong(30 * MIB))
                    .maxInFlight(1 + random.nextInt(64))
                    .build();
            long length = i % 2 == 0
                    ? parallel.threshold() + random.nextLong(5L << 40)
                    : parallel.threshold() + random.nextLong(GIB);
            boolean clientSide = random.nextBoolean();
            PutSizes sizes =
                    parallel(parallel, clientSide, length).orElseThrow().sizes();
            String what = "seed " + seed + ", " + length + " bytes, " + parallel + ", " + sizes;

            assertTrue((long) sizes.part() * MOST_PARTS >= length, what);
            assertTrue(sizes.part() >= parallel.partSize(), what);
            assertTrue(!clientSide || sizes.part() % 65_536 == 0, what);
            assertEquals(sizes.buffers() - 1, sizes.inFlight(), what);
            assertTrue(sizes.inFlight() >= 1 && sizes.inFlight() <= parallel.maxInFlight(), what);
            assertTrue(sizes.buffers() == 2 || (long) sizes.buffers() * sizes.part() <= parallel.memory(), what);
            if (!clientSide && length / MOST_PARTS + MIB <= parallel.partSize()) {
                assertEquals(parallel.partSize(), sizes.part(), what);
                assertEquals(parallel.maxInFlight(), sizes.inFlight(), what);
            }
            assertEquals(Optional.empty(), parallel(parallel, clientSide, parallel.threshold() - 1), what);
        }
    }

    @Test
    void withoutThem_aServerSideObjectGoesInOnePut_andWithThemNoPutIsTooLarge() {
        PutObjectRequest request = request(0);
        PutObjectRequest sent = request.toBuilder()
                .overrideConfiguration(DecidedMode.is(EncryptionMode.sseS3()))
                .build();
        assertEquals(Optional.empty(), PutInParts.of(request, sent, Optional.of(20 * GIB), Optional.empty()));
        assertEquals(Optional.empty(), PutInParts.of(request, sent, Optional.empty(), Optional.empty()));

        PutObjectRequest checked = request.toBuilder().checksumCRC32("AAAAAA==").build();
        Optional<ParallelTransfers> parallel =
                Optional.of(ParallelTransfers.builder().build());
        assertEquals(Optional.empty(), PutInParts.of(checked, sent, Optional.of(5 * GIB), parallel));
        assertThrows(
                OperationRefusedException.class,
                () -> PutInParts.of(checked, sent, Optional.of(5 * GIB + 1), parallel));
    }

    private static Optional<PutInParts> parallel(ParallelTransfers parallel, boolean clientSide, long length) {
        PutObjectRequest request = request(0);
        PutObjectRequest sent = clientSide
                ? how(65_536).on(request)
                : request.toBuilder()
                        .overrideConfiguration(DecidedMode.is(EncryptionMode.sseS3()))
                        .build();
        return PutInParts.of(request, sent, Optional.of(length), Optional.of(parallel));
    }

    private static Optional<PutInParts> put(long length, long announced, int frameLength) {
        PutObjectRequest request = request(announced);
        return PutInParts.of(request, how(frameLength).on(request), Optional.of(length), Optional.empty());
    }

    private static PutObjectRequest request(long announced) {
        PutObjectRequest.Builder request =
                PutObjectRequest.builder().bucket("bucket").key("key");
        return announced == 0
                ? request.build()
                : request.overrideConfiguration(ClientSideUpload.partSize(announced))
                        .build();
    }

    private static ClientSideWrite how(int frameLength) {
        ClientSide mode =
                ClientSide.builder("tests", KEYRING).frameLength(frameLength).build();
        return new ClientSideWrite(mode, mode, new ObjectAddress("bucket", "key"), "aws");
    }
}
