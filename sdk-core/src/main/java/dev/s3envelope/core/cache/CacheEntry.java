package dev.s3envelope.core.cache;

import dev.s3envelope.core.keyring.DataKey;
import dev.s3envelope.core.keyring.WrappedKey;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One cached data key and what it has been used for. The entry is one owner of the key; each request it serves becomes another, so that
 * an eviction in the middle of a request takes nothing away from it.
 */
final class CacheEntry {
    private final DataKey key;
    private final List<WrappedKey> wrappedKeys;
    private final long madeAt;
    private final AtomicLong messages = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicBoolean refreshing = new AtomicBoolean();
    private volatile boolean usedUp;
    private volatile long askAgainAt;

    /** Takes over {@code key}. {@code madeAt} is in the ticker's nanoseconds. */
    CacheEntry(DataKey key, List<WrappedKey> wrappedKeys, long madeAt) {
        this.key = key;
        this.wrappedKeys = wrappedKeys;
        this.madeAt = madeAt;
        this.askAgainAt = madeAt;
    }

    List<WrappedKey> wrappedKeys() {
        return wrappedKeys;
    }

    long age(long now) {
        return now - madeAt;
    }

    /** Before this time, in the ticker's nanoseconds, the keyring that failed is left alone. */
    long askAgainAt() {
        return askAgainAt;
    }

    void askAgainAt(long time) {
        this.askAgainAt = time;
    }

    boolean usedUp() {
        return usedUp;
    }

    /** A handle for one reader, or empty if the entry was evicted meanwhile. */
    Optional<DataKey> lend() {
        return key.tryRetain();
    }

    /** A handle for one message of this many bytes, or empty if that would pass a limit or the entry was evicted meanwhile. */
    Optional<DataKey> lend(long length, CacheLimits limits) {
        if (messages.incrementAndGet() > limits.maxMessages() || !addBytes(length, limits.maxBytes())) {
            usedUp = true;
            return Optional.empty();
        }
        return key.tryRetain();
    }

    private boolean addBytes(long length, long max) {
        long before;
        do {
            before = bytes.get();
            if (length > max - before) {
                return false;
            }
        } while (!bytes.compareAndSet(before, before + length));
        return true;
    }

    /** Whether four fifths of the age, the messages or the bytes are gone, told to one caller only. */
    boolean claimRefresh(long now, CacheLimits limits) {
        boolean due = age(now) > limits.maxAge().toNanos() / 5 * 4
                || messages.get() > limits.maxMessages() / 5 * 4 + 1
                || bytes.get() > limits.maxBytes() / 5 * 4;
        return due && refreshing.compareAndSet(false, true);
    }

    /** Lets another try be made after one that failed. */
    void releaseRefresh() {
        refreshing.set(false);
    }

    void close() {
        key.close();
    }
}
