package dev.s3envelope.s3.internal;

import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.guard.WriteGuard;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Request;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;

/**
 * Puts the bucket's known owner on every request that can carry it, so that S3 refuses a bucket which belongs to somebody else
 * (Amazon S3 User Guide, "Verifying bucket ownership with bucket owner condition"). A caller's own value stays, unless it
 * contradicts what is known.
 */
final class OwnerCheck {
    static final String EXPECTED_OWNER = "x-amz-expected-bucket-owner";
    static final String EXPECTED_SOURCE_OWNER = "x-amz-source-expected-bucket-owner";

    private final WriteGuard guard;
    private final HeaderFields fields;

    OwnerCheck(WriteGuard guard, HeaderFields fields) {
        this.guard = guard;
        this.fields = fields;
    }

    /**
     * The request with its expected owners.
     *
     * @throws OperationRefusedException if the caller expects another owner than the one configured
     */
    <T extends S3Request> T apply(T request) {
        T owned = expecting(request, EXPECTED_OWNER, bucket(request));
        return expecting(owned, EXPECTED_SOURCE_OWNER, sourceBucket(request));
    }

    private <T extends S3Request> T expecting(T request, String header, @Nullable String bucket) {
        if (bucket == null || !fields.has(request, header)) {
            return request;
        }
        Optional<AccountId> owner = guard.expectedBucketOwner(bucket);
        if (owner.isEmpty()) {
            return request;
        }
        Optional<String> asked = fields.text(request, header);
        if (asked.isPresent() && !asked.get().equals(owner.get().digits())) {
            throw new OperationRefusedException(
                    OperationTreatment.operationName(request) + " expects account " + asked.get()
                            + " to own bucket " + bucket + ", but the bucket directory says " + owner.get()
                            + ". Correct the request or the directory.");
        }
        return fields.with(request, Map.of(header, owner.get().digits()));
    }

    private static @Nullable String bucket(S3Request request) {
        return request.getValueForField("Bucket", String.class)
                .or(() -> request.getValueForField("DestinationBucket", String.class))
                .orElse(null);
    }

    private static @Nullable String sourceBucket(S3Request request) {
        Optional<CopySource> source = Optional.empty();
        if (request instanceof CopyObjectRequest copy) {
            source = CopySource.of(copy);
        } else if (request instanceof UploadPartCopyRequest copy) {
            source = CopySource.of(copy);
        }
        return source.map(from -> from.address().bucket()).orElse(null);
    }
}
