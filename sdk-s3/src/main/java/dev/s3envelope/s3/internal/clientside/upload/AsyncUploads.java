package dev.s3envelope.s3.internal.clientside.upload;

import dev.s3envelope.s3.internal.AsyncInvocation;
import dev.s3envelope.s3.internal.BodyFacts;
import dev.s3envelope.s3.internal.RequestTransformer;
import dev.s3envelope.s3.internal.clientside.PartBodies;
import dev.s3envelope.s3.internal.clientside.Stages;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.ListPartsRequest;
import software.amazon.awssdk.services.s3.model.ListPartsResponse;
import software.amazon.awssdk.services.s3.model.S3Request;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * The calls of an upload without ever waiting; those of an upload that is not encrypted on the client go as they are. A part that has to wait for
 * another goes on where that one comes, or after two seconds on the common pool. Safe for use by several threads.
 */
public final class AsyncUploads {
    private final RequestTransformer transformer;
    private final Uploads uploads;
    private final S3AsyncClient wrapped;

    /** Uploads through one client. */
    public AsyncUploads(RequestTransformer transformer, Uploads uploads, S3AsyncClient wrapped) {
        this.transformer = transformer;
        this.uploads = uploads;
        this.wrapped = wrapped;
    }

    /** Sends a part; cancelling what is returned ends the request in flight. */
    public CompletableFuture<UploadPartResponse> part(UploadPartRequest request, AsyncRequestBody body) {
        Optional<Upload> upload = uploads.find(request.uploadId());
        if (upload.isEmpty()) {
            return invoke(request, sent -> wrapped.uploadPart(sent, body));
        }
        CompletableFuture<Upload.Part> placed;
        try {
            placed = upload.get()
                    .part(
                            PartRequests.number(request),
                            PartRequests.length(request, body.contentLength()),
                            PartRequests.markedLast(request))
                    .toCompletableFuture();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        return Stages.chain(
                placed,
                part -> closing(
                        part,
                        () -> invoke(
                                PartRequests.encrypted(request, part),
                                sent -> PartBodies.send(
                                        part, request, body, encrypted -> wrapped.uploadPart(sent, encrypted)))));
    }

    /** Completes an upload, with a last part for the final frame where no part has it. */
    public CompletableFuture<CompleteMultipartUploadResponse> complete(CompleteMultipartUploadRequest request) {
        Optional<Upload> upload = uploads.find(request.uploadId());
        List<Integer> numbers = PartRequests.numbers(request);
        if (upload.isEmpty() || numbers.isEmpty()) {
            return invoke(uploads.again(request), wrapped::completeMultipartUpload);
        }
        try {
            return Stages.chain(
                    whole(request, upload.get(), numbers), sent -> invoke(sent, wrapped::completeMultipartUpload));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Lists the parts of an upload, with their sizes in plaintext. */
    public CompletableFuture<ListPartsResponse> list(ListPartsRequest request) {
        return Stages.map(
                invoke(request, wrapped::listParts),
                answer -> uploads.find(request.uploadId())
                        .map(upload -> PartRequests.plain(answer, upload))
                        .orElse(answer));
    }

    private CompletableFuture<CompleteMultipartUploadRequest> whole(
            CompleteMultipartUploadRequest request, Upload upload, List<Integer> numbers) {
        PartRequests.check(request);
        Optional<Upload.Part> missing = upload.finish(numbers);
        if (missing.isEmpty()) {
            return CompletableFuture.completedFuture(PartRequests.complete(request, upload, null, null));
        }
        Upload.Part part = missing.get();
        return Stages.map(
                closing(
                        part,
                        () -> upload.finalPart()
                                .map(CompletableFuture::completedFuture)
                                .orElseGet(() -> send(request, upload, part))),
                answer -> PartRequests.complete(request, upload, part.number(), answer));
    }

    private CompletableFuture<UploadPartResponse> send(
            CompleteMultipartUploadRequest request, Upload upload, Upload.Part part) {
        UploadPartRequest last = PartRequests.finalPart(request, upload, part);
        return Stages.map(
                invoke(
                        last,
                        sent -> PartBodies.send(
                                part, last, AsyncRequestBody.empty(), body -> wrapped.uploadPart(sent, body))),
                answer -> {
                    upload.finalPart(answer);
                    return answer;
                });
    }

    private <T extends S3Request, R> CompletableFuture<R> invoke(
            T request, Function<T, CompletableFuture<R>> operation) {
        return AsyncInvocation.start(
                () -> transformer.prepare(request, BodyFacts.NONE), operation, () -> false, failure -> {});
    }

    private interface Call<R> {
        CompletableFuture<R> start();
    }

    private static <R> CompletableFuture<R> closing(Upload.Part part, Call<R> call) {
        try {
            return Stages.releasing(call.start(), part::close);
        } catch (RuntimeException e) {
            part.close();
            return CompletableFuture.failedFuture(e);
        }
    }
}
