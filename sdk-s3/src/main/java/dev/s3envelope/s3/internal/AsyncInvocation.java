package dev.s3envelope.s3.internal;

import dev.s3envelope.core.internal.StageFailures;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.S3Request;

/**
 * Makes a call without ever waiting. Its future is the caller's: cancelling it, or completing it with an exception such as a
 * timeout, ends the request in flight, and no other is sent after it.
 *
 * @param <T> the operation, by the type of its request
 * @param <R> what it answers
 */
public final class AsyncInvocation<T extends S3Request, R> {
    private final CompletableFuture<R> result = new CompletableFuture<>();
    private final Function<T, CompletableFuture<R>> operation;
    private final BooleanSupplier handedOut;
    private final Consumer<Throwable> onFailure;
    private volatile @Nullable CompletableFuture<?> inFlight;
    private final AtomicReference<@Nullable Attempts<T>> begun = new AtomicReference<>();
    private @Nullable Throwable first;

    private AsyncInvocation(
            Function<T, CompletableFuture<R>> operation, BooleanSupplier handedOut, Consumer<Throwable> onFailure) {
        this.operation = operation;
        this.handedOut = handedOut;
        this.onFailure = onFailure;
    }

    /**
     * Begins the call.
     *
     * @param prepare decides about the request; what it throws, the future completes with
     * @param operation sends a request
     * @param handedOut whether the caller has begun to see an answer, after which nothing is sent again
     * @param onFailure told of the failure the future is about to complete with; not of the caller's own cancellation
     */
    public static <T extends S3Request, R> CompletableFuture<R> start(
            Supplier<CompletionStage<Attempts<T>>> prepare,
            Function<T, CompletableFuture<R>> operation,
            BooleanSupplier handedOut,
            Consumer<Throwable> onFailure) {
        AsyncInvocation<T, R> invocation = new AsyncInvocation<>(operation, handedOut, onFailure);
        var unused = invocation.result.whenComplete((value, failure) -> {
            if (failure != null) {
                invocation.forward(failure);
                invocation.abandon();
            }
        });
        invocation.guarded(() -> invocation.begin(prepare.get()));
        return invocation.result;
    }

    private void begin(CompletionStage<Attempts<T>> prepared) {
        var unused = prepared.whenComplete((attempts, failure) -> guarded(() -> {
            if (failure == null) {
                begun.set(attempts);
                if (result.isDone()) {
                    abandon();
                } else {
                    send(attempts, attempts.first());
                }
            } else {
                fail(StageFailures.unwrap(failure));
            }
        }));
    }

    private void send(Attempts<T> attempts, T request) {
        if (result.isDone()) {
            return;
        }
        CompletableFuture<R> sent = operation.apply(request);
        inFlight = sent;
        if (result.isDone()) {
            sent.cancel(true);
        }
        var unused = sent.whenComplete((value, failure) -> guarded(() -> {
            if (failure == null) {
                attempts.succeeded(value);
                result.complete(value);
            } else {
                retry(attempts, StageFailures.unwrap(failure));
            }
        }));
    }

    /** Whatever a step throws ends the call: a future must never be left waiting. */
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    private void retry(Attempts<T> attempts, Throwable failure) {
        first = Failures.combine(first, failure);
        Throwable shown = first;
        if (handedOut.getAsBoolean() || result.isDone()) {
            fail(shown);
            return;
        }
        var unused = attempts.after(failure)
                .whenComplete((next, undecided) -> guarded(() -> {
                    if (undecided != null) {
                        fail(Failures.combine(shown, StageFailures.unwrap(undecided)));
                    } else if (next.isPresent()) {
                        if (attempts.superseded()) {
                            first = null;
                        }
                        send(attempts, next.get());
                    } else {
                        fail(shown);
                    }
                }));
    }

    /** What the call used is let go, and everybody told, before the caller sees the failure. */
    private void fail(Throwable failure) {
        if (result.isDone()) {
            return;
        }
        abandon();
        try {
            onFailure.accept(failure);
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        } finally {
            result.completeExceptionally(failure);
        }
    }

    /** Once, whoever ends the call. */
    private void abandon() {
        Attempts<T> attempts = begun.getAndSet(null);
        if (attempts != null) {
            attempts.abandoned();
        }
    }

    private void forward(Throwable failure) {
        CompletableFuture<?> sent = inFlight;
        if (sent == null) {
            return;
        }
        if (result.isCancelled()) {
            sent.cancel(true);
        } else {
            sent.completeExceptionally(failure);
        }
    }
}
