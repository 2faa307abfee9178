package dev.s3envelope.bench;

/**
 * One client in a comparison.
 *
 * @param name as the table shows it
 * @param io what it is made to do
 * @param forget makes it forget the data keys it holds, so that counting starts from nothing
 */
record Contender(String name, Transfers io, Runnable forget) {
    Contender(String name, Transfers io) {
        this(name, io, () -> {});
    }
}
