package dev.s3envelope.s3.internal;

import dev.s3envelope.s3.internal.clientside.Stages;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import software.amazon.awssdk.services.s3.model.S3Request;

/** Makes a call on the caller's thread: every request is sent from it, and every exception arrives as it was thrown. */
public final class SyncInvocation {
    private SyncInvocation() {}

    /** As {@link #invoke(CompletionStage, Function, BooleanSupplier)}, where an answer is handed out when it is complete. */
    public static <T extends S3Request, R> R invoke(CompletionStage<Attempts<T>> prepared, Function<T, R> operation) {
        return invoke(prepared, operation, () -> false);
    }

    /**
     * Sends the first request, and others after it while the attempts know of one.
     *
     * @param operation sends a request and gives its result
     * @param handedOut whether the caller has begun to see an answer, after which nothing is sent again
     */
    public static <T extends S3Request, R> R invoke(
            CompletionStage<Attempts<T>> prepared, Function<T, R> operation, BooleanSupplier handedOut) {
        Attempts<T> attempts = join(prepared);
        T request = attempts.first();
        RuntimeException first = null;
        while (true) {
            try {
                R result = operation.apply(request);
                attempts.succeeded(result);
                return result;
            } catch (RuntimeException failure) {
                first = Failures.combine(first, failure);
                try {
                    request = again(attempts, failure, first, handedOut);
                } catch (RuntimeException last) {
                    attempts.abandoned();
                    throw last;
                }
                if (attempts.superseded()) {
                    first = null;
                }
            }
        }
    }

    private static <T extends S3Request> T again(
            Attempts<T> attempts, RuntimeException failure, RuntimeException first, BooleanSupplier handedOut) {
        Optional<T> next = Optional.empty();
        if (!handedOut.getAsBoolean()) {
            try {
                next = join(attempts.after(failure));
            } catch (RuntimeException undecided) {
                throw Failures.combine(first, undecided);
            }
        }
        return next.orElseThrow(() -> first);
    }

    /** The value of a stage, waiting for it if it needs I/O of its own; failures as they were thrown. */
    public static <V> V join(CompletionStage<V> stage) {
        return Stages.join(stage);
    }
}
