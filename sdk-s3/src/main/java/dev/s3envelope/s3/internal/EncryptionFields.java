package dev.s3envelope.s3.internal;

import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.guard.RequestedEncryption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.s3.model.S3Request;

/** Reads what a request itself says about encryption, whichever operation it is of. */
final class EncryptionFields {
    private final HeaderFields fields;

    EncryptionFields(HeaderFields fields) {
        this.fields = fields;
    }

    /**
     * The mode the fields of a write spell. A bucket key without an encryption beside it is left out: S3 lets it go with the
     * bucket's default, see {@link #loneBucketKey}.
     */
    RequestedEncryption ofWrite(S3Request request) {
        return customer(request, ServerSideHeaders.CUSTOMER)
                .serverSideEncryption(text(request, ServerSideHeaders.ENCRYPTION))
                .kmsKeyId(text(request, ServerSideHeaders.KMS_KEY))
                .context(text(request, ServerSideHeaders.CONTEXT))
                .bucketKeyEnabled(loneBucketKey(request).isPresent() ? null : bucketKey(request))
                .build();
    }

    /** The SSE-C key a request on an existing object or upload brings, if any. */
    RequestedEncryption ofRead(S3Request request) {
        return customer(request, ServerSideHeaders.CUSTOMER).build();
    }

    /** The SSE-C key a copy brings for its source, if any. */
    RequestedEncryption ofSource(S3Request request) {
        return customer(request, ServerSideHeaders.SOURCE).build();
    }

    /** The bucket key of a request that asks for one without naming the encryption. */
    Optional<Boolean> loneBucketKey(S3Request request) {
        boolean alone = text(request, ServerSideHeaders.ENCRYPTION) == null
                && text(request, ServerSideHeaders.KMS_KEY) == null
                && text(request, ServerSideHeaders.CONTEXT) == null
                && text(request, ServerSideHeaders.CUSTOMER.get(1)) == null;
        return alone ? Optional.ofNullable(bucketKey(request)) : Optional.empty();
    }

    /**
     * Refuses encryption or the expected owner as raw headers or query parameters of the override configuration: they would go
     * past every decision made here.
     */
    static void refuseRaw(S3Request request) {
        AwsRequestOverrideConfiguration override =
                request.overrideConfiguration().orElse(null);
        if (override != null) {
            override.headers().keySet().forEach(EncryptionFields::refuseRaw);
            override.rawQueryParameters().keySet().forEach(EncryptionFields::refuseRaw);
        }
    }

    private static void refuseRaw(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.startsWith(ServerSideHeaders.ENCRYPTION)
                || lower.startsWith("x-amz-copy-source-server-side-encryption")
                || lower.equals(OwnerCheck.EXPECTED_OWNER)
                || lower.equals(OwnerCheck.EXPECTED_SOURCE_OWNER)) {
            throw new IllegalEncryptionException(
                    "The override configuration sets " + name
                            + " as a raw header or query parameter, which would bypass the policy. Use the field of the request.");
        }
    }

    private RequestedEncryption.Builder customer(S3Request request, List<String> names) {
        return RequestedEncryption.builder()
                .customerAlgorithm(text(request, names.get(0)))
                .customerKey(text(request, names.get(1)))
                .customerKeyMd5(text(request, names.get(2)));
    }

    private @Nullable Boolean bucketKey(S3Request request) {
        return fields.value(request, ServerSideHeaders.BUCKET_KEY)
                .map(value -> Boolean.valueOf(value.toString()))
                .orElse(null);
    }

    private @Nullable String text(S3Request request, String header) {
        return fields.text(request, header).orElse(null);
    }
}
