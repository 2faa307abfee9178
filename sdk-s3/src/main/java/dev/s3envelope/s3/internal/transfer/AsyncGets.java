package dev.s3envelope.s3.internal.transfer;

import dev.s3envelope.s3.ParallelTransfers;
import dev.s3envelope.s3.internal.AsyncInvocation;
import dev.s3envelope.s3.internal.Attempts;
import dev.s3envelope.s3.internal.BodyFacts;
import dev.s3envelope.s3.internal.HeldFailureTransformer;
import dev.s3envelope.s3.internal.ObjectEvents;
import dev.s3envelope.s3.internal.RequestTransformer;
import dev.s3envelope.s3.internal.clientside.AsyncDecryption;
import dev.s3envelope.s3.internal.clientside.ClientSideReads;
import dev.s3envelope.s3.internal.clientside.LegacyGets;
import dev.s3envelope.s3.internal.clientside.ReadPort;
import dev.s3envelope.s3.internal.clientside.RequestAttributes;
import dev.s3envelope.s3.internal.clientside.WholeRead;
import dev.s3envelope.s3.internal.preflight.Preflights;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** The GetObject of the asynchronous client: planned, checked, sent, decrypted and told. Nothing waits. Safe for use by several threads. */
public final class AsyncGets {
    private final S3AsyncClient wrapped;
    private final RequestTransformer transformer;
    private final Preflights preflights;
    private final ClientSideReads reads;
    private final ReadPort stored;
    private final @Nullable LegacyGets legacy;
    private final ObjectEvents events;
    private final @Nullable PieceSizes sizes;

    /** The GETs of one client. */
    public AsyncGets(
            S3AsyncClient wrapped,
            RequestTransformer transformer,
            Preflights preflights,
            ClientSideReads reads,
            ReadPort stored,
            @Nullable LegacyGets legacy,
            ObjectEvents events,
            Optional<ParallelTransfers> parallel) {
        this.wrapped = wrapped;
        this.transformer = transformer;
        this.preflights = preflights;
        this.reads = reads;
        this.stored = stored;
        this.legacy = legacy;
        this.events = events;
        this.sizes = parallel.map(PieceSizes::of).orElse(null);
    }

    /** Reads an object, or a range or part of it. */
    public <R> CompletableFuture<R> get(
            GetObjectRequest request, AsyncResponseTransformer<GetObjectResponse, R> callers) {
        return get(request, callers, null);
    }

    /** Reads an object into a new file, pieces of it into their places. */
    public CompletableFuture<GetObjectResponse> get(GetObjectRequest request, Path file) {
        return get(request, AsyncResponseTransformer.toFile(file), file);
    }

    private <R> CompletableFuture<R> get(
            GetObjectRequest request, AsyncResponseTransformer<GetObjectResponse, R> callers, @Nullable Path file) {
        LegacyGets old = legacy;
        return old == null
                ? usual(request, callers, file)
                : old.get(request, callers, stored, () -> usual(request, callers, file));
    }

    private <R> CompletableFuture<R> usual(
            GetObjectRequest request, AsyncResponseTransformer<GetObjectResponse, R> callers, @Nullable Path file) {
        HeldFailureTransformer<GetObjectResponse, R> held = new HeldFailureTransformer<>(callers);
        return events.after(
                invoke(request, held, file), result -> held.response().ifPresent(events::read));
    }

    private <R> CompletableFuture<R> invoke(
            GetObjectRequest request, HeldFailureTransformer<GetObjectResponse, R> held, @Nullable Path file) {
        boolean planned = reads.active(request);
        return AsyncInvocation.start(
                () -> planned ? reads.prepare(request, stored, this::prepared) : prepared(request),
                sent -> inPieces(
                        sent,
                        planned || sizes != null || transformer.readsMayRepeat() || events.heard()
                                ? held
                                : held.passing(),
                        file),
                held::responded,
                held::failed);
    }

    private <R> CompletableFuture<R> inPieces(
            GetObjectRequest sent, AsyncResponseTransformer<GetObjectResponse, R> callers, @Nullable Path file) {
        PieceSizes cut = sizes;
        Optional<WholeRead> whole = cut == null ? Optional.empty() : WholeRead.of(reads, sent);
        return cut == null || whole.isEmpty()
                ? decrypted(sent, callers)
                : ParallelGet.start(
                        whole.get(),
                        cut,
                        this::decrypted,
                        callers,
                        file,
                        reads.keys().blockingExecutor());
    }

    private <R> CompletableFuture<R> decrypted(
            GetObjectRequest sent, AsyncResponseTransformer<GetObjectResponse, R> callers) {
        return AsyncDecryption.get(reads, sent, callers, this::send);
    }

    private CompletionStage<Attempts<GetObjectRequest>> prepared(GetObjectRequest request) {
        return transformer.prepare(request, BodyFacts.NONE);
    }

    private <R> CompletableFuture<R> send(
            GetObjectRequest sent, AsyncResponseTransformer<GetObjectResponse, R> callers) {
        return preflights.get(
                sent, callers, (asked, answered) -> wrapped.getObject(RequestAttributes.arrived(asked), answered));
    }
}
