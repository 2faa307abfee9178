package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.s3.internal.SyncInvocation;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.GetObjectTaggingRequest;
import software.amazon.awssdk.services.s3.model.GetObjectTaggingResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Request;

/** Reads in stored terms, on the caller's thread. */
public final class SyncStoredReads implements ReadPort {
    private final S3Client wrapped;
    private final Preparation preparation;
    private final ClientSideReads reads;

    /** Reads through one client. */
    public SyncStoredReads(S3Client wrapped, Preparation preparation, ClientSideReads reads) {
        this.wrapped = wrapped;
        this.preparation = preparation;
        this.reads = reads;
    }

    @Override
    public CompletionStage<HeadObjectResponse> head(HeadObjectRequest request) {
        return made(request, wrapped::headObject);
    }

    @Override
    public CompletionStage<ResponseBytes<GetObjectResponse>> bytes(GetObjectRequest request) {
        return made(request, sent -> wrapped.getObject(sent, ResponseTransformer.toBytes()));
    }

    @Override
    public CompletionStage<GetObjectTaggingResponse> tags(GetObjectTaggingRequest request) {
        return made(request, wrapped::getObjectTagging);
    }

    @Override
    public CompletionStage<GetObjectResponse> opened(GetObjectRequest planned) {
        return made(
                planned,
                sent -> SyncDecryption.get(
                                reads, sent, ResponseTransformer.<GetObjectResponse>toBytes(), wrapped::getObject)
                        .response());
    }

    private <T extends S3Request, R> CompletionStage<R> made(T request, Function<T, R> operation) {
        try {
            return CompletableFuture.completedFuture(SyncInvocation.invoke(preparation.prepare(request), operation));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
