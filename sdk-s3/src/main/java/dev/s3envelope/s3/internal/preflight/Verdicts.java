package dev.s3envelope.s3.internal.preflight;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.s3envelope.s3.Preflight;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Verdicts for as long as they may be used; see {@link Preflight.Builder#lifetime}. However many reads wait for a verdict, it is asked for once, unless the lifetime is
 * zero. Safe for use by several threads.
 */
final class Verdicts {
    private static final int MOST = 100_000;

    private final boolean kept;
    private final Cache<Question, KeyVerdict> cache;
    private final Flights<Question, KeyVerdict> flights = new Flights<>();

    Verdicts(Preflight settings) {
        Duration settled = settings.lifetime();
        Duration brief = settings.denialLifetime();
        this.kept = !settled.isZero();
        this.cache = Caffeine.newBuilder()
                .maximumSize(MOST)
                .expireAfter(Expiry.<Question, KeyVerdict>writing(
                        (question, verdict) -> verdict.settled() ? settled : brief))
                .ticker(settings.ticker()::getAsLong)
                .executor(Runnable::run)
                .build();
    }

    /** The verdict that is known, else the one this asks for. */
    CompletionStage<KeyVerdict> get(Question question, Supplier<CompletionStage<KeyVerdict>> ask) {
        if (!kept) {
            try {
                return ask.get();
            } catch (RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }
        KeyVerdict known = cache.getIfPresent(question);
        if (known != null) {
            return CompletableFuture.completedFuture(known);
        }
        return flights.join(question, () -> {
            // Another flight may have landed between the look and the start.
            KeyVerdict landed = cache.getIfPresent(question);
            return landed != null
                    ? CompletableFuture.completedFuture(landed)
                    : ask.get().thenApply(verdict -> {
                        cache.put(question, verdict);
                        return verdict;
                    });
        });
    }

    /** Remembers a verdict that was found otherwise. */
    void put(Question question, KeyVerdict verdict) {
        if (kept) {
            cache.put(question, verdict);
        }
    }

    /** Drops a verdict that S3 contradicted. */
    void forget(Question question) {
        cache.invalidate(question);
    }
}
