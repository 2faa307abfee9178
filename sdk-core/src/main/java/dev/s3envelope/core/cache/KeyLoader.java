package dev.s3envelope.core.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.s3envelope.core.internal.StageFailures;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.AbortedException;

/**
 * Asks the keyring: one flight per missing key, transient failures tried again, denials remembered.
 *
 * <p>The first to ask is the leader and makes the call on its own thread, outside of any lock; the others get a stage that completes with the
 * leader's answer. Invalidation starts a new epoch: nobody joins a flight of an earlier one, and what it brings is not kept.
 */
final class KeyLoader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DataKeyCache.class);

    private final FailureHandling failures;
    private final LongSupplier ticker;
    private final CacheMetrics metrics;
    private final ConcurrentMap<Flight, CompletableFuture<CacheEntry>> flights = new ConcurrentHashMap<>();
    private final Cache<CacheKey, Throwable> denials;
    private final AtomicLong epoch = new AtomicLong();
    private final AtomicBoolean outage = new AtomicBoolean();
    private final Executor executor;
    private final @Nullable ExecutorService ownExecutor;

    KeyLoader(FailureHandling failures, LongSupplier ticker, CacheMetrics metrics, @Nullable Executor executor) {
        this.failures = failures;
        this.ticker = ticker;
        this.metrics = metrics;
        this.denials = Caffeine.newBuilder()
                .maximumSize(1_000)
                .expireAfterWrite(failures.denialMemory())
                .ticker(ticker::getAsLong)
                .executor(Runnable::run)
                .build();
        if (executor == null) {
            ExecutorService own = daemons();
            this.ownExecutor = own;
            this.executor = own;
        } else {
            this.ownExecutor = null;
            this.executor = executor;
        }
    }

    private static ExecutorService daemons() {
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(2, 2, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "s3-envelope-data-keys");
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** One load that several may wait for. */
    private record Flight(CacheKey key, long epoch) {}

    /** Where a load runs: whether it may block its thread, and how often transient failures are tried again. */
    record Manner(boolean blocking, int attempts) {}

    /** Where the entries of one key are kept. */
    interface Shelf {
        /** What serves the caller, and was not there when the caller looked; null if there is none. */
        @Nullable
        CacheEntry landed();

        void keep(CacheEntry entry);

        void drop(CacheEntry entry);
    }

    FailureHandling failures() {
        return failures;
    }

    Executor executor() {
        return executor;
    }

    @Nullable
    Throwable rememberedDenial(CacheKey key) {
        return denials.getIfPresent(key);
    }

    /**
     * Loads as the leader, or waits for the one who does.
     *
     * @param load asks the keyring once
     * @param lead applied to the new entry by the leader, before it is kept and the others hear of it
     * @param follow applied to the entry, or its failure, by everyone else
     * @param shelf where the entry is kept
     */
    <T> CompletionStage<T> load(
            CacheKey key,
            Manner manner,
            Supplier<CompletionStage<CacheEntry>> load,
            Function<CacheEntry, T> lead,
            Function<CacheEntry, CompletionStage<T>> follow,
            Shelf shelf) {
        Flight flight = new Flight(key, epoch.get());
        CompletableFuture<CacheEntry> promise = new CompletableFuture<>();
        CompletableFuture<CacheEntry> running = flights.putIfAbsent(flight, promise);
        if (running != null) {
            return running.thenCompose(follow);
        }
        // Another flight may have landed between the caller's look and the start of this one.
        CacheEntry landed = shelf.landed();
        if (landed != null) {
            flights.remove(flight, promise);
            promise.complete(landed);
            return follow.apply(landed);
        }
        Throwable denial = rememberedDenial(key);
        if (denial != null) {
            flights.remove(flight, promise);
            promise.completeExceptionally(denial);
            return CompletableFuture.failedFuture(Failures.copy(denial));
        }
        return attempt(key, manner, load, 1).handle((entry, failure) -> {
            if (failure != null) {
                Throwable cause = StageFailures.unwrap(failure);
                if (Failures.isDenial(cause)) {
                    remember(flight, cause);
                }
                flights.remove(flight, promise);
                promise.completeExceptionally(cause);
                throw new CompletionException(cause);
            }
            T mine = lead.apply(entry);
            boolean current = flight.epoch() == epoch.get();
            if (current) {
                shelf.keep(entry);
                if (flight.epoch() != epoch.get()) {
                    // Invalidated meanwhile, perhaps before the entry was there to be seen.
                    shelf.drop(entry);
                }
            }
            flights.remove(flight, promise);
            promise.complete(entry);
            if (!current) {
                entry.close();
            }
            return mine;
        });
    }

    private void remember(Flight flight, Throwable denial) {
        if (flight.epoch() == epoch.get()) {
            denials.put(flight.key(), denial);
            if (flight.epoch() != epoch.get()) {
                denials.invalidate(flight.key());
            }
        }
    }

    private CompletionStage<CacheEntry> attempt(
            CacheKey key, Manner manner, Supplier<CompletionStage<CacheEntry>> load, int number) {
        long start = ticker.getAsLong();
        CompletionStage<CacheEntry> stage;
        try {
            stage = load.get();
        } catch (RuntimeException e) {
            stage = CompletableFuture.failedFuture(e);
        }
        return stage.handle((entry, failure) -> {
                    metrics.loaded(key.use(), ticker.getAsLong() - start, failure == null);
                    if (failure == null) {
                        outage.set(false);
                        return CompletableFuture.completedFuture(entry);
                    }
                    Throwable cause = StageFailures.unwrap(failure);
                    if (number >= manner.attempts() || !Failures.isTransient(cause)) {
                        return CompletableFuture.<CacheEntry>failedFuture(cause);
                    }
                    return again(key, manner, load, number);
                })
                .thenCompose(Function.identity());
    }

    private CompletionStage<CacheEntry> again(
            CacheKey key, Manner manner, Supplier<CompletionStage<CacheEntry>> load, int number) {
        long bound = failures.backoff().multipliedBy(1L << (number - 1)).toMillis();
        long pause = bound == 0 ? 0 : ThreadLocalRandom.current().nextLong(bound) + 1;
        if (!manner.blocking()) {
            return CompletableFuture.supplyAsync(
                            () -> attempt(key, manner, load, number + 1),
                            CompletableFuture.delayedExecutor(pause, TimeUnit.MILLISECONDS, executor))
                    .thenCompose(Function.identity());
        }
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return CompletableFuture.failedFuture(
                    AbortedException.create("Interrupted while waiting to ask KMS again"));
        }
        return attempt(key, manner, load, number + 1);
    }

    /** Logs the first use of an old key since the keyring last answered. */
    void noteOutage(CacheListener.Use use, Duration age, Throwable failure) {
        metrics.graceUsed(use);
        if (outage.compareAndSet(false, true)) {
            LOG.warn(
                    "The keyring does not answer ({}); a data key of age {} is used on, as the grace of {} allows.",
                    failure.getClass().getSimpleName(),
                    age,
                    failures.grace());
        }
    }

    /** Makes flights under way nobody's, and forgets denials. */
    void startAnew() {
        epoch.incrementAndGet();
        denials.invalidateAll();
    }

    @Override
    public void close() {
        if (ownExecutor != null) {
            ownExecutor.shutdown();
        }
    }
}
