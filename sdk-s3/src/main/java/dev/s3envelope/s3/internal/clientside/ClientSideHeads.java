package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.message.ByteSpan;
import dev.s3envelope.core.message.FrameLayout;
import dev.s3envelope.core.message.IdentityCheck;
import dev.s3envelope.core.s3ec.S3ecMetadata;
import dev.s3envelope.s3.ClientSideObject;
import dev.s3envelope.s3.LengthProof;
import dev.s3envelope.s3.internal.ObjectVersion;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Request;

/**
 * The facts of objects in plaintext terms. The length follows from the stored length and the marker in the metadata, neither of which is authenticated: it is
 * what a reader will find only if nobody changed the object. {@link LengthProof}, or reading the object, proves it.
 */
final class ClientSideHeads {
    private final ClientSideReads reads;
    private final boolean legacy;

    /**
     * Facts for one client.
     *
     * @param legacy whether it reads legacy objects of the S3 Encryption Client too
     */
    ClientSideHeads(ClientSideReads reads, boolean legacy) {
        this.reads = reads;
        this.legacy = legacy;
    }

    /** Whether any object at all can be read as encrypted on the client. */
    boolean active(S3Request request) {
        return legacy || reads.active(request);
    }

    /**
     * The answer to a HEAD in plaintext terms; the same answer where the object is not encrypted on the client. Of an upload in parts whose metadata
     * does not tell the frame length the header is fetched, and of an object without a marker the first bytes where foreign messages are read; once each.
     */
    CompletionStage<HeadObjectResponse> plain(HeadObjectRequest request, HeadObjectResponse answer, ReadPort port) {
        try {
            if (legacy && StoredForm.legacy(answer.metadata())) {
                return CompletableFuture.completedFuture(legacy(answer));
            }
            Optional<ObjectVersion> object = ObjectVersion.of(request.bucket(), request.key(), request.versionId());
            // A client that reads no such objects describes those it knows, and leaves the others as S3 describes them.
            boolean active = reads.active(request);
            StoredForm form = active ? StoredForm.of(answer.metadata()) : StoredForm.described(answer.metadata());
            return object.isEmpty()
                    ? CompletableFuture.completedFuture(answer)
                    : plain(request, answer, object.get(), reads.layouts().of(object.get(), form, answer), port);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletionStage<HeadObjectResponse> plain(
            HeadObjectRequest request,
            HeadObjectResponse answer,
            ObjectVersion object,
            StoredObject stored,
            ReadPort port) {
        boolean prove = LengthProof.of(request).isPresent();
        boolean look = reads.settings().foreign() && stored.form().equals(StoredForm.PLAIN);
        if (stored.form().headerLength().isEmpty() && !prove && !look) {
            return CompletableFuture.completedFuture(described(answer, stored, Optional.empty()));
        }
        return reads.reader(request, object.address())
                .thenCompose(reader -> reads.layouts()
                        .completed(request, object, stored, reader.keyrings(), port)
                        .thenCompose(laid -> prove && laid.form().kind() != StoredForm.Kind.PLAIN
                                ? reads.prove(request, object, reader, laid, port)
                                        .thenApply(proof -> described(
                                                answer,
                                                laid,
                                                ClientSideObject.of(proof).flatMap(ClientSideObject::identity)))
                                : CompletableFuture.completedFuture(described(answer, laid, Optional.empty()))));
    }

    /** What the metadata says of a legacy object; no length where nothing says it. */
    private static HeadObjectResponse legacy(HeadObjectResponse answer) {
        long stored = ContentRanges.total(answer.contentRange(), answer.contentLength());
        return PlainAnswers.of(
                answer,
                StoredForm.Kind.S3EC,
                S3ecMetadata.legacyPlaintextLength(answer.metadata(), stored),
                null,
                Optional.empty(),
                stored);
    }

    private static HeadObjectResponse described(
            HeadObjectResponse answer, StoredObject stored, Optional<IdentityCheck> identity) {
        StoredForm.Kind kind = stored.form().kind();
        if (kind == StoredForm.Kind.PLAIN) {
            return answer;
        }
        OptionalLong length = plaintextLength(stored, answer);
        if (answer.contentRange() == null || length.isEmpty()) {
            return PlainAnswers.of(answer, kind, length, null, identity, stored.length());
        }
        ByteSpan part =
                part(stored, length.getAsLong(), ContentRanges.span(answer.contentRange(), answer.contentLength()));
        return PlainAnswers.of(
                answer,
                kind,
                OptionalLong.of(part.length()),
                part.length() == 0 ? null : PlaintextRange.contentRange(part, length.getAsLong()),
                identity,
                stored.length());
    }

    /** Bytes of plaintext; empty of a message that does not tell before it is read. */
    static OptionalLong plaintextLength(StoredObject stored, HeadObjectResponse answer) {
        return switch (stored.form().kind()) {
            case PLAIN -> OptionalLong.of(stored.length());
            case S3EC ->
                OptionalLong.of(S3ecMetadata.parse(answer.metadata()).suite().plaintextLength(stored.length()));
            case MESSAGE ->
                stored.form().withoutLayout()
                        ? OptionalLong.empty()
                        : OptionalLong.of(stored.layout().plaintextLength());
        };
    }

    /** The plaintext that a stretch of the object holds, as a read of that part gives it. */
    static ByteSpan part(StoredObject stored, long plaintextLength, ByteSpan span) {
        if (stored.form().kind() == StoredForm.Kind.MESSAGE) {
            FrameLayout layout = stored.layout();
            return PlaintextRange.within(layout, span);
        }
        long from = Math.min(span.offset(), plaintextLength);
        return new ByteSpan(from, Math.min(span.end(), plaintextLength) - from);
    }
}
