package dev.s3envelope.s3.internal.preflight;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.s3envelope.s3.Preflight;
import dev.s3envelope.s3.internal.ObjectEvents;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Verdicts for as long as they may be used; see {@link Preflight.Builder#lifetime}. However many reads wait for a verdict, it is asked for once, unless the lifetime is
 * zero. Safe for use by several threads.
 */
final class Verdicts {
    private static final int MOST = 100_000;

    private final ObjectEvents events;
    private final boolean kept;
    private final long brief;
    private final LongSupplier ticker;
    private final Cache<Question, Kept> cache;
    private final Flights<Question, KeyVerdict> flights = new Flights<>();

    /** A verdict and when it was found; one time of expiry for all is cheaper to keep than one for each. */
    private record Kept(KeyVerdict verdict, long since) {}

    Verdicts(Preflight settings, ObjectEvents events) {
        this.events = events;
        this.kept = !settings.lifetime().isZero();
        this.brief = settings.denialLifetime().toNanos();
        this.ticker = settings.ticker();
        this.cache = Caffeine.newBuilder()
                .maximumSize(MOST)
                .expireAfterWrite(settings.lifetime())
                .ticker(ticker::getAsLong)
                .build();
    }

    /** The verdict that is known, else the one this asks for. */
    CompletionStage<KeyVerdict> get(Question question, Supplier<CompletionStage<KeyVerdict>> ask) {
        if (!kept) {
            try {
                return ask.get().thenApply(verdict -> told(verdict, true));
            } catch (RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }
        KeyVerdict known = known(question);
        if (known != null) {
            return CompletableFuture.completedFuture(told(known, false));
        }
        AtomicBoolean asked = new AtomicBoolean();
        return flights.join(question, () -> {
                    // Another flight may have landed between the look and the start.
                    KeyVerdict landed = known(question);
                    if (landed != null) {
                        return CompletableFuture.completedFuture(landed);
                    }
                    asked.set(true);
                    return ask.get().thenApply(verdict -> {
                        put(question, verdict);
                        return verdict;
                    });
                })
                .thenApply(verdict -> told(verdict, asked.get()));
    }

    private KeyVerdict told(KeyVerdict verdict, boolean asked) {
        events.preflight(verdict.verdict(), asked);
        return verdict;
    }

    private @Nullable KeyVerdict known(Question question) {
        Kept found = cache.getIfPresent(question);
        if (found == null) {
            return null;
        }
        KeyVerdict verdict = found.verdict();
        return verdict.settled() || ticker.getAsLong() - found.since() < brief ? verdict : null;
    }

    /** Remembers a verdict that was found otherwise, by asking. */
    void found(Question question, KeyVerdict verdict) {
        told(verdict, true);
        put(question, verdict);
    }

    private void put(Question question, KeyVerdict verdict) {
        if (kept) {
            cache.put(question, new Kept(verdict, ticker.getAsLong()));
        }
    }

    /** Drops a verdict that S3 contradicted. */
    void forget(Question question) {
        cache.invalidate(question);
    }
}
