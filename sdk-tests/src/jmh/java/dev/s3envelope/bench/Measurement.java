package dev.s3envelope.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One client, one size, one direction: what its rounds showed. Not safe for use by several threads. */
final class Measurement {
    private final int size;
    private final List<Double> rates = new ArrayList<>();
    private final List<long[]> latencies = new ArrayList<>();
    private long operations;
    private long cpuNanos;
    private long allocated;
    private long peakHeap;
    private long peakRss;
    private int kmsCalls;

    Measurement(int size) {
        this.size = size;
    }

    /**
     * Adds a round.
     *
     * @param rate operations a second
     * @param nanos how long each operation took
     */
    void add(double rate, long[] nanos, Usage usage, int kmsRequests) {
        rates.add(rate);
        latencies.add(nanos.clone());
        operations += nanos.length;
        cpuNanos += usage.cpuNanos();
        allocated += usage.allocated();
        peakHeap = Math.max(peakHeap, usage.peakHeap());
        peakRss = Math.max(peakRss, usage.peakRss());
        kmsCalls += kmsRequests;
    }

    /** Bytes of plaintext of each operation. */
    int size() {
        return size;
    }

    /** Operations a second, by round. */
    Series rate() {
        return new Series(rates);
    }

    /** The latency that this share of the operations did not exceed, in milliseconds. */
    double percentileMillis(double share) {
        long[] sorted = latencies.stream().flatMapToLong(Arrays::stream).sorted().toArray();
        int index = (int) Math.ceil(share * sorted.length) - 1;
        return sorted[Math.max(0, index)] / 1e6;
    }

    /** Seconds of CPU time of this process for a gigabyte (10^9 bytes) of plaintext. */
    double cpuSecondsPerGigabyte() {
        return cpuNanos / ((double) operations * size);
    }

    /** Bytes allocated for each operation. */
    double allocatedEach() {
        return (double) allocated / operations;
    }

    /** The largest heap of any round, in bytes; the client's body, which all clients share, is part of it. */
    long peakHeap() {
        return peakHeap;
    }

    /** The largest resident set of any round, in bytes; 0 where it is not known. */
    long peakRss() {
        return peakRss;
    }

    /** Whether anything was measured. */
    boolean any() {
        return operations > 0;
    }

    /** Requests KMS got for each operation. */
    double kmsEach() {
        return (double) kmsCalls / operations;
    }
}
