package dev.s3envelope.core.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Scheduler;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.keyring.Keyring;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps data keys for a while, so that KMS is asked once per scope and window instead of once per object: what S3 Bucket Keys do, on the
 * client. Each object still has a key of its own, derived from the data key and its random message id.
 *
 * <pre>{@code
 * DataKeyCache cache = DataKeyCache.builder().limits(CacheLimits.DEFAULTS.withMaxAge(Duration.ofMinutes(2))).build();
 * Keyring cached = cache.over(kmsKeyring);
 * }</pre>
 *
 * <ul>
 *   <li><b>What is shared.</b> Two writes share a data key if keyring, principal (see {@link Keyring#principal}), encryption context, suite and
 *       {@code cachePartition} are equal; two reads if the wrapped keys are equal too. A suite without key derivation is never cached.
 *   <li><b>Calls.</b> However many threads miss the same key, the keyring is asked once. From four fifths of its limits on a key is replaced
 *       ahead of time, on the cache's executor, not on the caller's thread.
 *   <li><b>Failures.</b> See {@link FailureHandling}. A failure is shared by those who waited for it, and only denials are remembered.
 *   <li><b>Revocation.</b> A permission that was taken away goes unnoticed for at most the age (plus the grace, if on, while KMS does not answer). A
 *       denied refresh drops the key at once; {@link #invalidate} and {@link #invalidateAll} drop it now.
 *   <li><b>Secrets.</b> A key that leaves the cache is zeroed when the last message that uses it is done, and not before.
 * </ul>
 *
 * <p>Safe for use by several threads. {@link #close} empties it; keyrings made over it then fail. Source of the limits: AWS Encryption SDK
 * specification, framework/caching-cmm.
 */
public final class DataKeyCache implements AutoCloseable {
    private final CacheLimits limits;
    private final LongSupplier ticker;
    private final CacheMetrics metrics;
    private final Cache<CacheKey, CacheEntry> entries;
    private final KeyLoader loader;
    private final AtomicLong keyrings = new AtomicLong();
    private volatile boolean closed;

    private DataKeyCache(Builder builder) {
        this.limits = builder.limits;
        this.ticker = builder.ticker;
        this.metrics = new CacheMetrics(builder.listener);
        this.entries = Caffeine.newBuilder()
                .maximumSize(limits.maxEntries())
                .expireAfterWrite(limits.maxAge().plus(builder.failures.grace()))
                .ticker(ticker::getAsLong)
                .executor(Runnable::run)
                .scheduler(Scheduler.systemScheduler())
                .<CacheKey, CacheEntry>removalListener(this::removed)
                .build();
        this.loader = new KeyLoader(builder.failures, ticker, metrics, builder.executor);
    }

    /** Starts with the defaults of {@link CacheLimits} and {@link FailureHandling}. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * A keyring that answers from this cache and asks {@code keyring} otherwise. Keyrings over one cache share its entries' number, never its keys: make
     * one for each keyring and use it everywhere.
     */
    public Keyring over(Keyring keyring) {
        return new CachingKeyring(this, keyring, keyrings.incrementAndGet());
    }

    /** Drops every data key that is wrapped under this key, and all remembered denials; the next request asks the keyring. */
    public void invalidate(KeyArn key) {
        loader.startAnew();
        entries.asMap()
                .values()
                .removeIf(entry -> entry.wrappedKeys().stream()
                        .anyMatch(wrapped -> wrapped.providerInfoText().equals(key.text())));
    }

    /** Drops every data key and all remembered denials. */
    public void invalidateAll() {
        loader.startAnew();
        entries.invalidateAll();
    }

    /** The counts so far. */
    public CacheStatistics statistics() {
        entries.cleanUp();
        return metrics.snapshot(entries.estimatedSize());
    }

    /** Drops every data key. A request in flight keeps what it has; later ones fail. Calling it again changes nothing. */
    @Override
    public void close() {
        closed = true;
        invalidateAll();
        loader.close();
    }

    CacheLimits limits() {
        return limits;
    }

    CacheMetrics metrics() {
        return metrics;
    }

    KeyLoader loader() {
        return loader;
    }

    boolean isClosed() {
        return closed;
    }

    long now() {
        return ticker.getAsLong();
    }

    @Nullable
    CacheEntry peek(CacheKey key) {
        return entries.getIfPresent(key);
    }

    void drop(CacheKey key, CacheEntry entry) {
        entries.asMap().remove(key, entry);
    }

    void keep(CacheKey key, CacheEntry entry) {
        entries.put(key, entry);
        if (closed) {
            entries.invalidateAll();
        }
    }

    private void removed(@Nullable CacheKey key, @Nullable CacheEntry entry, RemovalCause cause) {
        if (key == null || entry == null) {
            return; // never, for strong references
        }
        entry.close();
        metrics.evicted(
                key.use(),
                switch (cause) {
                    case EXPIRED -> CacheListener.Cause.AGE;
                    case SIZE -> CacheListener.Cause.SIZE;
                    case REPLACED -> CacheListener.Cause.REPLACED;
                    case EXPLICIT, COLLECTED ->
                        entry.usedUp() ? CacheListener.Cause.USAGE : CacheListener.Cause.INVALIDATED;
                });
    }

    /** Never shows a key. */
    @Override
    public String toString() {
        return "DataKeyCache[" + limits + ", " + entries.estimatedSize() + " entries]";
    }

    /** Builds a {@link DataKeyCache}. */
    public static final class Builder {
        private CacheLimits limits = CacheLimits.DEFAULTS;
        private FailureHandling failures = FailureHandling.DEFAULTS;
        private CacheListener listener = new CacheListener() {};
        private LongSupplier ticker = System::nanoTime;
        private @Nullable Executor executor;

        private Builder() {}

        /** How long and how far a key goes. */
        public Builder limits(CacheLimits value) {
            this.limits = value;
            return this;
        }

        /** The age alone, the other limits as they are. */
        public Builder maxAge(Duration age) {
            return limits(limits.withMaxAge(age));
        }

        /** What happens when the keyring fails. */
        public Builder failures(FailureHandling value) {
            this.failures = value;
            return this;
        }

        /** Who hears what happens. */
        public Builder listener(CacheListener value) {
            this.listener = value;
            return this;
        }

        /**
         * Where keys are replaced ahead of time and asynchronous retries run. Stays the caller's to shut down. Default: up to two daemon threads of the
         * cache's own, started when needed and ended by {@link DataKeyCache#close}.
         */
        public Builder executor(Executor value) {
            this.executor = value;
            return this;
        }

        /** The clock, in nanoseconds from any origin. Default {@link System#nanoTime}. */
        public Builder ticker(LongSupplier nanoseconds) {
            this.ticker = nanoseconds;
            return this;
        }

        /** Makes the cache. */
        public DataKeyCache build() {
            return new DataKeyCache(this);
        }
    }
}
