package dev.s3envelope.core;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.function.Executable;

/** Asserts that something is refused with a given exception whose message has the essentials. */
public final class Refused {
    private Refused() {}

    public static <E extends Throwable> E by(Class<E> type, Executable action, String... essentials) {
        E refusal = Assertions.assertThrows(type, action);
        for (String essential : essentials) {
            assertTrue(message(refusal).contains(essential), () -> "\"" + essential + "\" in: " + message(refusal));
        }
        return refusal;
    }

    /** The stage has completed, with the exception itself and not a wrapper of it. */
    public static <E extends Throwable> E by(Class<E> type, CompletionStage<?> stage, String... essentials) {
        CompletableFuture<?> future = stage.toCompletableFuture();
        assertTrue(future.isDone(), "the stage is not complete");
        CompletionException wrapped = Assertions.assertThrows(CompletionException.class, future::join);
        return by(
                type,
                () -> {
                    throw wrapped.getCause() == null ? wrapped : wrapped.getCause();
                },
                essentials);
    }

    public static String message(Throwable failure) {
        return String.valueOf(failure.getMessage());
    }
}
