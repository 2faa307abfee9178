package dev.s3envelope.bench;

/**
 * One client in a comparison.
 *
 * @param name as the table shows it
 * @param io what it is made to do
 * @param forget makes it forget the data keys it holds, so that counting starts from nothing
 * @param largest the largest object it takes part with, in bytes
 * @param ranges whether it reads ranges
 */
record Contender(String name, Transfers io, Runnable forget, int largest, boolean ranges) {
    Contender(String name, Transfers io) {
        this(name, io, () -> {});
    }

    Contender(String name, Transfers io, Runnable forget) {
        this(name, io, forget, Integer.MAX_VALUE, true);
    }

    /** The same for objects up to a size, and without ranges. */
    Contender upTo(int bytes) {
        return new Contender(name, io, forget, bytes, false);
    }

    /** The same without ranges. */
    Contender whole() {
        return upTo(largest);
    }
}
