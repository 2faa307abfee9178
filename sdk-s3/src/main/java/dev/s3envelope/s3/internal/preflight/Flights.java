package dev.s3envelope.s3.internal.preflight;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets calls that are made at the same time for the same thing be one call. No lock is held while it is under way: the one who came first makes it, on its own
 * thread if it blocks, and the others get its answer.
 */
final class Flights<K, V> {
    private final ConcurrentMap<K, CompletableFuture<V>> flights = new ConcurrentHashMap<>();

    /** The answer of the call under way for this key, else of this call. */
    CompletionStage<V> join(K key, Supplier<CompletionStage<V>> call) {
        CompletableFuture<V> mine = new CompletableFuture<>();
        CompletableFuture<V> others = flights.putIfAbsent(key, mine);
        if (others != null) {
            return others.copy();
        }
        try {
            var unused = call.get().whenComplete((value, failure) -> land(key, mine, value, failure));
        } catch (RuntimeException | Error e) {
            land(key, mine, null, e);
        }
        return mine.copy();
    }

    private void land(K key, CompletableFuture<V> flight, @Nullable V value, @Nullable Throwable failure) {
        flights.remove(key, flight);
        if (failure == null) {
            flight.complete(value);
        } else {
            flight.completeExceptionally(failure);
        }
    }
}
