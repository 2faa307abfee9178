package dev.s3envelope.s3.internal.clientside.upload;

import dev.s3envelope.s3.internal.BodyFacts;
import dev.s3envelope.s3.internal.RequestTransformer;
import dev.s3envelope.s3.internal.SyncInvocation;
import dev.s3envelope.s3.internal.clientside.PartBodies;
import dev.s3envelope.s3.internal.clientside.Stages;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.ListPartsRequest;
import software.amazon.awssdk.services.s3.model.ListPartsResponse;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * The calls of an upload on the caller's thread; those of an upload that is not encrypted on the client go as they are. Safe for use by
 * several threads.
 */
public final class SyncUploads {
    private final RequestTransformer transformer;
    private final Uploads uploads;
    private final S3Client wrapped;

    /** Uploads through one client. */
    public SyncUploads(RequestTransformer transformer, Uploads uploads, S3Client wrapped) {
        this.transformer = transformer;
        this.uploads = uploads;
        this.wrapped = wrapped;
    }

    /** Sends a part. */
    public UploadPartResponse part(UploadPartRequest request, RequestBody body) {
        Optional<Upload> upload = uploads.find(request.uploadId());
        if (upload.isEmpty()) {
            return SyncInvocation.invoke(
                    transformer.prepare(request, BodyFacts.NONE), sent -> wrapped.uploadPart(sent, body));
        }
        try (Upload.Part part = Stages.join(upload.get()
                .part(
                        PartRequests.number(request),
                        PartRequests.length(request, body.optionalContentLength()),
                        PartRequests.markedLast(request)))) {
            return SyncInvocation.invoke(
                    transformer.prepare(PartRequests.encrypted(request, part), BodyFacts.NONE),
                    sent -> PartBodies.send(part, request, body, encrypted -> wrapped.uploadPart(sent, encrypted)));
        }
    }

    /** Completes an upload, with a last part for the final frame where no part has it. */
    public CompleteMultipartUploadResponse complete(CompleteMultipartUploadRequest request) {
        Optional<Upload> upload = uploads.find(request.uploadId());
        List<Integer> numbers = PartRequests.numbers(request);
        return SyncInvocation.invoke(
                transformer.prepare(
                        upload.isEmpty() || numbers.isEmpty()
                                ? uploads.again(request)
                                : whole(request, upload.get(), numbers),
                        BodyFacts.NONE),
                wrapped::completeMultipartUpload);
    }

    /** Lists the parts of an upload, with their sizes in plaintext. */
    public ListPartsResponse list(ListPartsRequest request) {
        ListPartsResponse answer =
                SyncInvocation.invoke(transformer.prepare(request, BodyFacts.NONE), wrapped::listParts);
        return uploads.find(request.uploadId())
                .map(upload -> PartRequests.plain(answer, upload))
                .orElse(answer);
    }

    private CompleteMultipartUploadRequest whole(
            CompleteMultipartUploadRequest request, Upload upload, List<Integer> numbers) {
        PartRequests.check(request);
        Optional<Upload.Part> missing = upload.finish(numbers);
        if (missing.isEmpty()) {
            return PartRequests.complete(request, upload, null, null);
        }
        try (Upload.Part part = missing.get()) {
            UploadPartResponse answer = upload.finalPart().orElseGet(() -> send(request, upload, part));
            return PartRequests.complete(request, upload, part.number(), answer);
        }
    }

    private UploadPartResponse send(CompleteMultipartUploadRequest request, Upload upload, Upload.Part part) {
        UploadPartRequest last = PartRequests.finalPart(request, upload, part);
        UploadPartResponse answer = SyncInvocation.invoke(
                transformer.prepare(last, BodyFacts.NONE),
                sent -> PartBodies.send(part, last, RequestBody.empty(), body -> wrapped.uploadPart(sent, body)));
        upload.finalPart(answer);
        return answer;
    }
}
