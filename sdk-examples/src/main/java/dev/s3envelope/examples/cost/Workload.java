package dev.s3envelope.examples.cost;

import java.time.Duration;

/**
 * What is written by one principal, at a constant rate, and then read in the same order by another.
 *
 * @param objects how many
 * @param size of each, in bytes
 * @param partSize an object larger than this is uploaded in parts of this size
 * @param reads how often each is read
 * @param perSecond objects written or read per second
 * @param buckets over how many buckets they are spread
 * @param window how long a cached data key, MAC or Bucket Key is used
 */
record Workload(long objects, long size, long partSize, long reads, double perSecond, long buckets, Duration window) {
    Workload {
        require(objects >= 1 && objects <= 1_000_000_000_000L, "--objects is 1 to 10^12");
        require(size >= 0, "--size is 0 or more");
        require(partSize >= 1, "--part-size is 1 or more");
        require(reads >= 0 && reads <= 1_000_000, "--reads is 0 to 10^6");
        require(perSecond > 0 && perSecond <= 1e9, "--per-second is more than 0 and at most 10^9");
        require(buckets >= 1 && buckets <= objects, "--buckets is 1 or more, and not more than the objects");
        require(!window.isNegative() && !window.isZero(), "--window is more than 0 seconds");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /** Parts of the upload of one object; 0 where it is one PUT. */
    long parts() {
        return size > partSize ? (size - 1) / partSize + 1 : 0;
    }

    /** Windows that writing, or reading once, extends over. */
    long windows() {
        double seconds = objects / perSecond;
        return Math.max(1, (long) Math.ceil(seconds / (window.toMillis() / 1000.0)));
    }

    /** Keys that are fetched if one serves a bucket for a window; an object needs one at most. */
    long keys() {
        return Math.min(objects, Math.multiplyExact(windows(), buckets));
    }
}
