package dev.s3envelope.s3.internal;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SplittingTransformerConfiguration;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;

/**
 * Stands before the caller's transformer while it is still open whether a request will be sent again: a failure that comes
 * before any response ends the attempt, but the caller's transformer hears of it only when it is final. Otherwise a file would be
 * deleted, or a listener told of a failed transfer, that is about to succeed.
 *
 * @param <ResponseT> the response of the operation
 * @param <ResultT> what the caller's transformer makes of it
 */
public final class HeldFailureTransformer<ResponseT, ResultT> implements AsyncResponseTransformer<ResponseT, ResultT> {
    private final AsyncResponseTransformer<ResponseT, ResultT> callers;
    private final AtomicBoolean told = new AtomicBoolean();
    private volatile boolean responded;
    private volatile @Nullable ResponseT response;
    private volatile @Nullable CompletableFuture<ResultT> attempt;

    /** Stands before the caller's transformer. */
    public HeldFailureTransformer(AsyncResponseTransformer<ResponseT, ResultT> callers) {
        this.callers = callers;
    }

    /** Whether the caller's transformer has seen a response. */
    public boolean responded() {
        return responded;
    }

    /** The response the caller's transformer was given last; empty where parts of a split download were given theirs. */
    public Optional<ResponseT> response() {
        return Optional.ofNullable(response);
    }

    /** The caller's transformer itself, which from now on hears of failures from the SDK. */
    public AsyncResponseTransformer<ResponseT, ResultT> passing() {
        told.set(true);
        return callers;
    }

    /** Tells the caller's transformer of the failure that is final, unless it knows. */
    public void failed(Throwable failure) {
        if (told.compareAndSet(false, true)) {
            callers.exceptionOccurred(failure);
        }
    }

    @Override
    public CompletableFuture<ResultT> prepare() {
        CompletableFuture<ResultT> inner = callers.prepare();
        CompletableFuture<ResultT> outer = new CompletableFuture<>();
        var unused = inner.whenComplete((value, failure) -> {
            if (failure == null) {
                outer.complete(value);
            } else {
                outer.completeExceptionally(failure);
            }
        });
        attempt = outer;
        return outer;
    }

    @Override
    public void onResponse(ResponseT response) {
        responded = true;
        this.response = response;
        callers.onResponse(response);
    }

    @Override
    public void onStream(SdkPublisher<ByteBuffer> publisher) {
        callers.onStream(publisher);
    }

    @Override
    public void exceptionOccurred(Throwable failure) {
        if (responded) {
            told.set(true);
            callers.exceptionOccurred(failure);
            return;
        }
        CompletableFuture<ResultT> current = attempt;
        if (current != null) {
            current.completeExceptionally(failure);
        }
    }

    @Override
    public SplitResult<ResponseT, ResultT> split(SplittingTransformerConfiguration configuration) {
        SplitResult<ResponseT, ResultT> split = callers.split(configuration);
        return split.toBuilder().publisher(split.publisher().map(Part::new)).build();
    }

    @Override
    public String name() {
        return callers.name();
    }

    /** One part of a split download, observed and otherwise the caller's. */
    private final class Part implements AsyncResponseTransformer<ResponseT, ResponseT> {
        private final AsyncResponseTransformer<ResponseT, ResponseT> part;

        Part(AsyncResponseTransformer<ResponseT, ResponseT> part) {
            this.part = part;
        }

        @Override
        public CompletableFuture<ResponseT> prepare() {
            return part.prepare();
        }

        @Override
        public void onResponse(ResponseT response) {
            responded = true;
            part.onResponse(response);
        }

        @Override
        public void onStream(SdkPublisher<ByteBuffer> publisher) {
            part.onStream(publisher);
        }

        @Override
        public void exceptionOccurred(Throwable failure) {
            told.set(true);
            part.exceptionOccurred(failure);
        }

        @Override
        public String name() {
            return part.name();
        }
    }
}
