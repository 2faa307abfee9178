package dev.s3envelope.local.internal.s3;

import dev.s3envelope.local.internal.kms.KmsBackend.S3DataKey;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * S3 Bucket Keys: a key from KMS that wraps data keys for one bucket, KMS key, requester and context for a limited time, so
 * that KMS is asked once instead of per object. While one lives, KMS policies are not asked again. Thread-safe.
 */
final class BucketKeys {
    private static final int LIMIT = 10_000;

    private final Clock clock;
    private final Duration lifetime;
    private final Map<Use, Entry<S3DataKey>> writes = new HashMap<>();
    private final Map<Use, Entry<byte[]>> reads = new HashMap<>();

    BucketKeys(Clock clock, Duration lifetime) {
        this.clock = clock;
        this.lifetime = lifetime;
    }

    /** What one bucket key serves; {@code key} is the KMS key for writes and the wrapped bucket key for reads. */
    record Use(String bucket, String key, String requester, Map<String, String> context) {}

    private record Entry<T>(T value, long expires) {}

    /** The caller owns the answer and may zero it. */
    S3DataKey forWrite(Use use, Supplier<S3DataKey> fetch) {
        S3DataKey key = cached(writes, use);
        if (key == null) {
            key = fetch.get();
            S3DataKey kept = copy(key);
            keep(writes, use, kept);
            String wrapped = Base64.getEncoder().encodeToString(key.wrapped());
            keep(
                    reads,
                    new Use(use.bucket(), wrapped, use.requester(), use.context()),
                    kept.plaintext().clone());
            return key;
        }
        return copy(key);
    }

    /** The caller owns the answer and may zero it. */
    byte[] forRead(Use use, Supplier<byte[]> fetch) {
        byte[] key = cached(reads, use);
        if (key == null) {
            key = fetch.get();
            keep(reads, use, key.clone());
            return key;
        }
        return key.clone();
    }

    private static S3DataKey copy(S3DataKey key) {
        return new S3DataKey(key.keyArn(), key.plaintext().clone(), key.wrapped());
    }

    private <T> @org.jspecify.annotations.Nullable T cached(Map<Use, Entry<T>> cache, Use use) {
        synchronized (cache) {
            Entry<T> entry = cache.get(use);
            return entry == null || entry.expires() <= clock.millis() ? null : entry.value();
        }
    }

    private <T> void keep(Map<Use, Entry<T>> cache, Use use, T value) {
        synchronized (cache) {
            if (cache.size() >= LIMIT) {
                cache.clear();
            }
            cache.put(use, new Entry<>(value, clock.millis() + lifetime.toMillis()));
        }
    }
}
