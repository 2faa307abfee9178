package dev.s3envelope.s3.internal.transfer;

import dev.s3envelope.s3.internal.ObservedTransformer;
import dev.s3envelope.s3.internal.clientside.FailureNote;
import dev.s3envelope.s3.internal.clientside.WholeRead;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Stands before the caller's transformer. A small object passes through; the stream of a large one is put together from the first answer and from pieces.
 *
 * @param <R> what the caller's transformer makes of it
 */
final class SyncParallelGet<R> implements ResponseTransformer<GetObjectResponse, R> {
    private final WholeRead read;
    private final PieceSizes sizes;
    private final Executor executor;
    private final PieceSource.Send send;
    private final ObservedTransformer<GetObjectResponse, R> callers;
    private final @Nullable Path file;
    private final FailureNote note = new FailureNote();

    private SyncParallelGet(
            WholeRead read,
            PieceSizes sizes,
            Executor executor,
            PieceSource.Send send,
            ObservedTransformer<GetObjectResponse, R> callers,
            @Nullable Path file) {
        this.read = read;
        this.sizes = sizes;
        this.executor = executor;
        this.send = send;
        this.callers = callers;
        this.file = file;
    }

    /**
     * Reads an object. Failures of pieces come out as they were thrown, not as the AWS SDK wraps what a transformer throws.
     *
     * @param file which the caller's transformer writes, as the AWS SDK's does; null for any other transformer
     */
    static <R> R get(
            WholeRead read,
            PieceSizes sizes,
            Executor executor,
            PieceSource.Send send,
            ObservedTransformer<GetObjectResponse, R> callers,
            @Nullable Path file) {
        SyncParallelGet<R> get = new SyncParallelGet<>(read, sizes, executor, send, callers, file);
        return get.note.call(() -> send.get(read.request(), get));
    }

    @Override
    public R transform(GetObjectResponse answer, AbortableInputStream body) throws Exception {
        note.clear();
        Optional<WholeRead.Content> content = read.content(answer);
        Optional<Pieces> cut = content.flatMap(whole -> sizes.cut(whole.length(), whole.grain(), file == null));
        if (cut.isEmpty()) {
            read.end();
            return callers.transform(answer, body);
        }
        PieceSource source = new PieceSource(read, content.orElseThrow(), send);
        Path to = file;
        return to == null ? ordered(answer, body, cut.get(), source) : inPlace(answer, body, cut.get(), source, to);
    }

    private R ordered(GetObjectResponse answer, AbortableInputStream body, Pieces pieces, PieceSource source)
            throws Exception {
        OrderedStream joined = new OrderedStream(body, pieces, sizes.atATime(), source, executor, note);
        boolean handedOver = false;
        try {
            R result = callers.transform(answer, AbortableInputStream.create(joined, joined::abort));
            handedOver = callers.needsConnectionLeftOpen();
            return result;
        } finally {
            if (!handedOver) {
                joined.close();
            }
        }
    }

    private R inPlace(GetObjectResponse answer, AbortableInputStream body, Pieces pieces, PieceSource source, Path to)
            throws Exception {
        callers.handsOut(answer);
        try {
            new FilePieces(body, pieces, sizes.atATime(), source, executor).write(to);
        } catch (RuntimeException e) {
            note.note(e);
            throw e;
        }
        // The caller's transformer is the AWS SDK's for files, and that makes the response of it.
        @SuppressWarnings("unchecked")
        R result = (R) answer;
        return result;
    }

    @Override
    public boolean needsConnectionLeftOpen() {
        return callers.needsConnectionLeftOpen();
    }

    @Override
    public String name() {
        return callers.name();
    }
}
