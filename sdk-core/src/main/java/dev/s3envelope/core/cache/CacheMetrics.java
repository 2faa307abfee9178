package dev.s3envelope.core.cache;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what happens and tells the listener, whose failures stay here. */
final class CacheMetrics {
    private static final Logger LOG = LoggerFactory.getLogger(DataKeyCache.class);

    private final CacheListener listener;
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder loads = new LongAdder();
    private final LongAdder loadFailures = new LongAdder();
    private final LongAdder graceUses = new LongAdder();
    private final LongAdder denialsRemembered = new LongAdder();
    private final LongAdder evictions = new LongAdder();

    CacheMetrics(CacheListener listener) {
        this.listener = listener;
    }

    void hit(CacheListener.Use use) {
        hits.increment();
        tell(to -> to.hit(use));
    }

    void miss(CacheListener.Use use) {
        misses.increment();
        tell(to -> to.miss(use));
    }

    void loaded(CacheListener.Use use, long nanos, boolean success) {
        (success ? loads : loadFailures).increment();
        tell(to -> to.loaded(use, Duration.ofNanos(nanos), success));
    }

    void graceUsed(CacheListener.Use use) {
        graceUses.increment();
        tell(to -> to.graceUsed(use));
    }

    void denialRemembered(CacheListener.Use use) {
        denialsRemembered.increment();
        tell(to -> to.denialRemembered(use));
    }

    void evicted(CacheListener.Use use, CacheListener.Cause cause) {
        evictions.increment();
        tell(to -> to.evicted(use, cause));
    }

    CacheStatistics snapshot(long entries) {
        return new CacheStatistics(
                hits.sum(),
                misses.sum(),
                loads.sum(),
                loadFailures.sum(),
                graceUses.sum(),
                denialsRemembered.sum(),
                evictions.sum(),
                entries);
    }

    private void tell(Consumer<CacheListener> event) {
        try {
            event.accept(listener);
        } catch (RuntimeException e) {
            LOG.warn("A data-key cache listener failed; the cache goes on.", e);
        }
    }
}
