package dev.s3envelope.s3.internal;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.S3Request;

/**
 * The requests that one call of an operation may need, the first of them ready. Most calls need one; a read that may meet an
 * SSE-C object under one of several keys can need more. Used by one call, by one thread at a time.
 *
 * @param <T> the operation, by the type of its request
 */
public interface Attempts<T extends S3Request> {
    /** The request to send first. */
    T first();

    /**
     * The request to send after one failed before any byte of a response body was handed out; empty where another would not
     * help, and the first failure is the caller's to see.
     */
    default CompletionStage<Optional<T>> after(Throwable failure) {
        return CompletableFuture.completedFuture(Optional.empty());
    }

    /** Whether the failure before the last request that was given out says nothing to the caller, so that a later one is shown alone. */
    default boolean superseded() {
        return false;
    }

    /** Told of the answer to the last request that was given out. */
    default void succeeded(@Nullable Object answer) {}

    /** Told that the call ended without an answer: it failed for good, or its caller gave it up. */
    default void abandoned() {}

    /** One request and no other. */
    static <T extends S3Request> Attempts<T> one(T request) {
        return () -> request;
    }

    /** One request and no other, and somebody to be told of the answer. */
    static <T extends S3Request> Attempts<T> one(T request, Consumer<@Nullable Object> onAnswer) {
        return new Attempts<>() {
            @Override
            public T first() {
                return request;
            }

            @Override
            public void succeeded(@Nullable Object answer) {
                onAnswer.accept(answer);
            }
        };
    }
}
