package dev.s3envelope.s3.internal.transfer;

import dev.s3envelope.core.internal.StageFailures;
import dev.s3envelope.core.message.ByteSpan;
import dev.s3envelope.s3.internal.clientside.WholeRead;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.FileTransformerConfiguration;
import software.amazon.awssdk.core.FileTransformerConfiguration.FailureBehavior;
import software.amazon.awssdk.core.FileTransformerConfiguration.FileWriteOption;
import software.amazon.awssdk.core.SplittingTransformerConfiguration;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.http.SdkCancellationException;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Stands before the caller's transformer. A small object passes through, and the call is that of its one request. Of a large one the body is put together from the first answer and
 * from pieces; from then on the call does not end with its first request, which is given up where it is not needed any more, but when the caller's transformer is done.
 *
 * @param <R> what the caller's transformer makes of it
 */
final class ParallelGet<R> implements AsyncResponseTransformer<GetObjectResponse, R>, Front {
    /** Sends a GET, decrypted on its way back. */
    interface Send {
        <V> CompletableFuture<V> get(
                GetObjectRequest request, AsyncResponseTransformer<GetObjectResponse, V> transformer);
    }

    private final WholeRead read;
    private final PieceSizes sizes;
    private final Send send;
    private final AsyncResponseTransformer<GetObjectResponse, R> callers;
    private final @Nullable Path file;
    private final Executor elsewhere;
    private final CompletableFuture<R> result = new CompletableFuture<>();
    private final AtomicBoolean told = new AtomicBoolean();
    /** With a file, what the transformer made of its beginning is the result when the pieces are there too. */
    private final CompletableFuture<@Nullable Void> pieces = new CompletableFuture<>();

    private volatile @Nullable GetObjectResponse answer;
    private volatile @Nullable CompletableFuture<R> call;
    private volatile @Nullable CompletableFuture<R> made;
    private volatile boolean left;
    private volatile Front.@Nullable Body body;
    private volatile @Nullable Throwable why;

    private ParallelGet(
            WholeRead read,
            PieceSizes sizes,
            Send send,
            AsyncResponseTransformer<GetObjectResponse, R> callers,
            @Nullable Path file,
            Executor elsewhere) {
        this.elsewhere = elsewhere;
        this.read = read;
        this.sizes = sizes;
        this.send = send;
        this.callers = callers;
        this.file = file;
        if (file == null) {
            pieces.complete(null);
        }
    }

    /**
     * Begins a read.
     *
     * @param file which the caller's transformer creates and writes from its beginning, as the AWS SDK's does; null for any other transformer
     * @param elsewhere ends a call whose subscriber wants no more
     */
    static <R> CompletableFuture<R> start(
            WholeRead read,
            PieceSizes sizes,
            Send send,
            AsyncResponseTransformer<GetObjectResponse, R> callers,
            @Nullable Path file,
            Executor elsewhere) {
        ParallelGet<R> get = new ParallelGet<>(read, sizes, send, callers, file, elsewhere);
        get.begin();
        return get.result;
    }

    private void begin() {
        CompletableFuture<R> first = send.get(read.request(), this);
        call = first;
        var unusedStop = result.whenComplete((value, failure) -> {
            if (failure != null) {
                stop(failure);
            }
        });
        var unused = first.whenComplete((value, failure) -> {
            Body split = body;
            if (split != null) {
                settle();
                if (failure != null) {
                    split.frontBroke(StageFailures.unwrap(failure));
                }
            } else if (failure == null) {
                result.complete(value);
            } else {
                read.end();
                result.completeExceptionally(StageFailures.unwrap(failure));
            }
        });
    }

    /** The call was given up, or failed: so do its requests. */
    private void stop(Throwable failure) {
        read.end();
        Body split = body;
        boolean begun = split != null && split.begun();
        if (split != null) {
            split.stop(failure);
        }
        CompletableFuture<R> first = call;
        if (!begun && first != null && !first.isDone()) {
            if (result.isCancelled()) {
                first.cancel(true);
            } else {
                first.completeExceptionally(failure);
            }
        }
    }

    @Override
    public CompletableFuture<R> prepare() {
        CompletableFuture<R> attempt = new CompletableFuture<>();
        if (body != null) {
            // The first request is never repeated once its answer is being used: pieces take its place.
            attempt.cancel(true);
            return attempt;
        }
        CompletableFuture<R> inner = callers.prepare();
        made = inner;
        // Not the same future: giving up the first request must not end what the transformer makes of the rest.
        var unused = inner.whenComplete((value, failure) -> {
            if (failure == null) {
                attempt.complete(value);
                settle();
            } else {
                attempt.completeExceptionally(failure);
                Throwable reason = why;
                if (body != null) {
                    read.end();
                    result.completeExceptionally(reason == null ? StageFailures.unwrap(failure) : reason);
                }
            }
        });
        return attempt;
    }

