package dev.s3envelope.bench;

import java.util.Locale;

/**
 * One setting of {@link PeerBench}.
 *
 * @param size bytes of an object
 * @param threads at work at once
 * @param kmsMillis the least time a KMS request takes
 */
record Cell(int size, int threads, int kmsMillis) {
    /** 64 MiB, but for what the S3 Encryption Client adds to it before it compares with its limit. */
    static final int MIB_64 = (64 << 20) - 1024;

    /** The most objects of one client. */
    static final int KEYS = 64;

    private static final int LARGE = 16 << 20;
    private static final int ALONE = 256 << 20;
    private static final int MEBIBYTE = 1 << 20;
    private static final int KIBIBYTE = 1 << 10;

    static Cell parse(String text) {
        String[] fields = text.split("x");
        return new Cell(Integer.parseInt(fields[0]), Integer.parseInt(fields[1]), Integer.parseInt(fields[2]));
    }

    /** Objects of one client, written and read over and over. */
    int keys() {
        return size < LARGE ? KEYS : 2;
    }

    /** Of so many rounds those that large objects get, which take long and differ less. */
    int rounds(int most) {
        return alone() ? Math.min(most, 3) : size < LARGE ? most : (most + 1) / 2;
    }

    /** Whether an object is so large that there is one, and one operation a round. */
    boolean alone() {
        return size >= ALONE;
    }

    /** Whether ranges are read too. */
    boolean ranges() {
        return alone();
    }

    /** The size as people say it. */
    String sizeText() {
        if (size < MEBIBYTE) {
            return size / KIBIBYTE + " KiB";
        }
        int mebibytes = (size + MEBIBYTE - 1) / MEBIBYTE;
        return mebibytes >= KIBIBYTE ? mebibytes / KIBIBYTE + " GiB" : mebibytes + " MiB";
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s, %s, KMS %d ms",
                sizeText(),
                threads == 1 ? "one thread" : threads + " threads",
                kmsMillis);
    }
}
