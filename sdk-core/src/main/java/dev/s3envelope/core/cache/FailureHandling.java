package dev.s3envelope.core.cache;

import java.time.Duration;

/**
 * What the cache does when the keyring behind it fails.
 *
 * <p>A <em>transient</em> failure is throttling, a 5xx answer, or no answer; a <em>denial</em> is AccessDeniedException. Anything else, a disabled key
 * for instance, is passed on at once and never remembered.
 *
 * @param attempts tries per missing key when failures are transient, beyond those of the AWS SDK itself; 1 to 10. Default 3
 * @param backoff before the second try; doubled for each further one, with full jitter. Default 100 ms
 * @param denialMemory how long a denial is answered from memory, so that a denied caller in a loop does not use up the KMS quota; zero
 *     turns it off. Default 1 second
 * @param grace how long beyond its age a key is still used when it cannot be replaced because of transient failures; zero, the default, turns
 *     it off. Each use is counted and the first of each outage logged. A denial ends it at once
 */
public record FailureHandling(int attempts, Duration backoff, Duration denialMemory, Duration grace) {
    /** The defaults. */
    public static final FailureHandling DEFAULTS =
            new FailureHandling(3, Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ZERO);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is out of its range
     */
    public FailureHandling {
        if (attempts < 1 || attempts > 10) {
            throw new IllegalArgumentException("attempts is 1 to 10, not " + attempts);
        }
        if (backoff.isNegative() || denialMemory.isNegative() || grace.isNegative()) {
            throw new IllegalArgumentException("backoff, denialMemory and grace are not negative");
        }
    }

    /** The same with another number of attempts and another first pause. */
    public FailureHandling withRetries(int number, Duration firstPause) {
        return new FailureHandling(number, firstPause, denialMemory, grace);
    }

    /** The same with another memory for denials. */
    public FailureHandling withDenialMemory(Duration time) {
        return new FailureHandling(attempts, backoff, time, grace);
    }

    /** The same with another grace. */
    public FailureHandling withGrace(Duration time) {
        return new FailureHandling(attempts, backoff, denialMemory, time);
    }
}
