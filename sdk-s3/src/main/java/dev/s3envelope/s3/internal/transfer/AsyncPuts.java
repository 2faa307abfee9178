package dev.s3envelope.s3.internal.transfer;

import dev.s3envelope.s3.ParallelTransfers;
import dev.s3envelope.s3.internal.BodyFacts;
import dev.s3envelope.s3.internal.ObjectEvents;
import dev.s3envelope.s3.internal.clientside.ClientSideWrite;
import dev.s3envelope.s3.internal.clientside.ClientSideWrites;
import dev.s3envelope.s3.internal.clientside.RequestAttributes;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/**
 * The PutObject of the asynchronous client: in one request, or in parts, never waiting. Parts go through the client itself, so that each is prepared, checked and told
 * as a caller's own. Safe for use by several threads.
 */
public final class AsyncPuts {
    private final S3AsyncClient client;
    private final S3AsyncClient wrapped;
    private final ClientSideWrites writes;
    private final ObjectEvents events;
    private final Optional<ParallelTransfers> parallel;

    /**
     * The PUTs of one client.
     *
     * @param client sends parts
     * @param wrapped sends what goes in one request
     */
    public AsyncPuts(
            S3AsyncClient client,
            S3AsyncClient wrapped,
            ClientSideWrites writes,
            ObjectEvents events,
            Optional<ParallelTransfers> parallel) {
        this.client = client;
        this.wrapped = wrapped;
        this.writes = writes;
        this.events = events;
        this.parallel = parallel;
    }

    /** What is known of a body before the mode of its PUT is decided. */
    public BodyFacts facts(AsyncRequestBody body) {
        return BodyFacts.of(body, parallel.isPresent());
    }

    /**
     * Puts a body; cancelling what is returned ends the request in flight.
     *
     * @param request as the caller gave it
     * @param sent the same as it was decided
     */
    public CompletableFuture<PutObjectResponse> put(
            PutObjectRequest request, PutObjectRequest sent, AsyncRequestBody body) {
        return PutInParts.of(request, sent, body.contentLength(), parallel)
                .map(put -> new AsyncPut(client, put, body.contentType(), whole -> one(sent, whole)).start(body))
                .orElseGet(() -> one(sent, body));
    }

    private CompletableFuture<PutObjectResponse> one(PutObjectRequest sent, AsyncRequestBody body) {
        Optional<ClientSideWrite> how = ClientSideWrite.of(sent);
        return events.after(
                how.isPresent()
                        ? writes.put(sent, how.get(), body, wrapped::putObject)
                        : wrapped.putObject(RequestAttributes.arrived(sent), body),
                answer -> events.put(how.isPresent(), body.contentLength(), answer));
    }
}
