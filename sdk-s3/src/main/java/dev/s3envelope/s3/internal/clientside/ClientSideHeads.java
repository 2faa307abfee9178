package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.message.ByteSpan;
import dev.s3envelope.core.message.FrameLayout;
import dev.s3envelope.core.s3ec.S3ecMetadata;
import dev.s3envelope.s3.internal.ObjectVersion;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesRequest;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * The facts of objects in plaintext terms. The length follows from the stored length and the marker in the metadata, neither of which is authenticated: it is
 * what a reader will find only if nobody changed the object. Reading the object, or its last byte, proves it.
 */
public final class ClientSideHeads {
    private final ClientSideReads reads;

    /** Facts for one client. */
    public ClientSideHeads(ClientSideReads reads) {
        this.reads = reads;
    }

    /**
     * The answer to a HEAD in plaintext terms; the same answer where the object is not encrypted on the client. Of an upload in parts whose metadata
     * does not tell the frame length, the header is fetched, once.
     */
    public CompletionStage<HeadObjectResponse> plain(
            HeadObjectRequest request, HeadObjectResponse answer, ReadPort port) {
        StoredForm form = StoredForm.of(answer.metadata());
        Optional<ObjectVersion> object = ObjectVersion.of(request.bucket(), request.key(), request.versionId());
        if (form.headerLength().isEmpty() || object.isEmpty()) {
            return CompletableFuture.completedFuture(plain(request, answer, form));
        }
        return reads.laidOut(request, object.get(), reads.remember(object.get(), answer), port)
                .thenApply(stored -> plain(request, answer, stored.form()));
    }

    private HeadObjectResponse plain(HeadObjectRequest request, HeadObjectResponse answer, StoredForm form) {
        if (form.kind() == StoredForm.Kind.PLAIN) {
            return answer;
        }
        long stored = ContentRanges.total(answer.contentRange(), answer.contentLength());
        if (form.kind() == StoredForm.Kind.S3EC) {
            long length = S3ecMetadata.parse(answer.metadata()).suite().plaintextLength(stored);
            return PlainAnswers.of(answer, form, length, null, stored);
        }
        if (answer.eTag() != null && StoredForm.of(answer.metadata()).hint().isPresent()) {
            ObjectVersion.of(request.bucket(), request.key(), request.versionId())
                    .ifPresent(object -> reads.remember(object, answer));
        }
        FrameLayout layout = new StoredObject(form, "", stored, Optional.empty()).layout();
        if (answer.contentRange() == null) {
            return PlainAnswers.of(answer, form, layout.plaintextLength(), null, stored);
        }
        ByteSpan part =
                PlaintextRange.within(layout, ContentRanges.span(answer.contentRange(), answer.contentLength()));
        return PlainAnswers.of(
                answer,
                form,
                part.length(),
                part.length() == 0 ? null : PlaintextRange.contentRange(part, layout.plaintextLength()),
                stored);
    }

    /** The answer to GetObjectAttributes with the size in plaintext; sizes of parts stay as S3 stores them. */
    public CompletionStage<GetObjectAttributesResponse> plain(
            GetObjectAttributesRequest request, GetObjectAttributesResponse answer, ReadPort port) {
        Long size = answer.objectSize();
        Optional<ObjectVersion> object = ObjectVersion.of(request.bucket(), request.key(), request.versionId());
        if (size == null || object.isEmpty()) {
            return CompletableFuture.completedFuture(answer);
        }
        return port.head(DerivedReads.head(request, null)).thenCompose(head -> {
            if (!sameETag(head.eTag(), answer.eTag()) || !size.equals(head.contentLength())) {
                throw new StaleLayoutException(object.get().address().toString());
            }
            return plain(DerivedReads.head(request, null), head, port)
                    .thenApply(plain ->
                            answer.toBuilder().objectSize(plain.contentLength()).build());
        });
    }

    /** GetObjectAttributes answers the ETag without quotes, and only where it was asked for. */
    private static boolean sameETag(String head, String attributes) {
        return attributes == null || attributes.replace("\"", "").equals(head == null ? "" : head.replace("\"", ""));
    }
}
