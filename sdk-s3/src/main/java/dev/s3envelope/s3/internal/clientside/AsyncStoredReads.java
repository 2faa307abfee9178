package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.s3.internal.AsyncInvocation;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.GetObjectTaggingRequest;
import software.amazon.awssdk.services.s3.model.GetObjectTaggingResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Request;

/** Reads in stored terms that never wait. */
public final class AsyncStoredReads implements ReadPort {
    private final S3AsyncClient wrapped;
    private final Preparation preparation;
    private final ClientSideReads reads;

    /** Reads through one client. */
    public AsyncStoredReads(S3AsyncClient wrapped, Preparation preparation, ClientSideReads reads) {
        this.wrapped = wrapped;
        this.preparation = preparation;
        this.reads = reads;
    }

    @Override
    public CompletionStage<HeadObjectResponse> head(HeadObjectRequest request) {
        return invoke(request, wrapped::headObject);
    }

    @Override
    public CompletionStage<ResponseBytes<GetObjectResponse>> bytes(GetObjectRequest request) {
        return invoke(request, sent -> wrapped.getObject(sent, AsyncResponseTransformer.toBytes()));
    }

    @Override
    public CompletionStage<GetObjectTaggingResponse> tags(GetObjectTaggingRequest request) {
        return invoke(request, wrapped::getObjectTagging);
    }

    @Override
    public CompletionStage<GetObjectResponse> opened(GetObjectRequest planned) {
        return invoke(
                        planned,
                        sent -> AsyncDecryption.get(
                                reads, sent, AsyncResponseTransformer.toBytes(), wrapped::getObject))
                .thenApply(ResponseBytes::response);
    }

    private <T extends S3Request, R> CompletableFuture<R> invoke(
            T request, Function<T, CompletableFuture<R>> operation) {
        return AsyncInvocation.start(() -> preparation.prepare(request), operation, () -> false, failure -> {});
    }
}
