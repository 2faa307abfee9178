package dev.s3envelope.s3.internal.clientside.upload;

import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.s3.internal.clientside.ResponseFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.ListPartsResponse;
import software.amazon.awssdk.services.s3.model.Part;
import software.amazon.awssdk.services.s3.model.SdkPartType;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/** The requests and answers of an encrypted upload, between what the caller says of the plaintext and what S3 sees. */
final class PartRequests {
    private static final String CHECKSUM = "Checksum";

    private PartRequests() {}

    /** The bytes of plaintext a part has. */
    static long length(UploadPartRequest request, Optional<Long> ofBody) {
        Long length = request.contentLength() == null ? ofBody.orElse(null) : request.contentLength();
        if (length == null) {
            throw new OperationRefusedException(
                    "Part " + request.partNumber() + " of the upload of " + request.bucket() + "/" + request.key()
                            + " has a body of unknown length, and its length decides where it lies. Set contentLength.");
        }
        return length;
    }

    static boolean markedLast(UploadPartRequest request) {
        return request.sdkPartType() == SdkPartType.LAST;
    }

    /** The request for the encrypted part: its length, and no checksums of the plaintext. */
    static UploadPartRequest encrypted(UploadPartRequest request, Upload.Part part) {
        UploadPartRequest.Builder builder = request.toBuilder().contentLength(part.ciphertextLength());
        ResponseFields.removeChecksums(request, builder);
        return builder.build();
    }

    static int number(UploadPartRequest request) {
        if (request.partNumber() == null) {
            throw new OperationRefusedException("An encrypted part needs its part number.");
        }
        return request.partNumber();
    }

    /** The numbers of the parts a caller completes an upload with. */
    static List<Integer> numbers(CompleteMultipartUploadRequest request) {
        return parts(request).stream()
                .map(part -> part.partNumber() == null ? 0 : part.partNumber())
                .toList();
    }

    static void check(CompleteMultipartUploadRequest request) {
        for (SdkField<?> field : request.sdkFields()) {
            if (field.memberName().startsWith(CHECKSUM)
                    && !field.memberName().equals("ChecksumType")
                    && field.getValueOrDefault(request) != null) {
                throw new OperationRefusedException("The upload of " + request.bucket() + "/" + request.key()
                        + " is not completed: the request gives a checksum of the whole plaintext, which S3 does not see. Leave it out;"
                        + " the ciphertext is authenticated, and each part has a checksum of its own.");
            }
        }
    }

    /** The request that sends the part with the final frame. */
    static UploadPartRequest finalPart(CompleteMultipartUploadRequest request, Upload upload, Upload.Part part) {
        UploadPartRequest.Builder builder = UploadPartRequest.builder()
                .bucket(request.bucket())
                .key(request.key())
                .uploadId(request.uploadId())
                .partNumber(part.number())
                .contentLength(part.ciphertextLength())
                .requestPayer(request.requestPayerAsString())
                .expectedBucketOwner(request.expectedBucketOwner())
                .sseCustomerAlgorithm(request.sseCustomerAlgorithm())
                .sseCustomerKey(request.sseCustomerKey())
                .sseCustomerKeyMD5(request.sseCustomerKeyMD5());
        upload.checksumAlgorithm().ifPresent(builder::checksumAlgorithm);
        request.overrideConfiguration().ifPresent(builder::overrideConfiguration);
        return builder.build();
    }

    /** The request with the part that was added, if any, and the size S3 sees, if the caller gave the one it sees. */
    static CompleteMultipartUploadRequest complete(
            CompleteMultipartUploadRequest request,
            Upload upload,
            @Nullable Integer added,
            @Nullable UploadPartResponse answer) {
        List<CompletedPart> parts = new ArrayList<>(parts(request));
        int listed = parts.size();
        if (added != null && answer != null) {
            parts.add(completed(added, answer, listed == 0 ? null : parts.get(listed - 1)));
        }
        CompleteMultipartUploadRequest.Builder builder =
                request.toBuilder().multipartUpload(upload0 -> upload0.parts(parts));
        if (request.mpuObjectSize() != null) {
            long plaintext = upload.sizes().headMap(listed + 1).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            if (request.mpuObjectSize() != plaintext) {
                throw new OperationRefusedException("The upload of " + request.bucket() + "/" + request.key()
                        + " is not completed: its parts have " + plaintext + " bytes, not the "
                        + request.mpuObjectSize()
                        + " of mpuObjectSize.");
            }
            builder.mpuObjectSize(upload.ciphertextLength(parts.size()));
        }
        return builder.build();
    }

    /** The part with the final frame that was added to a completion, if one was. */
    static @Nullable CompletedPart added(CompleteMultipartUploadRequest sent, Upload upload) {
        List<CompletedPart> parts = parts(sent);
        CompletedPart last = parts.isEmpty() ? null : parts.get(parts.size() - 1);
        return last != null && last.partNumber() != null && upload.isAdded(last.partNumber()) ? last : null;
    }

    /** A completion that was answered before, sent once more as it was then. */
    static CompleteMultipartUploadRequest again(
            CompleteMultipartUploadRequest request, @Nullable CompletedPart added, @Nullable Long size) {
        List<CompletedPart> parts = new ArrayList<>(parts(request));
        if (added != null && !parts.isEmpty()) {
            parts.add(added);
        }
        return request.toBuilder()
                .multipartUpload(upload -> upload.parts(parts))
                .mpuObjectSize(request.mpuObjectSize() == null ? null : size)
                .build();
    }

    /** The list of parts in plaintext terms; one that was added at the end is not the caller's. */
    static ListPartsResponse plain(ListPartsResponse answer, Upload upload) {
        SortedMap<Integer, Long> sizes = upload.sizes();
        List<Part> parts = answer.parts().stream()
                .filter(part -> part.partNumber() == null || !upload.isAdded(part.partNumber()))
                .map(part -> {
                    Long size = part.partNumber() == null ? null : sizes.get(part.partNumber());
                    return size == null ? part : part.toBuilder().size(size).build();
                })
                .toList();
        return answer.toBuilder().parts(parts).build();
    }

    private static List<CompletedPart> parts(CompleteMultipartUploadRequest request) {
        return request.multipartUpload() == null
                ? List.of()
                : request.multipartUpload().parts();
    }

    /** As the caller lists its own: with the checksums it gives for the part before, and no others. */
    private static CompletedPart completed(int number, UploadPartResponse answer, @Nullable CompletedPart before) {
        CompletedPart.Builder part = CompletedPart.builder().partNumber(number).eTag(answer.eTag());
        if (before != null) {
            for (SdkField<?> field : before.sdkFields()) {
                if (field.memberName().startsWith(CHECKSUM) && field.getValueOrDefault(before) != null) {
                    answer.sdkFields().stream()
                            .filter(same -> same.memberName().equals(field.memberName()))
                            .findFirst()
                            .ifPresent(same -> field.set(part, same.getValueOrDefault(answer)));
                }
            }
        }
        return part.build();
    }
}
