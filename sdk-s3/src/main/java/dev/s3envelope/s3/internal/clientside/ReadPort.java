package dev.s3envelope.s3.internal.clientside;

import java.util.concurrent.CompletionStage;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * The requests a read needs beside its own, sent with owner, SSE-C key and all, and answered as S3 answers. Under the synchronous client the
 * stages are complete when they are returned.
 */
public interface ReadPort {
    /** The facts of an object, in stored terms. */
    CompletionStage<HeadObjectResponse> head(HeadObjectRequest request);

    /** A few bytes of an object, as stored. */
    CompletionStage<ResponseBytes<GetObjectResponse>> bytes(GetObjectRequest request);
}
