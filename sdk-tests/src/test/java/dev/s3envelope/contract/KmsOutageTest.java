package dev.s3envelope.contract;

import static dev.s3envelope.contract.DataKeyFixture.BUCKET;
import static dev.s3envelope.contract.DataKeyFixture.get;
import static dev.s3envelope.contract.DataKeyFixture.put;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.cache.CacheStatistics;
import dev.s3envelope.core.cache.DataKeyCache;
import dev.s3envelope.core.cache.FailureHandling;
import dev.s3envelope.core.mode.ContextScope;
import dev.s3envelope.local.EventLog;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * KMS answers nothing but errors for a minute, on the cache's clock, while clients write and read: what each option of {@link FailureHandling} does, and
 * that no write that was confirmed is lost and nothing is under a wrong key.
 */
class KmsOutageTest {
    private static final Duration AGE = Duration.ofSeconds(30);
    private static final Duration STEP = Duration.ofSeconds(5);
    private static final int OUTAGE_STEPS = 12;
    private static final int WRITERS = 4;
    private static final FailureHandling QUICK = FailureHandling.DEFAULTS.withRetries(1, Duration.ofMillis(100));

    private static DataKeyFixture fixture;

    private final Queue<String> logged = new ConcurrentLinkedQueue<>();
    private final Logger logger = Logger.getLogger(DataKeyCache.class.getName());
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            logged.add(entry.getLevel() + " " + entry.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeAll
    static void start() {
        fixture = new DataKeyFixture();
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    @BeforeEach
    void listen() {
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
        logger.setLevel(Level.ALL);
    }

    @AfterEach
    void restore() {
        logger.removeHandler(handler);
        logger.setUseParentHandlers(true);
        logger.setLevel(null);
        fixture.restore();
    }

    private static void kmsFails() {
        fixture.aws.faults().on("kms", "*").always().fail(503, "ServiceUnavailableException", "Service unavailable");
    }

    /** Without grace: writes go on while their data key is fresh, then fail, and come back with KMS. */
    @ParameterizedTest
    @EnumSource
    void withoutGrace_writesStopWhenTheKeyIsOld_andNothingIsLost(Calls.Kind kind) throws Exception {
        try (DataKeyCache cache = fixture.cache().maxAge(AGE).failures(QUICK).build()) {
            Outcome outcome = outage(kind, cache);

            assertEquals(0, outcome.failedBefore.get(), "KMS was up");
            assertTrue(outcome.confirmedDuring.get() > 0, "the data key at hand served on");
            assertTrue(outcome.failedDuring.get() > 0, "then there was none");
            assertEquals(0, outcome.failedAfter.get(), "KMS is back");
            CacheStatistics statistics = cache.statistics();
            assertEquals(0, statistics.graceUses());
            assertTrue(statistics.loadFailures() > 0, "failures are counted");
            assertTrue(logged.isEmpty(), () -> "logged " + logged);
        }
    }

    /** With a grace longer than the outage: every write goes through, counted, and logged once. */
    @ParameterizedTest
    @EnumSource
    void withinTheGrace_everyWriteGoesThrough_countedAndLoggedOnce(Calls.Kind kind) throws Exception {
        try (DataKeyCache cache = fixture.cache()
                .maxAge(AGE)
                .failures(QUICK.withGrace(Duration.ofMinutes(2)))
                .build()) {
            Outcome outcome = outage(kind, cache);

            assertEquals(0, outcome.failedBefore.get() + outcome.failedDuring.get() + outcome.failedAfter.get());
            assertTrue(cache.statistics().graceUses() > 0, "uses of an old key are counted");
            assertEquals(1, logged.size(), () -> "one line for the outage: " + logged);
            assertTrue(
                    logged.peek().startsWith("WARNING The keyring does not answer (KmsException)"), logged::toString);
        }
    }

    /** A grace shorter than the outage ends when it ends. */
    @ParameterizedTest
    @EnumSource
    void afterTheGrace_writesFail(Calls.Kind kind) throws Exception {
        try (DataKeyCache cache = fixture.cache()
                .maxAge(AGE)
                .failures(QUICK.withGrace(Duration.ofSeconds(10)))
                .build()) {
            Outcome outcome = outage(kind, cache);

            assertTrue(cache.statistics().graceUses() > 0);
            assertTrue(outcome.failedDuring.get() > 0, "the grace was over before the outage was");
            assertEquals(0, outcome.failedAfter.get());
        }
    }

    /** Throttling that ends is waited out, within the attempts. */
    @ParameterizedTest
    @EnumSource
    void throttling_isTriedAgain_withinTheAttempts(Calls.Kind kind) {
        FailureHandling three = FailureHandling.DEFAULTS.withRetries(3, Duration.ofMillis(1));
        try (DataKeyCache cache = fixture.cache().failures(three).build()) {
            Calls s3 = fixture.client(kind, cache, ContextScope.BUCKET);
            EventLog.Mark start = fixture.mark();
            fixture.aws.faults().on("kms", "GenerateDataKey").times(2).throttle();
            s3.put(put("throttled"), content("throttled"));
            assertEquals(Map.of("kms:GenerateDataKey", 3), fixture.kmsCalls(start));
            assertEquals(2, cache.statistics().loadFailures());
            assertArrayEquals(content("throttled"), s3.get(get("throttled")).asByteArray());

            cache.invalidateAll();
            fixture.aws.faults().on("kms", "GenerateDataKey").times(3).throttle();
            KmsException throttled =
                    assertThrows(KmsException.class, () -> s3.put(put("too-much"), content("too-much")));
            assertTrue(throttled.isThrottlingException(), throttled::toString);
            assertFalse(stored().contains("too-much"), "nothing was written");
        }
    }

    /** What became of the writes. */
    private static final class Outcome {
        final AtomicInteger failedBefore = new AtomicInteger();
        final AtomicInteger confirmedDuring = new AtomicInteger();
        final AtomicInteger failedDuring = new AtomicInteger();
        final AtomicInteger failedAfter = new AtomicInteger();
    }

    /**
     * Writes before, during and after an outage of a minute, several at a time in each step of the clock; then reads everything that was confirmed with
     * a cache of its own, and looks for anything that was not.
     */
    private Outcome outage(Calls.Kind kind, DataKeyCache cache) throws Exception {
        Outcome outcome = new Outcome();
        Set<String> before = stored();
        Set<String> confirmed = ConcurrentHashMap.newKeySet();
        Calls s3 = fixture.client(kind, cache, ContextScope.BUCKET);
        String run = kind + "-" + System.identityHashCode(cache) + "-";
        ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
        try {
            writeStep(writers, s3, run + "before", confirmed, new AtomicInteger(), outcome.failedBefore);
            fixture.pass(STEP);
            kmsFails();
            for (int step = 0; step < OUTAGE_STEPS; step++) {
                writeStep(writers, s3, run + "during" + step, confirmed, outcome.confirmedDuring, outcome.failedDuring);
                fixture.pass(STEP);
            }
            fixture.aws.faults().clear();
            writeStep(writers, s3, run + "after", confirmed, new AtomicInteger(), outcome.failedAfter);
        } finally {
            writers.shutdownNow();
        }

        Set<String> written = stored();
        written.removeAll(before);
        assertEquals(confirmed, written, "what was confirmed is there, and nothing else");
        try (DataKeyCache fresh = fixture.cache().build()) {
            Calls reader = fixture.client(kind, fresh, ContextScope.BUCKET);
            for (String name : confirmed) {
                assertArrayEquals(content(name), reader.get(get(name)).asByteArray(), name);
            }
        }
        return outcome;
    }

    private static void writeStep(
            ExecutorService writers,
            Calls s3,
            String prefix,
            Set<String> confirmed,
            AtomicInteger succeeded,
            AtomicInteger failed)
            throws Exception {
        List<Future<?>> writes = new ArrayList<>();
        for (int i = 0; i < 2 * WRITERS; i++) {
            String name = prefix + "-" + i;
            writes.add(writers.submit(() -> {
                try {
                    s3.put(put(name), content(name));
                    confirmed.add(name);
                    succeeded.incrementAndGet();
                } catch (KmsException unavailable) {
                    assertEquals(503, unavailable.statusCode());
                    failed.incrementAndGet();
                }
            }));
        }
        for (Future<?> write : writes) {
            write.get();
        }
    }

    private static byte[] content(String name) {
        return ("the content of " + name).getBytes(StandardCharsets.UTF_8);
    }

    private static Set<String> stored() {
        return fixture.aws.s3(fixture.alice).listObjectsV2Paginator(b -> b.bucket(BUCKET)).contents().stream()
                .map(S3Object::key)
                .collect(Collectors.toSet());
    }
}
