package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.s3.internal.Attempts;
import java.util.concurrent.CompletionStage;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.GetObjectTaggingRequest;
import software.amazon.awssdk.services.s3.model.GetObjectTaggingResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Request;

/**
 * The requests a read needs beside its own, sent with owner, SSE-C key and all, and answered as S3 answers. Under the synchronous client the
 * stages are complete when they are returned.
 */
public interface ReadPort {
    /** What is done with any request before it is sent: owner, SSE-C key and all. */
    interface Preparation {
        /** The requests to send. */
        <T extends S3Request> CompletionStage<Attempts<T>> prepare(T request);
    }

    /** The facts of an object, in stored terms. */
    CompletionStage<HeadObjectResponse> head(HeadObjectRequest request);

    /** A few bytes of an object, as stored. */
    CompletionStage<ResponseBytes<GetObjectResponse>> bytes(GetObjectRequest request);

    /** The tags of an object. */
    CompletionStage<GetObjectTaggingResponse> tags(GetObjectTaggingRequest request);

    /** The answer to a planned read whose plaintext is not wanted, in plaintext terms, once its body was verified. */
    CompletionStage<GetObjectResponse> opened(GetObjectRequest planned);
}
