package dev.s3envelope.s3.internal.clientside.upload;

import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.message.FrameLayout;
import dev.s3envelope.core.mode.ClientSideFormat;
import dev.s3envelope.s3.ClientSideUpload;
import dev.s3envelope.s3.EncryptionOverride;
import dev.s3envelope.s3.internal.clientside.ClientSideWrite;
import dev.s3envelope.s3.internal.clientside.Fields;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.SdkPartType;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * One PutObject said as the requests of an upload in parts: for bodies of unknown length, for those too large for one PUT, and where the caller
 * announced a part size that the body exceeds. Fields pass by their name.
 */
final class PutInParts {
    /** The part size where the caller announces none, and one PUT's worth of memory. Enough for 80 GB of unknown length. */
    static final int PART_SIZE = 8 << 20;

    private static final long LARGEST_PUT = 5L << 30;
    private static final int LARGEST_HEADER = 1 << 16;
    private static final long STEP = 1L << 20;
    private static final String CHECKSUM = "Checksum";
    private static final Set<String> OF_EVERY_PART = Set.of(
            "Bucket",
            "Key",
            "RequestPayer",
            "ExpectedBucketOwner",
            "SSECustomerAlgorithm",
            "SSECustomerKey",
            "SSECustomerKeyMD5");

    private final PutObjectRequest request;
    private final Optional<Long> length;
    private final ClientSideWrite how;
    private final int partSize;

    private PutInParts(PutObjectRequest request, Optional<Long> length, ClientSideWrite how, int partSize) {
        this.request = request;
        this.length = length;
        this.how = how;
        this.partSize = partSize;
    }

    /** How to put a body in parts; empty where one PUT will do, or where the format knows no parts. */
    static Optional<PutInParts> of(PutObjectRequest request, ClientSideWrite how, Optional<Long> ofBody) {
        if (how.mode().format() != ClientSideFormat.ENCRYPTION_SDK) {
            return Optional.empty();
        }
        Optional<Long> length = request.contentLength() == null ? ofBody : Optional.of(request.contentLength());
        long announced = ClientSideUpload.partSizeOf(request).orElse(0);
        if (length.isPresent()) {
            long plain = length.get();
            boolean large = plain > LARGEST_PUT
                    || FrameLayout.ofPlaintext(LARGEST_HEADER, how.mode().frameLength(), plain)
                                    .ciphertextLength()
                            > LARGEST_PUT;
            if (!large && (announced == 0 || plain <= announced)) {
                return Optional.empty();
            }
        }
        long least = length.map(PutInParts::leastFor).orElse(0L);
        long partSize = announced != 0 ? announced : Math.max(PART_SIZE, least);
        if (partSize < least || partSize > Integer.MAX_VALUE - 16) {
            throw new OperationRefusedException("PutObject of " + how.object() + " with " + length.orElse(0L)
                    + " bytes would need parts of at least " + Math.max(least, 1)
                    + " bytes, each of them held in memory; "
                    + partSize + " do not serve. Upload it in parts with createMultipartUpload.");
        }
        checkChecksums(request, how);
        return Optional.of(new PutInParts(request, length, how, (int) partSize));
    }

    /** Bytes of plaintext in each part but the last. */
    int partSize() {
        return partSize;
    }

    CreateMultipartUploadRequest create(@Nullable String contentType) {
        CreateMultipartUploadRequest.Builder builder = CreateMultipartUploadRequest.builder();
        Fields.copy(
                request,
                CreateMultipartUploadRequest.builder().build(),
                builder,
                name -> !name.startsWith(CHECKSUM) || name.equals("ChecksumAlgorithm"));
        if (request.contentType() == null) {
            builder.contentType(contentType);
        }
        AwsRequestOverrideConfiguration.Builder configuration = request.overrideConfiguration()
                .map(AwsRequestOverrideConfiguration::toBuilder)
                .orElseGet(AwsRequestOverrideConfiguration::builder);
        configuration.applyMutation(ClientSideUpload.partSize(partSize));
        if (length.isPresent()) {
            // Decided for the whole body; the size, which a rule may ask for, is not told when an upload is created.
            configuration.applyMutation(EncryptionOverride.mode(how.mode()));
        }
        return builder.overrideConfiguration(configuration.build()).build();
    }

