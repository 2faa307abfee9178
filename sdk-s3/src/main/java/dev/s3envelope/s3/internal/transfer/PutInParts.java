package dev.s3envelope.s3.internal.transfer;

import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.mode.ClientSideFormat;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.s3.ClientSideUpload;
import dev.s3envelope.s3.ParallelTransfers;
import dev.s3envelope.s3.internal.DecidedMode;
import dev.s3envelope.s3.internal.clientside.ClientSideWrite;
import dev.s3envelope.s3.internal.clientside.Fields;
import dev.s3envelope.s3.internal.clientside.ResponseFields;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.SdkPartType;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * One PutObject said as the requests of an upload in parts: for bodies of unknown length, for those too large for one PUT, where the caller announced a part size
 * that the body exceeds, and where transfers are parallel. Fields pass by their name; the answer is that of a PutObject.
 */
final class PutInParts {
    private static final String CHECKSUM = "Checksum";
    private static final Set<String> OF_EVERY_PART = Set.of(
            "Bucket",
            "Key",
            "RequestPayer",
            "ExpectedBucketOwner",
            "SSECustomerAlgorithm",
            "SSECustomerKey",
            "SSECustomerKeyMD5");
    /** What S3 answers to the creation of an upload, and to a PUT, and not to a completion. */
    private static final Set<String> OF_CREATION =
            Set.of("SSECustomerAlgorithm", "SSECustomerKeyMD5", "SSEKMSEncryptionContext");

    private final PutObjectRequest request;
    private final EncryptionMode mode;
    private final ObjectAddress object;
    private final @Nullable Long length;
    private final PutSizes sizes;

    private PutInParts(
            PutObjectRequest request,
            EncryptionMode mode,
            ObjectAddress object,
            @Nullable Long length,
            PutSizes sizes) {
        this.request = request;
        this.mode = mode;
        this.object = object;
        this.length = length;
        this.sizes = sizes;
    }

    /**
     * How to put a body in parts; empty where it goes in one PUT: it is small, the format knows no parts, or the request says something of the whole body that
     * an upload in parts cannot say.
     *
     * @param request as the caller gave it
     * @param sent the same as it was decided for one PUT
     * @param ofBody the length the body knows
     */
    static Optional<PutInParts> of(
            PutObjectRequest request,
            PutObjectRequest sent,
            Optional<Long> ofBody,
            Optional<ParallelTransfers> parallel) {
        Optional<EncryptionMode> decided = ClientSideWrite.of(sent)
                .<EncryptionMode>map(ClientSideWrite::mode)
                .or(() -> parallel.isEmpty() ? Optional.empty() : DecidedMode.of(sent));
        if (decided.isEmpty()) {
            return Optional.empty();
        }
        EncryptionMode mode = decided.get();
        if (mode instanceof ClientSide clientSide && clientSide.format() != ClientSideFormat.ENCRYPTION_SDK) {
            return Optional.empty();
        }
        ObjectAddress object = new ObjectAddress(request.bucket(), request.key());
        @Nullable Long length = request.contentLength() == null ? ofBody.orElse(null) : request.contentLength();
        PutSizes.Question question = new PutSizes.Question(
                object.toString(),
                mode,
                length,
                ClientSideUpload.partSizeOf(request).orElse(0),
                parallel.orElse(null));
        if (question.mustGoInParts()) {
            PutSizes sizes = question.sizes();
            ofTheWhole(request).ifPresent(what -> {
                throw new OperationRefusedException("PutObject of " + object + " goes in parts, and the request gives "
                        + what + ". Leave it out, or upload in parts with what S3 takes for each.");
            });
            return Optional.of(new PutInParts(request, mode, object, length, sizes));
        }
        boolean kept = question.wantsParts() && ofTheWhole(request).isEmpty() && !raw(request);
        return kept ? Optional.of(new PutInParts(request, mode, object, length, question.sizes())) : Optional.empty();
    }

    PutSizes sizes() {
        return sizes;
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
        // Decided for the whole body; the size, which a rule may ask for, is not told when an upload is created.
        configuration.applyMutation(DecidedMode.is(mode));
        if (mode instanceof ClientSide) {
            configuration.applyMutation(ClientSideUpload.partSize(sizes.part()));
        }
        return builder.overrideConfiguration(configuration.build()).build();
    }

