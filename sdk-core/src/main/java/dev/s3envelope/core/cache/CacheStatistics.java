package dev.s3envelope.core.cache;

/**
 * Counts since the cache was made, taken one after the other while it runs.
 *
 * @param hits requests answered with a key at hand
 * @param misses requests that had to wait for the keyring
 * @param loads calls of the keyring that succeeded
 * @param loadFailures calls of the keyring that failed, each attempt counted
 * @param graceUses requests answered with a key beyond its age
 * @param denialsRemembered requests answered with a remembered denial
 * @param evictions keys that left the cache
 * @param entries keys in the cache now, about
 */
public record CacheStatistics(
        long hits,
        long misses,
        long loads,
        long loadFailures,
        long graceUses,
        long denialsRemembered,
        long evictions,
        long entries) {}
