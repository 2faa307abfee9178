package dev.s3envelope.s3.internal.clientside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** What a call uses is let go before anybody sees its answer. */
class StagesTest {
    private final List<String> order = new ArrayList<>();
    private final CompletableFuture<String> call = new CompletableFuture<>();
    private final CompletableFuture<String> releasing = Stages.releasing(call, () -> order.add("released"));

    @Test
    void answerIsSeenAfterTheRelease() {
        CompletableFuture<Void> seen = releasing.thenAccept(order::add);

        call.complete("answer");

        seen.join();
        assertEquals(List.of("released", "answer"), order);
    }

    @Test
    void failureIsSeenAfterTheRelease_asItWas() {
        IllegalStateException failure = new IllegalStateException("no answer");
        CompletableFuture<Void> seen = releasing.handle((answer, broken) -> {
            order.add("failed");
            return null;
        });

        call.completeExceptionally(failure);

        seen.join();
        assertEquals(List.of("released", "failed"), order);
        assertSame(
                failure,
                assertThrows(CompletionException.class, releasing::join).getCause());
    }

    @Test
    void cancellingTheResult_endsTheCallAndReleases() {
        releasing.cancel(true);

        assertTrue(call.isCancelled());
        assertEquals(List.of("released"), order);
    }

    @Test
    void timeoutOfTheResult_reachesTheCall() {
        TimeoutException late = new TimeoutException("late");

        releasing.completeExceptionally(late);

        assertSame(late, assertThrows(CompletionException.class, call::join).getCause());
        assertEquals(List.of("released"), order);
    }
}
