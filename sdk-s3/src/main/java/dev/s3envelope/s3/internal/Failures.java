package dev.s3envelope.s3.internal;

import org.jspecify.annotations.Nullable;

/** What is done with exceptions on their way to the caller. */
final class Failures {
    private Failures() {}

    /** The first failure, which is the caller's to see; a later one rides along as suppressed. */
    static <X extends Throwable> X combine(@Nullable X first, X later) {
        if (first == null) {
            return later;
        }
        if (first != later) {
            first.addSuppressed(later);
        }
        return first;
    }
}
