package dev.s3envelope.s3.internal.transfer;

import dev.s3envelope.s3.ParallelTransfers;
import dev.s3envelope.s3.internal.Attempts;
import dev.s3envelope.s3.internal.BodyFacts;
import dev.s3envelope.s3.internal.ObjectEvents;
import dev.s3envelope.s3.internal.ObservedTransformer;
import dev.s3envelope.s3.internal.RequestTransformer;
import dev.s3envelope.s3.internal.SyncInvocation;
import dev.s3envelope.s3.internal.clientside.ClientSideReads;
import dev.s3envelope.s3.internal.clientside.LegacyGets;
import dev.s3envelope.s3.internal.clientside.ReadPort;
import dev.s3envelope.s3.internal.clientside.RequestAttributes;
import dev.s3envelope.s3.internal.clientside.SyncDecryption;
import dev.s3envelope.s3.internal.clientside.WholeRead;
import dev.s3envelope.s3.internal.preflight.Preflights;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** The GetObject of the synchronous client: planned, checked, sent, decrypted and told, on the caller's thread. Safe for use by several threads. */
public final class SyncGets {
    private final S3Client wrapped;
    private final RequestTransformer transformer;
    private final Preflights preflights;
    private final ClientSideReads reads;
    private final ReadPort stored;
    private final @Nullable LegacyGets legacy;
    private final ObjectEvents events;
    private final @Nullable PieceSizes sizes;
    private final Executor executor;

    /** The GETs of one client. */
    public SyncGets(
            S3Client wrapped,
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
        this.executor = parallel.flatMap(ParallelTransfers::executor).orElse(Runnable::run);
    }

    /** Reads an object, or a range or part of it. */
    public <R> R get(GetObjectRequest request, ResponseTransformer<GetObjectResponse, R> callers) {
        return get(request, callers, null);
    }

    /** Reads an object into a new file, pieces of it into their places. */
    public GetObjectResponse get(GetObjectRequest request, Path file) {
        return get(request, ResponseTransformer.toFile(file), file);
    }

    private <R> R get(
            GetObjectRequest request, ResponseTransformer<GetObjectResponse, R> callers, @Nullable Path file) {
        LegacyGets old = legacy;
        return old == null
                ? usual(request, callers, file)
                : old.get(request, callers, stored, () -> usual(request, callers, file));
    }

    private <R> R usual(
            GetObjectRequest request, ResponseTransformer<GetObjectResponse, R> callers, @Nullable Path file) {
        ObservedTransformer<GetObjectResponse, R> observed = new ObservedTransformer<>(callers);
        R result = SyncInvocation.invoke(
                reads.active(request) ? reads.prepare(request, stored, this::prepared) : prepared(request),
                sent -> inPieces(sent, observed, file),
                observed::responded);
        observed.response().ifPresent(events::read);
        return result;
    }

    private <R> R inPieces(
            GetObjectRequest sent, ObservedTransformer<GetObjectResponse, R> callers, @Nullable Path file) {
        PieceSizes cut = sizes;
        Optional<WholeRead> whole = cut == null ? Optional.empty() : WholeRead.of(reads, sent);
        return cut == null || whole.isEmpty()
                ? decrypted(sent, callers)
                : SyncParallelGet.get(whole.get(), cut, executor, this::decrypted, callers, file);
    }

    private <R> R decrypted(GetObjectRequest sent, ResponseTransformer<GetObjectResponse, R> callers) {
        return SyncDecryption.get(reads, sent, callers, this::send);
    }

    private CompletionStage<Attempts<GetObjectRequest>> prepared(GetObjectRequest request) {
        return transformer.prepare(request, BodyFacts.NONE);
    }

    private <R> R send(GetObjectRequest sent, ResponseTransformer<GetObjectResponse, R> callers) {
        return preflights.get(
                sent, callers, (asked, answered) -> wrapped.getObject(RequestAttributes.arrived(asked), answered));
    }
}