    /** Of a body in pieces, ends the call where the transformer is done: with the first request, if that is still under way, since it ends on the AWS SDK's own thread for it. */
    private void settle() {
        CompletableFuture<R> inner = made;
        CompletableFuture<R> first = call;
        boolean firstOver = left || (first != null && first.isDone());
        if (body != null && firstOver && inner != null && inner.isDone() && !inner.isCompletedExceptionally()) {
            var unused = pieces.thenAccept(all -> result.complete(inner.join()));
        }
    }

    @Override
    public void onResponse(GetObjectResponse received) {
        answer = received;
        callers.onResponse(received);
    }

    @Override
    public void onStream(SdkPublisher<ByteBuffer> stream) {
        GetObjectResponse received = answer;
        Optional<WholeRead.Content> content = received == null ? Optional.empty() : read.content(received);
        Optional<Pieces> cut = content.flatMap(whole -> sizes.cut(whole.length(), whole.grain(), file == null));
        if (cut.isEmpty()) {
            read.end();
            callers.onStream(stream);
            return;
        }
        SdkPublisher<ByteBuffer> joined = file == null
                ? ordered(stream, content.orElseThrow(), cut.get())
                : inPlace(stream, content.orElseThrow(), cut.get(), file);
        callers.onStream(joined);
    }

    private SdkPublisher<ByteBuffer> ordered(SdkPublisher<ByteBuffer> stream, WholeRead.Content content, Pieces cut) {
        Gate open = new Gate();
        OrderedBody split = new OrderedBody(
                stream, cut, span -> fetch(content, span, () -> new PieceInMemory((int) span.length()), open), this);
        body = split;
        return split;
    }

    private SdkPublisher<ByteBuffer> inPlace(
            SdkPublisher<ByteBuffer> stream, WholeRead.Content content, Pieces cut, Path to) {
        Gate gate = new Gate();
        InPlaceBody split =
                new InPlaceBody(stream, cut, span -> fetch(content, span, () -> writer(to, span), gate), this, gate);
        body = split;
        return split;
    }

    private static AsyncResponseTransformer<GetObjectResponse, GetObjectResponse> writer(Path to, ByteSpan span) {
        return AsyncResponseTransformer.toFile(
                to,
                FileTransformerConfiguration.builder()
                        .fileWriteOption(FileWriteOption.WRITE_TO_POSITION)
                        .position(span.offset())
                        .failureBehavior(FailureBehavior.LEAVE)
                        .build());
    }

    private <V> CompletableFuture<V> fetch(
            WholeRead.Content content,
            ByteSpan span,
            Supplier<AsyncResponseTransformer<GetObjectResponse, V>> taker,
            Gate gate) {
        CompletableFuture<V> translated = new CompletableFuture<>();
        CompletableFuture<V> fetched = Retries.twice(
                () -> send.get(content.request(span), new PieceAnswer<>(content, span, taker.get(), gate)));
        var unusedStop = translated.whenComplete((value, failure) -> {
            if (failure != null) {
                fetched.cancel(true);
            }
        });
        var unused = fetched.whenComplete((value, failure) -> {
            if (failure == null) {
                translated.complete(value);
            } else {
                translated.completeExceptionally(read.failure(StageFailures.unwrap(failure)));
            }
        });
        return translated;
    }

    @Override
    public void exceptionOccurred(Throwable failure) {
        Body split = body;
        if (split == null) {
            callers.exceptionOccurred(failure);
        } else {
            split.frontBroke(failure);
        }
    }

    /** A client that cuts the download itself does so without our help. */
    @Override
    public SplitResult<GetObjectResponse, R> split(SplittingTransformerConfiguration configuration) {
        return callers.split(configuration);
    }

    @Override
    public String name() {
        return callers.name();
    }

    @Override
    public void left() {
        left = true;
        settle();
    }

    @Override
    public void replaced() {
        CompletableFuture<R> first = call;
        if (first != null) {
            first.cancel(true);
        }
        left();
    }

    @Override
    public void failing(Throwable reason) {
        why = reason;
        read.end();
    }

    @Override
    public void tell(Throwable reason) {
        if (told.compareAndSet(false, true)) {
            callers.exceptionOccurred(reason);
        }
    }

    @Override
    public void over(@Nullable Throwable reason) {
        read.end();
        if (reason == null) {
            pieces.complete(null);
            return;
        }
        if (!result.isDone()) {
            tell(reason);
            result.completeExceptionally(reason);
        }
    }

    @Override
    public void cancelled() {
        read.end();
        if (result.isDone()) {
            return;
        }
        SdkCancellationException given =
                new SdkCancellationException("Subscriber cancelled before all events were published");
        // Elsewhere, since a transformer that cancels because it failed says so right after.
        try {
            elsewhere.execute(() -> result.completeExceptionally(given));
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(given);
        }
    }
}