    UploadPartRequest part(String uploadId, int number, long size, boolean last) {
        UploadPartRequest.Builder builder = UploadPartRequest.builder();
        Fields.copy(request, UploadPartRequest.builder().build(), builder, OF_EVERY_PART::contains);
        if (request.checksumAlgorithmAsString() != null) {
            builder.checksumAlgorithm(request.checksumAlgorithmAsString());
        }
        request.overrideConfiguration().ifPresent(builder::overrideConfiguration);
        return builder.uploadId(uploadId)
                .partNumber(number)
                .contentLength(size)
                .sdkPartType(last ? SdkPartType.LAST : SdkPartType.DEFAULT)
                .build();
    }

    CompletedPart completed(int number, UploadPartResponse answer) {
        CompletedPart.Builder builder =
                CompletedPart.builder().partNumber(number).eTag(answer.eTag());
        if (request.checksumAlgorithmAsString() != null) {
            Fields.copy(answer, CompletedPart.builder().build(), builder, name -> name.startsWith(CHECKSUM));
        }
        return builder.build();
    }

    CompleteMultipartUploadRequest complete(String uploadId, List<CompletedPart> parts) {
        CompleteMultipartUploadRequest.Builder builder = CompleteMultipartUploadRequest.builder();
        Fields.copy(
                request, CompleteMultipartUploadRequest.builder().build(), builder, name -> !name.startsWith(CHECKSUM));
        request.overrideConfiguration().ifPresent(builder::overrideConfiguration);
        return builder.uploadId(uploadId)
                .multipartUpload(upload -> upload.parts(parts))
                .build();
    }

    AbortMultipartUploadRequest abort(String uploadId) {
        AbortMultipartUploadRequest.Builder builder = AbortMultipartUploadRequest.builder();
        Fields.copy(request, AbortMultipartUploadRequest.builder().build(), builder, OF_EVERY_PART::contains);
        request.overrideConfiguration().ifPresent(builder::overrideConfiguration);
        return builder.uploadId(uploadId).build();
    }

    PutObjectResponse answer(CompleteMultipartUploadResponse completed) {
        PutObjectResponse.Builder builder = PutObjectResponse.builder();
        Fields.copy(completed, PutObjectResponse.builder().build(), builder, name -> true);
        builder.responseMetadata(completed.responseMetadata());
        builder.sdkHttpResponse(completed.sdkHttpResponse());
        return builder.build();
    }

    OperationRefusedException wrongLength(long received) {
        return new OperationRefusedException("The body of " + how.object() + " has " + received
                + (received > length.orElse(0L) ? " or more" : "") + " bytes, not the " + length.orElse(0L)
                + " that were announced. Announce the true length, or none. Nothing was stored.");
    }

    /** Refuses a body of another length than announced, before it becomes an object. */
    void checkLength(long received) {
        if (length.isPresent() && length.get() != received) {
            throw wrongLength(received);
        }
    }

    private static long leastFor(long length) {
        long exact = (length + PartPlan.MOST_PARTS - 1) / PartPlan.MOST_PARTS;
        return (exact + STEP - 1) / STEP * STEP;
    }

    private static void checkChecksums(PutObjectRequest request, ClientSideWrite how) {
        for (SdkField<?> field : request.sdkFields()) {
            boolean checksum = field.memberName().equals("ContentMD5")
                    || (field.memberName().startsWith(CHECKSUM)
                            && !field.memberName().equals("ChecksumAlgorithm"));
            if (checksum && field.getValueOrDefault(request) != null) {
                throw new OperationRefusedException("PutObject of " + how.object()
                        + " goes in parts, and the request gives a checksum of the whole plaintext ("
                        + field.locationName()
                        + "), which would be known to be wrong only after the object is stored. Leave it out, or upload in parts with a"
                        + " checksum for each.");
            }
        }
    }
}
