package dev.s3envelope.core.internal;

import java.util.concurrent.CompletionException;

/** Failures as they were before a chain of stages wrapped them. */
public final class StageFailures {
    private StageFailures() {}

    /** What a chain of stages wrapped in {@link CompletionException}s, or the failure itself. */
    public static Throwable unwrap(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
