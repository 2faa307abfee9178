package dev.s3envelope.s3.internal.clientside.upload;

import dev.s3envelope.s3.internal.clientside.ClientSideWrite;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/**
 * Puts bodies of unknown length, and those too large for one PUT, in parts: one part in memory, one after the other, never waiting. A body that ends
 * within the first part goes in one PUT. What fails, or is cancelled, is aborted.
 */
public final class AsyncPuts {
    private final S3AsyncClient client;

    /** Puts through the client that encrypts. */
    public AsyncPuts(S3AsyncClient client) {
        this.client = client;
    }

    /**
     * Puts a body; cancelling what is returned ends the request in flight.
     *
     * @param request as the caller gave it
     * @param single puts a body of known length in one request
     */
    public CompletableFuture<PutObjectResponse> put(
            PutObjectRequest request,
            ClientSideWrite how,
            AsyncRequestBody body,
            Function<AsyncRequestBody, CompletableFuture<PutObjectResponse>> single) {
        Optional<PutInParts> inParts;
        try {
            inParts = PutInParts.of(request, how, body.contentLength());
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        return inParts.map(put -> new AsyncPut(client, put, body.contentType(), single).start(body))
                .orElseGet(() -> single.apply(body));
    }
}
