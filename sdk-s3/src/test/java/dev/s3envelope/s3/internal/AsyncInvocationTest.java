package dev.s3envelope.s3.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;

/** In which order a call ends: what it used is let go, and then its caller sees that it failed. */
class AsyncInvocationTest {
    private final List<String> order = new ArrayList<>();
    private final CompletableFuture<Attempts<GetObjectRequest>> prepared = new CompletableFuture<>();
    private final CompletableFuture<String> sent = new CompletableFuture<>();
    private final CompletableFuture<String> call =
            AsyncInvocation.start(() -> prepared, request -> sent, () -> false, failure -> order.add("told"));
    private final Attempts<GetObjectRequest> attempts = new Attempts<>() {
        @Override
        public GetObjectRequest first() {
            return GetObjectRequest.builder().build();
        }

        @Override
        public void abandoned() {
            order.add(call.isDone() ? "abandoned, late" : "abandoned");
        }
    };

    @Test
    void aFailureIsSeen_whenTheAttemptsWereGivenUp() {
        prepared.complete(attempts);
        sent.completeExceptionally(new IllegalStateException("no"));
        assertTrue(call.isCompletedExceptionally());
        assertEquals(List.of("abandoned", "told"), order);
    }

    @Test
    void nothingIsGivenUp_whereThereIsAnAnswer() {
        prepared.complete(attempts);
        sent.complete("answer");
        assertEquals("answer", call.join());
        assertEquals(List.of(), order);
    }

    @Test
    void attemptsAreGivenUpOnce_whenTheCallerCancels() {
        prepared.complete(attempts);
        call.cancel(true);
        assertTrue(sent.isCancelled());
        assertEquals(List.of("abandoned, late"), order);
    }

    @Test
    void attemptsThatComeAfterTheCallerCancelled_areGivenUpOnce() {
        call.cancel(true);
        prepared.complete(attempts);
        assertEquals(List.of("abandoned, late"), order);
    }
}
