package dev.s3envelope.core.s3ec;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Objects;

/**
 * Where an object waits until its tag is verified: the first {@code memoryLimit} bytes in memory, the rest in a spool file.
 *
 * <p>What waits is ciphertext; there is no plaintext before the tag is verified. The spool file is encrypted once more and authenticated
 * (AES-256-GCM by frames) under a key that exists only in this process's memory, readable by its owner only, and deleted when the plaintext is closed, on POSIX systems already when it
 * is opened: what a crash leaves behind is of no use to anyone, including those who may read the object.
 *
 * @param memoryLimit bytes of memory per object being read, 0 or more, in whole frames of 64 KiB; one more frame is always in memory, and an object takes
 *     no more than its length
 * @param directory where the spool file goes, with room for the largest object read
 * @param random makes the spool's key and name
 */
public record HoldBack(long memoryLimit, Path directory, SecureRandom random) {
    /** 16 MiB: most objects never touch the disk, and 64 reads at once take 1 GiB. */
    public static final long DEFAULT_MEMORY_LIMIT = 16L << 20;

    /** Checks the limit. */
    public HoldBack {
        if (memoryLimit < 0) {
            throw new IllegalArgumentException("negative memory limit: " + memoryLimit);
        }
        Objects.requireNonNull(directory, "directory");
        Objects.requireNonNull(random, "random");
    }

    /** The default limit, and the directory of {@code java.io.tmpdir}. */
    public static HoldBack defaults() {
        return new HoldBack(DEFAULT_MEMORY_LIMIT, Path.of(System.getProperty("java.io.tmpdir")), new SecureRandom());
    }

    /** The same with another limit. */
    public HoldBack withMemoryLimit(long bytes) {
        return new HoldBack(bytes, directory, random);
    }

    /** The same with another directory. */
    public HoldBack withDirectory(Path other) {
        return new HoldBack(memoryLimit, other, random);
    }
}
