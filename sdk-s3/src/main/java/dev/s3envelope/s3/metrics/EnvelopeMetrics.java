package dev.s3envelope.s3.metrics;

import dev.s3envelope.core.cache.CacheListener;
import dev.s3envelope.core.cache.DataKeyCache;
import dev.s3envelope.core.iam.Verdict;
import dev.s3envelope.s3.EnvelopeListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/**
 * Counts into a Micrometer registry what {@link EnvelopeMeter} lists. Give its parts to what shall be counted:
 *
 * <pre>{@code
 * EnvelopeMetrics metrics = EnvelopeMetrics.into(registry);
 * KmsClient kms = KmsClient.builder().overrideConfiguration(o -> o.addExecutionInterceptor(metrics.kms())).build();
 * DataKeyCache cache = DataKeyCache.builder().listener(metrics.cache()).build();
 * metrics.watch(cache);
 * EnvelopeS3Client.builder().listener(metrics.objects())...
 * }</pre>
 *
 * <p>Safe for use by several threads; the registry stays the caller's.
 */
public final class EnvelopeMetrics {
    private final MeterRegistry registry;

    private EnvelopeMetrics(MeterRegistry registry) {
        this.registry = Objects.requireNonNull(registry, "registry");
    }

    /** Counts into this registry. */
    public static EnvelopeMetrics into(MeterRegistry registry) {
        return new EnvelopeMetrics(registry);
    }

    /** For {@link DataKeyCache.Builder#listener}. */
    public CacheListener cache() {
        return new CacheMeters();
    }

    /** Shows how many data keys a cache holds; the registry holds the cache weakly. */
    public void watch(DataKeyCache cache) {
        EnvelopeMeter meter = EnvelopeMeter.CACHE_ENTRIES;
        Gauge.builder(meter.meterName(), cache, watched -> watched.statistics().entries())
                .baseUnit(meter.unit())
                .description(meter.description())
                .register(registry);
    }

    /** For the override configuration of a KMS client, synchronous or asynchronous. */
    public ExecutionInterceptor kms() {
        return new KmsRequestTimes(this);
    }

    /** For {@link dev.s3envelope.s3.EnvelopeBuilder#listener}. */
    public EnvelopeListener objects() {
        return new ObjectMeters();
    }

    /** Adds to a counter; tags are name, value, name, value. */
    private void count(EnvelopeMeter meter, long amount, String... tags) {
        Counter.builder(meter.meterName())
                .baseUnit(meter.unit())
                .description(meter.description())
                .tags(tags)
                .register(registry)
                .increment((double) amount);
    }

    /** Adds to a timer; tags are name, value, name, value. */
    void time(EnvelopeMeter meter, Duration time, String... tags) {
        Timer.builder(meter.meterName())
                .description(meter.description())
                .tags(tags)
                .register(registry)
                .record(time);
    }

    static String outcome(boolean success) {
        return success ? "success" : "failure";
    }

    private final class CacheMeters implements CacheListener {
        @Override
        public void hit(Use use) {
            count(EnvelopeMeter.CACHE_REQUESTS, 1, "use", text(use), "result", "hit");
        }

        @Override
        public void miss(Use use) {
            count(EnvelopeMeter.CACHE_REQUESTS, 1, "use", text(use), "result", "miss");
        }

        @Override
        public void loaded(Use use, Duration time, boolean success) {
            EnvelopeMetrics.this.time(EnvelopeMeter.CACHE_LOADS, time, "use", text(use), "outcome", outcome(success));
        }

        @Override
        public void graceUsed(Use use) {
            count(EnvelopeMeter.CACHE_GRACE, 1, "use", text(use));
        }

        @Override
        public void denialRemembered(Use use) {
            count(EnvelopeMeter.CACHE_DENIALS, 1, "use", text(use));
        }

        @Override
        public void evicted(Use use, Cause cause) {
            count(EnvelopeMeter.CACHE_EVICTIONS, 1, "use", text(use), "cause", text(cause));
        }

        private static String text(Enum<?> value) {
            return value.name().toLowerCase(Locale.ROOT);
        }
    }

    private final class ObjectMeters implements EnvelopeListener {
        @Override
        public void objectWritten(Mode mode) {
            count(EnvelopeMeter.OBJECTS, 1, "direction", "written", "mode", mode.text());
        }

        @Override
        public void bytesWritten(Mode mode, long bytes) {
            count(EnvelopeMeter.BYTES, bytes, "direction", "written", "mode", mode.text());
        }

        @Override
        public void objectRead(Mode mode, long bytes) {
            count(EnvelopeMeter.OBJECTS, 1, "direction", "read", "mode", mode.text());
            count(EnvelopeMeter.BYTES, bytes, "direction", "read", "mode", mode.text());
        }

        @Override
        public void preflight(Verdict verdict, boolean asked) {
            count(
                    EnvelopeMeter.PREFLIGHT_VERDICTS,
                    1,
                    "verdict",
                    verdict.name().toLowerCase(Locale.ROOT),
                    "source",
                    asked ? "asked" : "remembered");
        }
    }
}
