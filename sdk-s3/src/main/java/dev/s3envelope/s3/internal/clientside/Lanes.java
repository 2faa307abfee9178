package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.internal.StageFailures;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One call for each entry of a list, some at a time, the results in the list's order. A lane takes the next entry when its call is done; calls that are complete when they
 * return keep to one lane, on the caller's thread. After a failure, or when the result is cancelled, no further call is made.
 */
final class Lanes<E, V> {
    private final List<E> entries;
    private final Function<E, CompletionStage<V>> call;
    private final AtomicReferenceArray<@Nullable V> values;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger left;
    private final CompletableFuture<List<V>> result = new CompletableFuture<>();

    private Lanes(List<E> entries, Function<E, CompletionStage<V>> call) {
        this.entries = entries;
        this.call = call;
        this.values = new AtomicReferenceArray<>(entries.size());
        this.left = new AtomicInteger(entries.size());
    }

    /**
     * Makes the calls.
     *
     * @param entries at least one
     * @param atATime the most calls under way at once
     */
    static <E, V> CompletableFuture<List<V>> of(List<E> entries, int atATime, Function<E, CompletionStage<V>> call) {
        Lanes<E, V> lanes = new Lanes<>(entries, call);
        for (int lane = 0; lane < Math.min(atATime, entries.size()); lane++) {
            lanes.run();
        }
        return lanes.result;
    }

    private void run() {
        while (!result.isDone()) {
            int index = next.getAndIncrement();
            if (index >= entries.size()) {
                return;
            }
            CompletableFuture<V> one;
            try {
                one = call.apply(entries.get(index)).toCompletableFuture();
            } catch (RuntimeException e) {
                one = CompletableFuture.failedFuture(e);
            }
            if (!one.isDone()) {
                var unused = one.whenComplete((value, failure) -> {
                    settle(index, value, failure);
                    run();
                });
                return;
            }
            var unused = one.whenComplete((value, failure) -> settle(index, value, failure));
        }
    }

    private void settle(int index, @Nullable V value, @Nullable Throwable failure) {
        if (failure != null) {
            result.completeExceptionally(StageFailures.unwrap(failure));
            return;
        }
        values.set(index, value);
        if (left.decrementAndGet() == 0) {
            result.complete(
                    IntStream.range(0, entries.size()).mapToObj(values::get).toList());
        }
    }
}
