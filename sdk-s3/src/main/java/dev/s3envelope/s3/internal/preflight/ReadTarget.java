package dev.s3envelope.s3.internal.preflight;

import dev.s3envelope.s3.PreflightOverride;
import dev.s3envelope.s3.PreflightStrategy;
import dev.s3envelope.s3.internal.CopySource;
import dev.s3envelope.s3.internal.ObjectVersion;
import dev.s3envelope.s3.internal.clientside.DerivedReads;
import dev.s3envelope.s3.internal.clientside.RequestAttributes;
import java.util.Optional;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Request;
import software.amazon.awssdk.services.s3.model.SelectObjectContentRequest;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;

/**
 * The object S3 has to decrypt for a request.
 *
 * @param object which
 * @param request the request
 * @param customerKey whether the request brings an SSE-C key for it, so that KMS has no say
 * @param source whether it is the source of a copy
 */
record ReadTarget(ObjectVersion object, S3Request request, boolean customerKey, boolean source) {

    /** Empty for requests that need nothing decrypted: HEAD needs no KMS permission (Amazon S3 User Guide, "Required permissions for S3 API operations"). */
    static Optional<ReadTarget> of(S3Request request) {
        if (request instanceof GetObjectRequest get) {
            return ObjectVersion.of(get.bucket(), get.key(), get.versionId())
                    .map(object -> new ReadTarget(object, get, get.sseCustomerKey() != null, false));
        }
        if (request instanceof GetObjectAttributesRequest || request instanceof SelectObjectContentRequest) {
            return named(request).map(object -> new ReadTarget(object, request, has(request, "SSECustomerKey"), false));
        }
        Optional<CopySource> source = Optional.empty();
        if (request instanceof CopyObjectRequest copy) {
            source = CopySource.of(copy);
        } else if (request instanceof UploadPartCopyRequest copy) {
            source = CopySource.of(copy);
        }
        return source.map(from -> new ReadTarget(
                new ObjectVersion(from.address(), from.versionId()),
                request,
                has(request, "CopySourceSSECustomerKey"),
                true));
    }

    /** The object a request names by the usual fields. */
    static Optional<ObjectVersion> named(S3Request request) {
        return ObjectVersion.of(
                text(request, "Bucket").orElse(null),
                text(request, "Key").orElse(null),
                text(request, "VersionId").orElse(null));
    }

    /** The HEAD of the object, by the same caller; without preflight. */
    HeadObjectRequest head() {
        return unchecked(DerivedReads.head(source ? plain() : request, null));
    }

    /** The GET of the object's first byte, by the same caller; without preflight. */
    GetObjectRequest firstByte() {
        return whole().toBuilder().range("bytes=0-0").build();
    }

    /** The GET of an object that turned out to be empty, and of which there is no first byte. */
    GetObjectRequest whole() {
        return unchecked(DerivedReads.get(source ? plain() : request));
    }

    /** The source of a copy as a read of its own. */
    private GetObjectRequest plain() {
        return GetObjectRequest.builder()
                .bucket(object.address().bucket())
                .key(object.address().key())
                .versionId(object.version().orElse(null))
                .expectedBucketOwner(text(request, "ExpectedSourceBucketOwner").orElse(null))
                .requestPayer(text(request, "RequestPayer").orElse(null))
                .overrideConfiguration(RequestAttributes.credentialsOf(request).orElse(null))
                .build();
    }

    private static HeadObjectRequest unchecked(HeadObjectRequest request) {
        return request.toBuilder().overrideConfiguration(off(request)).build();
    }

    private static GetObjectRequest unchecked(GetObjectRequest request) {
        return request.toBuilder().overrideConfiguration(off(request)).build();
    }

    private static AwsRequestOverrideConfiguration off(S3Request request) {
        return request.overrideConfiguration()
                .map(AwsRequestOverrideConfiguration::toBuilder)
                .orElseGet(AwsRequestOverrideConfiguration::builder)
                .applyMutation(PreflightOverride.strategy(PreflightStrategy.OFF))
                .build();
    }

    private static boolean has(S3Request request, String field) {
        return text(request, field).isPresent();
    }

    private static Optional<String> text(S3Request request, String field) {
        return request.getValueForField(field, String.class);
    }
}
