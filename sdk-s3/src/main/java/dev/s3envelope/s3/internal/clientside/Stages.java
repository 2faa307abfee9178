package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.internal.StageFailures;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Stages put together so that cancelling the last of them reaches the request in flight. */
public final class Stages {
    private Stages() {}

    /** The value of a stage that is complete, or that nobody but the caller's thread waits for; failures as they were thrown. */
    public static <V> V join(CompletionStage<V> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            Throwable cause = StageFailures.unwrap(e);
            if (cause instanceof RuntimeException failure) {
                throw failure;
            }
            if (cause instanceof Error error) {
                throw error;
            }
            throw e;
        }
    }

    /**
     * What a call gives that is made on an executor. Where that runs it at once on this thread, as the executor of a synchronous client does, it is the call's own stage.
     * What the call throws, the stage fails with.
     */
    public static <V> CompletionStage<V> on(Executor executor, Supplier<CompletionStage<V>> call) {
        Posted<V> posted = new Posted<>(call);
        executor.execute(posted);
        return posted.stage();
    }

    /** A call under way whose failure is given to the caller as another. */
    static <V> CompletableFuture<V> translated(CompletableFuture<V> call, UnaryOperator<Throwable> translation) {
        return failingAfter(call, failure -> CompletableFuture.completedFuture(translation.apply(failure)));
    }

    /** A call under way whose failure is given to the caller as what a stage makes of it, when that is complete; the stage must not fail. */
    public static <V> CompletableFuture<V> failingAfter(
            CompletableFuture<V> call, Function<Throwable, ? extends CompletionStage<Throwable>> translation) {
        CompletableFuture<V> result = stopping(call);
        var unused = call.whenComplete((value, failure) -> {
            if (failure == null) {
                result.complete(value);
            } else {
                var unusedLast =
                        translation.apply(StageFailures.unwrap(failure)).thenAccept(result::completeExceptionally);
            }
        });
        return result;
    }

    /** A call under way and what it uses, which is let go before the result is seen to be complete: whoever has the answer finds it free. */
    public static <V> CompletableFuture<V> releasing(CompletableFuture<V> call, Runnable release) {
        CompletableFuture<V> result = stopping(call);
        var unused = call.whenComplete((value, failure) -> {
            release.run();
            if (failure == null) {
                result.complete(value);
            } else {
                result.completeExceptionally(StageFailures.unwrap(failure));
            }
        });
        return result;
    }

    /** A call that follows a stage. What the result is completed with from outside, the call in flight is completed with too. */
    public static <A, R> CompletableFuture<R> chain(
            CompletionStage<A> first, Function<? super A, ? extends CompletionStage<R>> next) {
        CompletableFuture<R> result = new CompletableFuture<>();
        AtomicReference<@Nullable CompletionStage<R>> inFlight = new AtomicReference<>();
        var unusedForward = result.whenComplete((value, failure) -> {
            if (failure != null) {
                stop(first.toCompletableFuture(), result, failure);
                CompletionStage<R> running = inFlight.get();
                if (running != null) {
                    stop(running.toCompletableFuture(), result, failure);
                }
            }
        });
        var unused = first.whenComplete((value, failure) -> {
            if (failure != null) {
                result.completeExceptionally(StageFailures.unwrap(failure));
                return;
            }
            try {
                CompletionStage<R> running = next.apply(value);
                inFlight.set(running);
                if (result.isDone()) {
                    running.toCompletableFuture().cancel(true);
                }
                var unusedLast = running.whenComplete((answer, broken) -> {
                    if (broken == null) {
                        result.complete(answer);
                    } else {
                        result.completeExceptionally(StageFailures.unwrap(broken));
                    }
                });
            } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    /**
     * A call that follows a stage whose value is to be closed. The stage is not cancelled, since a key that was asked for comes all the same; if the result was completed
     * from outside before it came, the value is closed and there is no call.
     *
     * @param next takes the value over, if it does not throw
     */
    public static <A, R> CompletableFuture<R> chainOwned(
            CompletionStage<A> first,
            Consumer<? super A> close,
            Function<? super A, ? extends CompletionStage<R>> next) {
        CompletableFuture<A> arrived = new CompletableFuture<>();
        var unused = first.whenComplete((value, failure) -> {
            if (failure != null) {
                arrived.completeExceptionally(StageFailures.unwrap(failure));
            } else if (!arrived.complete(value)) {
                close.accept(value);
            }
        });
        return chain(arrived, value -> {
            try {
                return next.apply(value);
            } catch (RuntimeException | Error e) {
                close.accept(value);
                throw e;
            }
        });
    }

    /** A value made of another. */
    public static <A, R> CompletableFuture<R> map(CompletableFuture<A> first, Function<? super A, R> function) {
        return chain(first, value -> CompletableFuture.completedFuture(function.apply(value)));
    }

    private static final class Posted<V> implements Runnable {
        private final Supplier<CompletionStage<V>> call;
        private final Thread caller = Thread.currentThread();
        private final CompletableFuture<V> later = new CompletableFuture<>();
        /** These two are the calling thread's own. */
        private @Nullable CompletionStage<V> here;

        private boolean left;

        Posted(Supplier<CompletionStage<V>> call) {
            this.call = call;
        }

        @Override
        public void run() {
            CompletionStage<V> made;
            try {
                made = call.get();
            } catch (RuntimeException | Error e) {
                made = CompletableFuture.failedFuture(e);
            }
            if (Thread.currentThread() == caller && !left) {
                here = made;
                return;
            }
            var unused = made.whenComplete((value, failure) -> {
                if (failure == null) {
                    later.complete(value);
                } else {
                    later.completeExceptionally(StageFailures.unwrap(failure));
                }
            });
        }

        CompletionStage<V> stage() {
            left = true;
            CompletionStage<V> ready = here;
            return ready == null ? later : ready;
        }
    }

    /** A result to be completed; if that is done with a failure, the call under way ends with it. */
    private static <V> CompletableFuture<V> stopping(CompletableFuture<?> call) {
        CompletableFuture<V> result = new CompletableFuture<>();
        var unused = result.whenComplete((value, failure) -> {
            if (failure != null) {
                stop(call, result, failure);
            }
        });
        return result;
    }

    private static void stop(CompletableFuture<?> running, CompletableFuture<?> result, Throwable failure) {
        if (running.isDone()) {
            return;
        }
        if (result.isCancelled()) {
            running.cancel(true);
        } else {
            running.completeExceptionally(failure);
        }
    }
}