    UploadPartRequest part(String uploadId, PutPart part) {
        UploadPartRequest.Builder builder = UploadPartRequest.builder();
        Fields.copy(request, UploadPartRequest.builder().build(), builder, OF_EVERY_PART::contains);
        if (request.checksumAlgorithmAsString() != null) {
            builder.checksumAlgorithm(request.checksumAlgorithmAsString());
        }
        request.overrideConfiguration().ifPresent(builder::overrideConfiguration);
        return builder.uploadId(uploadId)
                .partNumber(part.number())
                .contentLength((long) part.length())
                .sdkPartType(part.last() ? SdkPartType.LAST : SdkPartType.DEFAULT)
                .build();
    }

    CompletedPart completed(PutPart part, UploadPartResponse answer) {
        CompletedPart.Builder builder =
                CompletedPart.builder().partNumber(part.number()).eTag(answer.eTag());
        if (request.checksumAlgorithmAsString() != null) {
            Fields.copy(answer, CompletedPart.builder().build(), builder, name -> name.startsWith(CHECKSUM));
        }
        return builder.build();
    }

    /** The completion; parts in the order of their numbers. */
    CompleteMultipartUploadRequest complete(String uploadId, Collection<CompletedPart> parts) {
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

    PutObjectResponse answer(CreateMultipartUploadResponse created, CompleteMultipartUploadResponse completed) {
        PutObjectResponse.Builder builder = PutObjectResponse.builder();
        PutObjectResponse sample = PutObjectResponse.builder().build();
        Fields.copy(created, sample, builder, OF_CREATION::contains);
        Fields.copy(completed, sample, builder, name -> true);
        builder.responseMetadata(completed.responseMetadata());
        builder.sdkHttpResponse(completed.sdkHttpResponse());
        return builder.build();
    }

    /** How many of the bytes that follow belong to the body, by its announced length; 0 if whatever follows is too much. */
    long room(long received) {
        return length == null ? Long.MAX_VALUE : length - received;
    }

    /**
     * Whether the body is whole and nothing more of it is read: where S3 encrypts, the AWS SDK takes the announced bytes and leaves what follows in the source,
     * which may be somebody else's. What is encrypted here must end where it was announced to.
     */
    boolean whole(long received) {
        return length != null && length == received && !(mode instanceof ClientSide);
    }

    OperationRefusedException wrongLength(long received) {
        long announced = Optional.ofNullable(length).orElse(0L);
        return new OperationRefusedException("The body of " + object + " has " + received
                + (received > announced ? " or more" : "") + " bytes, not the " + announced
                + " that were announced. Announce the true length, or none. Nothing was stored.");
    }

    /** Refuses a body of another length than announced, before it becomes an object. */
    void checkLength(long received) {
        if (length != null && length != received) {
            throw wrongLength(received);
        }
    }

    /** The number of the next part. */
    int next(int sofar) {
        if (sofar == PutSizes.MOST_PARTS) {
            throw new OperationRefusedException("The body of " + object + " has more bytes than " + PutSizes.MOST_PARTS
                    + " parts of " + sizes.part()
                    + ", S3's most. Announce its length, or set a larger part size. Nothing was stored.");
        }
        return sofar + 1;
    }

    @Override
    public String toString() {
        return object.toString();
    }

    /** What a request says of the whole body, and S3 would not hold an upload in parts to. */
    private static Optional<String> ofTheWhole(PutObjectRequest request) {
        Optional<String> checksum = ResponseFields.checksums(request).keySet().stream()
                .findFirst()
                .map(header -> "a checksum of the whole plaintext (" + header
                        + "), which would be known to be wrong only after the object is stored");
        return checksum.isPresent() || request.writeOffsetBytes() == null
                ? checksum
                : Optional.of("writeOffsetBytes, which only one PUT appends at");
    }

    /** Whether headers or parameters come past the fields: nobody knows which of the requests they belong to. */
    private static boolean raw(PutObjectRequest request) {
        return request.overrideConfiguration()
                .filter(configuration -> !configuration.headers().isEmpty()
                        || !configuration.rawQueryParameters().isEmpty())
                .isPresent();
    }
}
