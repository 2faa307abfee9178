package dev.s3envelope.core.cache;

import java.time.Duration;

/**
 * Hears what the cache does, for metrics.
 *
 * <p>Methods are called on whichever thread did the thing, possibly by several at once, and must return quickly; what they throw is logged and
 * dropped. None of them ever sees key material.
 */
public interface CacheListener {
    /** What a data key is wanted for. */
    enum Use {
        /** Writing: GenerateDataKey. */
        ENCRYPT,
        /** Reading: Decrypt. */
        DECRYPT
    }

    /** Why a data key left the cache. */
    enum Cause {
        /** It reached its age. */
        AGE,
        /** It served its number of messages or bytes. */
        USAGE,
        /** There were more keys than entries. */
        SIZE,
        /** A fresher key took its place. */
        REPLACED,
        /** It was invalidated, or the cache closed. */
        INVALIDATED
    }

    /** A key was at hand. Called once for each request. */
    default void hit(Use use) {}

    /** No key was at hand, and this request waits for the keyring, alone or with others that want the same. */
    default void miss(Use use) {}

    /** The keyring was asked, once, and answered after this time. */
    default void loaded(Use use, Duration time, boolean success) {}

    /** A key beyond its age was used because the keyring fails: see {@link FailureHandling#grace}. */
    default void graceUsed(Use use) {}

    /** A denial was answered from memory. */
    default void denialRemembered(Use use) {}

    /** A key left the cache; it is zeroed when its last user is done. */
    default void evicted(Use use, Cause cause) {}
}
