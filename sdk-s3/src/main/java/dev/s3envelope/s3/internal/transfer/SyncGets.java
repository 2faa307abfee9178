package dev.s3envelope.s3.internal.transfer;

import dev.s3envelope.s3.internal.Attempts;
import dev.s3envelope.s3.internal.BodyFacts;
import dev.s3envelope.s3.internal.ObjectEvents;
import dev.s3envelope.s3.internal.ObservedTransformer;
import dev.s3envelope.s3.internal.RequestTransformer;
import dev.s3envelope.s3.internal.SyncInvocation;
import dev.s3envelope.s3.internal.clientside.ClientSideReads;
import dev.s3envelope.s3.internal.clientside.LegacyGets;
import dev.s3envelope.s3.internal.clientside.ReadPort;
import dev.s3envelope.s3.internal.clientside.SyncDecryption;
import dev.s3envelope.s3.internal.preflight.Preflights;
import java.util.concurrent.CompletionStage;
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

    /** The GETs of one client. */
    public SyncGets(
            S3Client wrapped,
            RequestTransformer transformer,
            Preflights preflights,
            ClientSideReads reads,
            ReadPort stored,
            @Nullable LegacyGets legacy,
            ObjectEvents events) {
        this.wrapped = wrapped;
        this.transformer = transformer;
        this.preflights = preflights;
        this.reads = reads;
        this.stored = stored;
        this.legacy = legacy;
        this.events = events;
    }

    /** Reads an object, or a range or part of it. */
    public <R> R get(GetObjectRequest request, ResponseTransformer<GetObjectResponse, R> callers) {
        LegacyGets old = legacy;
        return old == null ? usual(request, callers) : old.get(request, callers, stored, () -> usual(request, callers));
    }

    private <R> R usual(GetObjectRequest request, ResponseTransformer<GetObjectResponse, R> callers) {
        ObservedTransformer<GetObjectResponse, R> observed = new ObservedTransformer<>(callers);
        R result = SyncInvocation.invoke(
                reads.active(request) ? reads.prepare(request, stored, this::prepared) : prepared(request),
                sent -> SyncDecryption.get(reads, sent, observed, this::send),
                observed::responded);
        observed.response().ifPresent(events::read);
        return result;
    }

    private CompletionStage<Attempts<GetObjectRequest>> prepared(GetObjectRequest request) {
        return transformer.prepare(request, BodyFacts.NONE);
    }

    private <R> R send(GetObjectRequest sent, ResponseTransformer<GetObjectResponse, R> callers) {
        return preflights.get(sent, callers, wrapped::getObject);
    }
}
