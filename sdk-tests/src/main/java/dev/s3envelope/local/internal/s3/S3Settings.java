package dev.s3envelope.local.internal.s3;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;

/**
 * What an S3 service can be told to do differently.
 *
 * @param loopbackWithoutTls whether SSE-C and KMS requests are accepted over plain HTTP from loopback addresses. AWS
 *     refuses every such request; the default allows it, so that a test needs no certificates
 * @param newBucketsBlockSseC whether a new bucket refuses uploads under SSE-C, as AWS does since April 2026
 * @param bucketKeyLifetime how long an S3 Bucket Key serves one requester before KMS is asked again. AWS does not publish
 *     its figure
 */
public record S3Settings(
        Clock clock,
        SecureRandom random,
        boolean loopbackWithoutTls,
        boolean newBucketsBlockSseC,
        Duration bucketKeyLifetime) {

    public static S3Settings defaults() {
        return new S3Settings(Clock.systemUTC(), new SecureRandom(), true, false, Duration.ofMinutes(5));
    }

    public S3Settings withClock(Clock newClock) {
        return new S3Settings(newClock, random, loopbackWithoutTls, newBucketsBlockSseC, bucketKeyLifetime);
    }

    public S3Settings withLoopbackWithoutTls(boolean allowed) {
        return new S3Settings(clock, random, allowed, newBucketsBlockSseC, bucketKeyLifetime);
    }

    public S3Settings withNewBucketsBlockSseC(boolean blocked) {
        return new S3Settings(clock, random, loopbackWithoutTls, blocked, bucketKeyLifetime);
    }

    public S3Settings withBucketKeyLifetime(Duration lifetime) {
        return new S3Settings(clock, random, loopbackWithoutTls, newBucketsBlockSseC, lifetime);
    }
}
