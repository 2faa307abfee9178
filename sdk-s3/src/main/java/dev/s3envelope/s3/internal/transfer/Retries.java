package dev.s3envelope.s3.internal.transfer;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.internal.StageFailures;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkServiceException;

/** Which failures of one piece are worth another request, after those of the AWS SDK: it does not repeat a body that breaks midway on every client. */
final class Retries {
    private Retries() {}

    /** Whether a request broke on its way, rather than was answered, refused or given up. */
    static boolean another(Throwable failure) {
        return failure instanceof Exception
                && !(failure instanceof EnvelopeException)
                && !(failure instanceof SdkServiceException)
                && !(failure instanceof CancellationException)
                && !(failure instanceof AbortedException)
                && !(failure instanceof ApiCallTimeoutException)
                && !(failure instanceof IllegalStateException)
                && !(failure instanceof IllegalArgumentException);
    }

    /** A call, and another one if it broke. What the result is completed with from outside ends the call under way. */
    static <V> CompletableFuture<V> twice(Supplier<CompletableFuture<V>> call) {
        CompletableFuture<V> result = new CompletableFuture<>();
        AtomicReference<@Nullable CompletableFuture<V>> underWay = new AtomicReference<>();
        var unusedStop = result.whenComplete((value, failure) -> {
            CompletableFuture<V> running = underWay.get();
            if (failure != null && running != null) {
                running.cancel(true);
            }
        });
        attempt(call, result, underWay, true);
        return result;
    }

    private static <V> void attempt(
            Supplier<CompletableFuture<V>> call,
            CompletableFuture<V> result,
            AtomicReference<@Nullable CompletableFuture<V>> underWay,
            boolean first) {
        CompletableFuture<V> running;
        try {
            running = call.get();
        } catch (RuntimeException e) {
            result.completeExceptionally(e);
            return;
        }
        underWay.set(running);
        if (result.isDone()) {
            running.cancel(true);
        }
        var unused = running.whenComplete((value, failure) -> {
            Throwable cause = failure == null ? null : StageFailures.unwrap(failure);
            if (cause == null) {
                result.complete(value);
            } else if (first && !result.isDone() && another(cause)) {
                attempt(call, result, underWay, false);
            } else {
                result.completeExceptionally(cause);
            }
        });
    }
}
