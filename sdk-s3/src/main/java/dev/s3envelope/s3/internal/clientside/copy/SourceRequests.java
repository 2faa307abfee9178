package dev.s3envelope.s3.internal.clientside.copy;

import dev.s3envelope.s3.ReadAs;
import dev.s3envelope.s3.internal.CopySource;
import dev.s3envelope.s3.internal.clientside.RequestAttributes;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectTaggingRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;

/**
 * The requests that read the source of a copy: its version, its SSE-C key, its bucket's expected owner, and of the caller's overrides the credentials and
 * {@link ReadAs}, which speaks of what is read. An encryption override speaks of what the copy writes.
 */
record SourceRequests(CopyObjectRequest copy, CopySource source) {
    /** The facts of the source, whatever the copy's conditions say. */
    HeadObjectRequest head() {
        return HeadObjectRequest.builder()
                .bucket(source.address().bucket())
                .key(source.address().key())
                .versionId(source.versionId().orElse(null))
                .requestPayer(copy.requestPayerAsString())
                .expectedBucketOwner(copy.expectedSourceBucketOwner())
                .sseCustomerAlgorithm(copy.copySourceSSECustomerAlgorithm())
                .sseCustomerKey(copy.copySourceSSECustomerKey())
                .sseCustomerKeyMD5(copy.copySourceSSECustomerKeyMD5())
                .overrideConfiguration(override())
                .build();
    }

    boolean conditional() {
        return copy.copySourceIfMatch() != null
                || copy.copySourceIfNoneMatch() != null
                || copy.copySourceIfModifiedSince() != null
                || copy.copySourceIfUnmodifiedSince() != null;
    }

    /** The facts of the source, under the conditions of the copy. */
    HeadObjectRequest conditionalHead() {
        return head().toBuilder()
                .ifMatch(copy.copySourceIfMatch())
                .ifNoneMatch(copy.copySourceIfNoneMatch())
                .ifModifiedSince(copy.copySourceIfModifiedSince())
                .ifUnmodifiedSince(copy.copySourceIfUnmodifiedSince())
                .build();
    }

    /** The whole source, if it is still this one. */
    GetObjectRequest get(String eTag) {
        return GetObjectRequest.builder()
                .bucket(source.address().bucket())
                .key(source.address().key())
                .versionId(source.versionId().orElse(null))
                .ifMatch(eTag)
                .requestPayer(copy.requestPayerAsString())
                .expectedBucketOwner(copy.expectedSourceBucketOwner())
                .sseCustomerAlgorithm(copy.copySourceSSECustomerAlgorithm())
                .sseCustomerKey(copy.copySourceSSECustomerKey())
                .sseCustomerKeyMD5(copy.copySourceSSECustomerKeyMD5())
                .overrideConfiguration(override())
                .build();
    }

    GetObjectTaggingRequest tags() {
        return GetObjectTaggingRequest.builder()
                .bucket(source.address().bucket())
                .key(source.address().key())
                .versionId(source.versionId().orElse(null))
                .requestPayer(copy.requestPayerAsString())
                .expectedBucketOwner(copy.expectedSourceBucketOwner())
                .overrideConfiguration(override())
                .build();
    }

    private @Nullable AwsRequestOverrideConfiguration override() {
        AwsRequestOverrideConfiguration.Builder override = RequestAttributes.credentialsOf(copy)
                .map(AwsRequestOverrideConfiguration::toBuilder)
                .orElseGet(AwsRequestOverrideConfiguration::builder);
        ReadAs.of(copy).filter(as -> !as.isStored()).ifPresent(as -> as.accept(override));
        return override.build();
    }
}
