package dev.s3envelope.s3.internal.clientside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** What a call uses is let go before anybody sees its answer; calls on an executor, at once and later. */
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

    @Test
    void callOnThisThread_isItsOwnStage() {
        assertSame(call, Stages.on(Runnable::run, () -> call));
    }

    @Test
    void callThatIsRunLater_completesWhatWasGivenOut() {
        List<Runnable> posted = new ArrayList<>();
        CompletableFuture<String> given = Stages.on(posted::add, () -> call).toCompletableFuture();
        call.complete("answer");
        assertFalse(given.isDone());

        posted.forEach(Runnable::run); // by the thread that posted it, but later

        assertEquals("answer", given.join());
    }

    @Test
    void whatACallThrows_theStageFailsWith() {
        IllegalStateException failure = new IllegalStateException("no call");
        List<Runnable> posted = new ArrayList<>();
        CompletableFuture<String> later = Stages.<String>on(posted::add, () -> {
                    throw failure;
                })
                .toCompletableFuture();
        posted.forEach(Runnable::run);
        CompletableFuture<String> now = Stages.<String>on(Runnable::run, () -> {
                    throw failure;
                })
                .toCompletableFuture();

        assertSame(failure, assertThrows(CompletionException.class, later::join).getCause());
        assertSame(failure, assertThrows(CompletionException.class, now::join).getCause());
    }
}
