package dev.s3envelope.kms;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Scheduler;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.crypto.SecretBytes;
import dev.s3envelope.core.internal.StageFailures;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What KMS answered about each MAC, for a while: the MAC, or why there is none. The first to miss one asks, on its own thread and outside of any lock; the others
 * wait for its answer.
 *
 * <p>An answer is <em>fresh</em> for the age, a denial for a second, any other failure not at all. After that it is asked for anew, but whoever found it fresh
 * may still look at it for {@link #SLACK}; then it is zeroed.
 */
final class MacCache implements AutoCloseable {
    /** How long an answer outlives its freshness, for requests between {@code prepare} and the use of the key. */
    static final Duration SLACK = Duration.ofSeconds(30);

    private static final Duration DENIAL_MEMORY = Duration.ofSeconds(1);
    private static final int MOST = 10_000;

    private final Duration maxAge;
    private final LongSupplier ticker;
    private final Cache<Id, Answer> answers;
    private final ConcurrentMap<Flight, CompletableFuture<Boolean>> flights = new ConcurrentHashMap<>();
    private final AtomicLong epoch = new AtomicLong();
    private volatile boolean closed;

    /**
     * What must be equal for two requests to share a MAC.
     *
     * @param principal who asked KMS for it, by a digest of the credentials
     */
    record Id(Optional<String> principal, KeyArn key, int version, String bucket) {}

    /** One question to KMS that several may wait for. */
    private record Flight(Id id, long epoch) {}

    /** One of both. */
    private static final class Answer {
        private final @Nullable SecretBytes mac;
        private final @Nullable Throwable failure;
        private final long freshNanos;
        private final long madeAt;
        private volatile boolean stale;

        Answer(@Nullable SecretBytes mac, @Nullable Throwable failure, long freshNanos, long madeAt) {
            this.mac = mac;
            this.failure = failure;
            this.freshNanos = freshNanos;
            this.madeAt = madeAt;
        }

        boolean fresh(long now) {
            return !stale && now - madeAt < freshNanos;
        }

        void destroy() {
            if (mac != null) {
                mac.destroy();
            }
        }
    }

    MacCache(Duration maxAge, LongSupplier ticker) {
        this.maxAge = maxAge;
        this.ticker = ticker;
        this.answers = Caffeine.newBuilder()
                .maximumSize(MOST)
                .expireAfter(Expiry.<Id, Answer>writing(
                        (id, answer) -> Duration.ofNanos(answer.freshNanos).plus(SLACK)))
                .ticker(ticker::getAsLong)
                .executor(Runnable::run)
                .scheduler(Scheduler.systemScheduler())
                .<Id, Answer>removalListener(MacCache::removed)
                .build();
    }

    private static void removed(@Nullable Id id, @Nullable Answer answer, RemovalCause cause) {
        if (answer != null) {
            answer.destroy();
        }
    }

    /** Sees to it that there is a fresh answer; never fails for what the answer is. */
    CompletionStage<Void> require(Id id, Supplier<CompletionStage<SecretBytes>> ask) {
        if (isFresh(id)) {
            return CompletableFuture.completedFuture(null);
        }
        Flight flight = new Flight(id, epoch.get());
        CompletableFuture<Boolean> mine = new CompletableFuture<>();
        CompletableFuture<Boolean> running = flights.putIfAbsent(flight, mine);
        if (running != null) {
            return running.thenAccept(landed -> {});
        }
        if (isFresh(id)) { // a flight ended between the first look and ours
            land(flight, mine);
            return CompletableFuture.completedFuture(null);
        }
        CompletionStage<SecretBytes> asked;
        try {
            asked = ask.get();
        } catch (RuntimeException e) {
            asked = CompletableFuture.failedFuture(e);
        }
        return asked.handle((mac, failure) -> {
                    keep(
                            flight,
                            failure == null
                                    ? new Answer(mac, null, maxAge.toNanos(), ticker.getAsLong())
                                    : failed(StageFailures.unwrap(failure)));
                    land(flight, mine);
                    return failure == null;
                })
                .thenAccept(granted -> {});
    }

    private void land(Flight flight, CompletableFuture<Boolean> mine) {
        flights.remove(flight, mine);
        mine.complete(true);
    }

    private Answer failed(Throwable failure) {
        long memory = MacFailures.isDenial(failure) ? DENIAL_MEMORY.toNanos() : 0;
        return new Answer(null, failure, memory, ticker.getAsLong());
    }

    /** What was asked before an invalidation serves those who waited for it and nobody after them. */
    private void keep(Flight flight, Answer answer) {
        answer.stale = flight.epoch() != epoch.get();
        answers.put(flight.id(), answer);
        if (closed) {
            answers.invalidateAll();
        }
    }

    private boolean isFresh(Id id) {
        Answer answer = answers.getIfPresent(id);
        return answer != null && answer.fresh(ticker.getAsLong());
    }

    /** The MAC, which stays the cache's; empty if there is none. */
    Optional<SecretBytes> mac(Id id) {
        return Optional.ofNullable(answers.getIfPresent(id)).flatMap(answer -> Optional.ofNullable(answer.mac));
    }

    /** Why there is no MAC, if that is known. */
    Optional<Throwable> failure(Id id) {
        return Optional.ofNullable(answers.getIfPresent(id)).flatMap(answer -> Optional.ofNullable(answer.failure));
    }

    boolean isClosed() {
        return closed;
    }

    /** Lets nobody find an answer fresh that is there now; each is zeroed when those who did are done. */
    void invalidateAll() {
        epoch.incrementAndGet();
        answers.asMap().forEach((id, answer) -> {
            answer.stale = true;
            answers.policy().expireVariably().ifPresent(expiry -> expiry.setExpiresAfter(id, SLACK));
        });
    }

    /** Zeroes all of them now. */
    @Override
    public void close() {
        closed = true;
        answers.invalidateAll();
    }

    @Override
    public String toString() {
        return answers.estimatedSize() + " MACs, redacted";
    }
}
