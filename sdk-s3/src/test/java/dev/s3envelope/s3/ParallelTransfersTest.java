package dev.s3envelope.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParallelTransfersTest {
    private static final long MIB = 1L << 20;

    @Test
    void defaults_when_nothingIsSet() {
        ParallelTransfers parallel = ParallelTransfers.builder().build();

        assertEquals(8 * MIB, parallel.partSize());
        assertEquals(16 * MIB, parallel.threshold());
        assertEquals(4, parallel.maxInFlight());
        assertEquals(Optional.empty(), parallel.executor());
        assertEquals(40 * MIB, parallel.memory());
    }

    @Test
    void threshold_follows_the_partSize_when_notSet() {
        assertEquals(
                12 * MIB, ParallelTransfers.builder().partSize(6 * MIB).build().threshold());
    }

    @Test
    void values_are_kept_when_set() {
        Executor executor = Runnable::run;
        ParallelTransfers parallel = ParallelTransfers.builder()
                .partSize(5 * MIB)
                .threshold(5 * MIB)
                .maxInFlight(64)
                .executor(executor)
                .build();

        assertEquals(5 * MIB, parallel.partSize());
        assertEquals(5 * MIB, parallel.threshold());
        assertEquals(64, parallel.maxInFlight());
        assertSame(executor, parallel.executor().orElseThrow());
        assertEquals(325 * MIB, parallel.memory());
        assertTrue(parallel.toString().contains("maxInFlight=64"), parallel.toString());
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 5 * MIB - 1, (1L << 30) + 1})
    void partSize_is_refused_when_s3OrMemoryDoesNotTakeIt(long size) {
        assertThrows(EnvelopeException.class, () -> ParallelTransfers.builder().partSize(size));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 65})
    void maxInFlight_is_refused_when_outOfRange(int pieces) {
        assertThrows(EnvelopeException.class, () -> ParallelTransfers.builder().maxInFlight(pieces));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0})
    void threshold_is_refused_when_notPositive(long bytes) {
        assertThrows(EnvelopeException.class, () -> ParallelTransfers.builder().threshold(bytes));
    }

    @Test
    void threshold_is_refused_when_smallerThanAPart_whateverTheOrder() {
        assertThrows(
                EnvelopeException.class,
                () -> ParallelTransfers.builder()
                        .threshold(8 * MIB)
                        .partSize(9 * MIB)
                        .build());
        assertThrows(
                EnvelopeException.class,
                () -> ParallelTransfers.builder()
                        .partSize(9 * MIB)
                        .threshold(8 * MIB)
                        .build());
    }

    @Test
    void theSynchronousClient_isNotBuiltWithoutAnExecutor() {
        EnvelopeS3Client.Builder client = EnvelopeS3Client.builder()
                .wrapping(new Recorder().sync())
                .policy(EncryptionPolicy.always(EncryptionMode.sseS3()))
                .parallelTransfers(ParallelTransfers.builder().build());

        EnvelopeException refused = assertThrows(EnvelopeException.class, client::build);
        assertTrue(String.valueOf(refused.getMessage()).contains("executor"), refused::getMessage);
        client.parallelTransfers(
                        ParallelTransfers.builder().executor(Runnable::run).build())
                .build()
                .close();
        EnvelopeS3AsyncClient.builder()
                .wrapping(new Recorder().async())
                .policy(EncryptionPolicy.always(EncryptionMode.sseS3()))
                .parallelTransfers(ParallelTransfers.builder().build())
                .build()
                .close();
    }
}
