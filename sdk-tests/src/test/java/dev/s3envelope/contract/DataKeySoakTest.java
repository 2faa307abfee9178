package dev.s3envelope.contract;

import static dev.s3envelope.contract.DataKeyFixture.get;
import static dev.s3envelope.contract.DataKeyFixture.put;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.cache.CacheLimits;
import dev.s3envelope.core.cache.CacheStatistics;
import dev.s3envelope.core.cache.DataKeyCache;
import dev.s3envelope.core.mode.ContextScope;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/**
 * Both clients write and read for a while over caches whose keys live one second and serve few messages, while others invalidate them: every read brings what was
 * written, so that no destroyed key was used, and threads, heap and entries do not grow. Lasts {@value #SECONDS} seconds, or what the system property
 * {@code soak.seconds} says.
 */
class DataKeySoakTest {
    private static final int SECONDS = 4;
    private static final int WORKERS = 8;
    private static final int NAMES = 50;
    private static final int ENTRIES = 16;
    private static final int OPERATIONS_BETWEEN_EVICTIONS = 20;
    private static final long HEAP_SLACK = 48L << 20;
    private static final int THREAD_SLACK = 24;

    private final AtomicLong operations = new AtomicLong();

    @Test
    void mixedLoad_usesNoDestroyedKeyAndDoesNotGrow() throws Exception {
        long seed = Long.getLong("soak.seed", System.nanoTime());
        Duration time = Duration.ofSeconds(Integer.getInteger("soak.seconds", SECONDS));
        CacheLimits limits = CacheLimits.DEFAULTS
                .withMaxAge(Duration.ofSeconds(1))
                .withMaxMessages(20)
                .withMaxEntries(ENTRIES);
        try (DataKeyFixture fixture = new DataKeyFixture();
                DataKeyCache cache = DataKeyCache.builder().limits(limits).build()) {
            List<Calls> clients = new ArrayList<>();
            for (Calls.Kind kind : Calls.Kind.values()) {
                clients.add(fixture.client(kind, cache, ContextScope.BUCKET));
                clients.add(fixture.client(kind, cache, ContextScope.OBJECT));
            }
            run(fixture, cache, clients, seed, time.dividedBy(4)); // fills pools and caches, compiles
            long heap = heapInUse(fixture);
            int threads = threads();
            long warm = operations.get();

            run(fixture, cache, clients, seed + 1, time.dividedBy(4).multipliedBy(3));

            CacheStatistics statistics = cache.statistics();
            String seen = operations.get() + " operations after " + warm + ", seed " + seed + ": " + statistics;
            assertTrue(operations.get() > warm + WORKERS, seen);
            assertTrue(statistics.evictions() > WORKERS, seen);
            assertTrue(statistics.entries() <= ENTRIES, seen);
            long grown = heapInUse(fixture) - heap;
            assertTrue(grown < HEAP_SLACK, () -> "the heap grew by " + (grown >> 20) + " MiB; " + seen);
            int more = threads() - threads;
            assertTrue(more < THREAD_SLACK, () -> more + " more threads; " + seen);
            System.out.println("soak: " + seen + "; heap " + (grown >> 20) + " MiB, " + more + " threads more");
        }
    }

    private void run(DataKeyFixture fixture, DataKeyCache cache, List<Calls> clients, long seed, Duration time)
            throws Exception {
        long end = System.nanoTime() + time.toNanos();
        BooleanSupplier goesOn = () -> System.nanoTime() < end;
        ExecutorService threads = Executors.newFixedThreadPool(WORKERS + 1);
        try {
            List<Future<?>> workers = new ArrayList<>();
            for (int worker = 0; worker < WORKERS; worker++) {
                Random random = new Random(seed + worker);
                String own = "w" + worker + "/"; // so that a read knows what was written last
                workers.add(threads.submit(() -> work(clients, random, own, goesOn)));
            }
            workers.add(threads.submit(() -> evict(fixture, cache, new Random(seed - 1), goesOn)));
            for (Future<?> worker : workers) {
                worker.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private void work(List<Calls> clients, Random random, String own, BooleanSupplier goesOn) {
        while (goesOn.getAsBoolean()) {
            String name = own + random.nextInt(NAMES);
            byte[] body = new byte[random.nextInt(4) == 0 ? random.nextInt(200_000) : random.nextInt(2_000)];
            random.nextBytes(body);
            Calls s3 = clients.get(random.nextInt(clients.size()));
            s3.put(put(name), body);
            assertArrayEquals(body, s3.get(get(name)).asByteArray(), name);
            operations.addAndGet(2);
        }
    }

    /** Evictions in the middle of everything, one for every so many operations of the others. */
    private void evict(DataKeyFixture fixture, DataKeyCache cache, Random random, BooleanSupplier goesOn) {
        long last = operations.get();
        while (goesOn.getAsBoolean()) {
            if (operations.get() - last < OPERATIONS_BETWEEN_EVICTIONS) {
                LockSupport.parkNanos(1_000_000);
                continue;
            }
            last = operations.get();
            if (random.nextBoolean()) {
                cache.invalidateAll();
            } else {
                cache.invalidate(KeyArn.parse(fixture.key.arn()));
            }
        }
    }

    /** After a collection, without what LocalAws keeps of the load itself. */
    private static long heapInUse(DataKeyFixture fixture) {
        fixture.aws.events().clear();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static int threads() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }
}
