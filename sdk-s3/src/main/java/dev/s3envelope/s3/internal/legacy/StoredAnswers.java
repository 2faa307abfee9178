package dev.s3envelope.s3.internal.legacy;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/** An S3 that has a few answers, by key, and answers at once; for a library that wants a client to read from. */
final class StoredAnswers implements S3AsyncClient {
    private final Map<String, ResponseBytes<GetObjectResponse>> answers;

    StoredAnswers(Map<String, ResponseBytes<GetObjectResponse>> answers) {
        this.answers = Map.copyOf(answers);
    }

    @Override
    public <R> CompletableFuture<R> getObject(
            GetObjectRequest request, AsyncResponseTransformer<GetObjectResponse, R> transformer) {
        CompletableFuture<R> result = transformer.prepare();
        ResponseBytes<GetObjectResponse> answer = answers.get(request.key());
        try {
            if (answer == null) {
                throw NoSuchKeyException.builder()
                        .message("The specified key does not exist.")
                        .statusCode(404)
                        .build();
            }
            transformer.onResponse(answer.response());
            transformer.onStream(AsyncRequestBody.fromBytes(answer.asByteArrayUnsafe()));
        } catch (RuntimeException e) {
            transformer.exceptionOccurred(e);
            result.completeExceptionally(e);
        }
        return result;
    }

    @Override
    public String serviceName() {
        return "s3";
    }

    @Override
    public void close() {}
}
