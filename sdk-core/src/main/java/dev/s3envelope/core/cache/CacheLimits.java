package dev.s3envelope.core.cache;

import java.time.Duration;

/**
 * How long and how far one cached data key goes.
 *
 * <p>Each message is encrypted under a key of its own, derived from the data key and a random message id, so that the limits on messages and
 * bytes bound the harm of a leaked data key rather than hold off a cryptographic failure; the defaults are far below where that
 * would begin. The age is what bounds how long a revoked permission goes unnoticed. Source: AWS Encryption SDK Developer Guide, "Setting cache
 * security thresholds".
 *
 * @param maxAge from the KMS call on; over zero. Default 5 minutes
 * @param maxMessages encrypted under one data key, 1 to 2^32. Default 2^28
 * @param maxBytes of plaintext encrypted under one data key, at least 1. Default 2^50 (1 PiB). A message of unknown length counts as 5 GiB
 * @param maxEntries keys held at a time, for reading and writing together, at least 1. Default 1,000
 */
public record CacheLimits(Duration maxAge, long maxMessages, long maxBytes, int maxEntries) {
    /** The defaults. */
    public static final CacheLimits DEFAULTS = new CacheLimits(Duration.ofMinutes(5), 1L << 28, 1L << 50, 1_000);

    /** What a message of unknown length counts as: the most that one PutObject takes. */
    static final long UNKNOWN_LENGTH = 5L << 30;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is out of its range
     */
    public CacheLimits {
        require(!maxAge.isZero() && !maxAge.isNegative(), "maxAge is over zero, not " + maxAge);
        require(maxMessages >= 1 && maxMessages <= 1L << 32, "maxMessages is 1 to 2^32, not " + maxMessages);
        require(maxBytes >= 1, "maxBytes is at least 1, not " + maxBytes);
        require(maxEntries >= 1, "maxEntries is at least 1, not " + maxEntries);
    }

    /** The same limits with another age. */
    public CacheLimits withMaxAge(Duration age) {
        return new CacheLimits(age, maxMessages, maxBytes, maxEntries);
    }

    /** The same limits with another number of messages. */
    public CacheLimits withMaxMessages(long messages) {
        return new CacheLimits(maxAge, messages, maxBytes, maxEntries);
    }

    /** The same limits with another number of bytes. */
    public CacheLimits withMaxBytes(long bytes) {
        return new CacheLimits(maxAge, maxMessages, bytes, maxEntries);
    }

    /** The same limits with another number of entries. */
    public CacheLimits withMaxEntries(int entries) {
        return new CacheLimits(maxAge, maxMessages, maxBytes, entries);
    }

    private static void require(boolean holds, String range) {
        if (!holds) {
            throw new IllegalArgumentException(range);
        }
    }
}
