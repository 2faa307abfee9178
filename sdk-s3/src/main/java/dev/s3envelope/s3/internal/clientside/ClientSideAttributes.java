package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.message.ByteSpan;
import dev.s3envelope.s3.internal.ObjectVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.Checksum;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesParts;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesRequest;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectPart;

/**
 * Answers to GetObjectAttributes in plaintext terms: the size of the object and of each part as a read of that part gives it, and no checksums, which are of the
 * ciphertext. The answer has no metadata, so each takes a HEAD, and one more for a list of parts that does not begin with the first.
 */
final class ClientSideAttributes {
    private final ClientSideReads reads;
    private final ClientSideHeads heads;

    /** Attributes for one client. */
    ClientSideAttributes(ClientSideReads reads, ClientSideHeads heads) {
        this.reads = reads;
        this.heads = heads;
    }

    /** The answer in plaintext terms; the same answer where the object is not encrypted on the client. */
    CompletionStage<GetObjectAttributesResponse> plain(
            GetObjectAttributesRequest request, GetObjectAttributesResponse answer, ReadPort port) {
        Optional<ObjectVersion> object = ObjectVersion.of(request.bucket(), request.key(), request.versionId());
        boolean described = answer.objectSize() != null
                || answer.checksum() != null
                || !parts(answer).isEmpty();
        if (!described || object.isEmpty()) {
            return CompletableFuture.completedFuture(answer);
        }
        HeadObjectRequest whole = DerivedReads.head(request, null);
        return port.head(whole).thenCompose(head -> {
            requireSame(object.get(), head, answer);
            return heads.plain(whole, head, port)
                    .thenCompose(plain -> plain.equals(head)
                            ? CompletableFuture.completedFuture(answer)
                            : firstPart(request, answer, object.get(), port)
                                    .thenApply(from -> plain(answer, object.get(), head, plain, from)));
        });
    }

    /** Where the first part in the list begins, as stored. */
    private static CompletionStage<Long> firstPart(
            GetObjectAttributesRequest request,
            GetObjectAttributesResponse answer,
            ObjectVersion object,
            ReadPort port) {
        List<ObjectPart> parts = parts(answer);
        Integer first = parts.isEmpty() ? null : parts.get(0).partNumber();
        if (first == null || first <= 1) {
            return CompletableFuture.completedFuture(0L);
        }
        return port.head(DerivedReads.head(request, first)).thenApply(head -> {
            requireSame(object, head, answer);
            return ContentRanges.span(head.contentRange(), head.contentLength()).offset();
        });
    }

    private GetObjectAttributesResponse plain(
            GetObjectAttributesResponse answer,
            ObjectVersion object,
            HeadObjectResponse head,
            HeadObjectResponse plain,
            long from) {
        GetObjectAttributesResponse.Builder result = answer.toBuilder().checksum((Checksum) null);
        if (answer.objectSize() != null) {
            result.objectSize(plain.contentLength());
        }
        GetObjectAttributesParts list = answer.objectParts();
        StoredObject stored = reads.layouts().of(object, StoredForm.described(head.metadata()), head);
        OptionalLong length = ClientSideHeads.plaintextLength(stored, head);
        if (list != null && length.isPresent()) {
            result.objectParts(list.toBuilder()
                    .parts(sized(list.parts(), stored, length.getAsLong(), from))
                    .build());
        }
        return result.build();
    }

    private static List<ObjectPart> sized(List<ObjectPart> parts, StoredObject stored, long length, long from) {
        List<ObjectPart> sized = new ArrayList<>(parts.size());
        long offset = from;
        for (ObjectPart part : parts) {
            long size = part.size() == null ? 0 : part.size();
            long plain = ClientSideHeads.part(stored, length, new ByteSpan(offset, size))
                    .length();
            ObjectPart.Builder one = part.toBuilder().size(plain);
            ResponseFields.removeChecksums(part, one);
            sized.add(one.build());
            offset += size;
        }
        return sized;
    }

    private static List<ObjectPart> parts(GetObjectAttributesResponse answer) {
        return answer.objectParts() == null || !answer.objectParts().hasParts()
                ? List.of()
                : answer.objectParts().parts();
    }

    /** The two answers are of one content; GetObjectAttributes has the ETag only where it was asked for. */
    private static void requireSame(ObjectVersion object, HeadObjectResponse head, GetObjectAttributesResponse answer) {
        long stored = ContentRanges.total(head.contentRange(), head.contentLength());
        if (!sameETag(head.eTag(), answer.eTag()) || (answer.objectSize() != null && answer.objectSize() != stored)) {
            throw new StaleLayoutException(object.address().toString());
        }
    }

    private static boolean sameETag(@Nullable String head, @Nullable String attributes) {
        return attributes == null || Layouts.unquoted(attributes).equals(head == null ? "" : Layouts.unquoted(head));
    }
}
