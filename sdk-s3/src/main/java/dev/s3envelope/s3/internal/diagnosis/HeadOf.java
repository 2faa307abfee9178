package dev.s3envelope.s3.internal.diagnosis;

import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.s3.internal.CopySource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Request;

/** The HEAD of the object that a request reads, by the same caller. */
final class HeadOf {
    private HeadOf() {}

    /** Empty where the request reads no object, is a HEAD itself, or is about SSE-C, of which HEAD says nothing. */
    static Optional<HeadObjectRequest> read(S3Request request, RequestFacts facts) {
        boolean reads = facts.actions().s3().contains("s3:GetObject");
        if (!reads || facts.customerKey() || request instanceof HeadObjectRequest) {
            return Optional.empty();
        }
        Optional<CopySource> source = facts.source();
        Optional<ObjectAddress> object = source.isPresent() ? source.map(CopySource::address) : facts.object();
        return object.map(address -> HeadObjectRequest.builder()
                .bucket(address.bucket())
                .key(address.key())
                .versionId(source.isPresent() ? source.get().versionId().orElse(null) : text(request, "VersionId"))
                .expectedBucketOwner(
                        text(request, source.isPresent() ? "ExpectedSourceBucketOwner" : "ExpectedBucketOwner"))
                .requestPayer(text(request, "RequestPayer"))
                .overrideConfiguration(credentialsOf(request))
                .build());
    }

    private static @Nullable AwsRequestOverrideConfiguration credentialsOf(S3Request request) {
        return request.overrideConfiguration()
                .flatMap(AwsRequestOverrideConfiguration::credentialsIdentityProvider)
                .map(provider -> AwsRequestOverrideConfiguration.builder()
                        .credentialsProvider(provider)
                        .build())
                .orElse(null);
    }

    private static @Nullable String text(S3Request request, String field) {
        return request.getValueForField(field, String.class).orElse(null);
    }
}
