package dev.s3envelope.s3.internal.diagnosis;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.access.OperationActions;
import dev.s3envelope.core.access.ServiceError.KmsUse;
import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.mode.ContextPairs;
import dev.s3envelope.s3.internal.CopySource;
import dev.s3envelope.s3.internal.OperationTreatment;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Request;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;

/**
 * What a request about an object says of itself, as it was sent.
 *
 * @param operation its API name
 * @param actions what it needs at the gates
 * @param object the object, the destination of a copy
 * @param source the source of a copy
 * @param customerKey whether it carries an SSE-C key
 * @param kmsUse whether it takes a KMS key, as far as the request decides that
 * @param key the KMS key it names
 * @param context the encryption context that follows from it; empty if that depends on the bucket
 * @param bucketOwner the owner it expects
 */
record RequestFacts(
        String operation,
        OperationActions actions,
        Optional<ObjectAddress> object,
        Optional<CopySource> source,
        boolean customerKey,
        KmsUse kmsUse,
        Optional<KeyArn> key,
        Map<String, String> context,
        Optional<AccountId> bucketOwner) {
    private static final String CONTEXT_ARN = "aws:s3:arn";

    /** The facts of a request; empty if it is not about one object. */
    static Optional<RequestFacts> of(S3Request request) {
        String operation = OperationTreatment.operationName(request);
        return OperationActions.of(operation).map(actions -> of(request, operation, actions));
    }

    private static RequestFacts of(S3Request request, String operation, OperationActions needed) {
        Optional<ObjectAddress> object = object(request);
        Optional<CopySource> source = source(request);
        Optional<KeyArn> key = text(request, "SSEKMSKeyId").flatMap(KeyArn::tryParse);
        boolean customerKey = text(request, "SSECustomerKey").isPresent()
                || text(request, "CopySourceSSECustomerKey").isPresent();
        return new RequestFacts(
                operation,
                needed,
                object,
                source,
                customerKey,
                kmsUse(request, needed, source.isPresent()),
                key,
                object.isPresent() && key.isPresent()
                        ? context(request, object.get(), key.get().partition())
                        : Map.of(),
                text(request, "ExpectedBucketOwner").flatMap(AccountId::tryParse));
    }

    /** What S3 would ask KMS with for a read of an object that was seen to be under a key. */
    static Map<String, String> contextOf(ObjectAddress object, KeyArn key, boolean bucketKey) {
        return named(object) ? Map.of(CONTEXT_ARN, arn(object, key.partition(), bucketKey)) : Map.of();
    }

    private static Map<String, String> context(S3Request request, ObjectAddress object, String partition) {
        Optional<String> mode = text(request, "ServerSideEncryption");
        Optional<Boolean> bucketKey = request.getValueForField("BucketKeyEnabled", Boolean.class);
        // Without the header the bucket decides about a Bucket Key, which DSSE has not.
        boolean known =
                bucketKey.isPresent() || mode.filter("aws:kms:dsse"::equals).isPresent();
        if (!known || !named(object)) {
            return Map.of();
        }
        Map<String, String> pairs = new TreeMap<>();
        text(request, "SSEKMSEncryptionContext").ifPresent(header -> pairs.putAll(parsed(header)));
        pairs.put(CONTEXT_ARN, arn(object, partition, bucketKey.orElse(false)));
        return pairs;
    }

    private static Map<String, String> parsed(String header) {
        try {
            return ContextPairs.parseHeader(header).asMap();
        } catch (EnvelopeException malformed) {
            return Map.of();
        }
    }

    private static String arn(ObjectAddress object, String partition, boolean bucketKey) {
        return bucketKey ? object.bucketArn(partition) : object.arn(partition);
    }

    /** Whether the bucket field is the name that ARNs are made of. */
    private static boolean named(ObjectAddress object) {
        String bucket = object.bucket();
        return !object.isAccessPointArn()
                && !object.isDirectoryBucket()
                && !bucket.endsWith("-s3alias")
                && !bucket.endsWith("--ol-s3");
    }

    private static KmsUse kmsUse(S3Request request, OperationActions needed, boolean copies) {
        if (needed.kms().isEmpty()) {
            return KmsUse.NOT_NEEDED;
        }
        Optional<String> mode = text(request, "ServerSideEncryption");
        if (mode.filter(name -> name.startsWith("aws:kms")).isPresent()) {
            return KmsUse.NEEDED;
        }
        boolean settled = mode.filter("AES256"::equals).isPresent()
                || text(request, "SSECustomerKey").isPresent();
        return settled && !copies ? KmsUse.NOT_NEEDED : KmsUse.UNKNOWN;
    }

    private static Optional<CopySource> source(S3Request request) {
        if (request instanceof CopyObjectRequest copy) {
            return CopySource.of(copy);
        }
        return request instanceof UploadPartCopyRequest part ? CopySource.of(part) : Optional.empty();
    }

    private static Optional<ObjectAddress> object(S3Request request) {
        @Nullable
        String bucket = text(request, "Bucket")
                .or(() -> text(request, "DestinationBucket"))
                .orElse(null);
        @Nullable
        String key =
                text(request, "Key").or(() -> text(request, "DestinationKey")).orElse(null);
        try {
            return bucket == null || key == null ? Optional.empty() : Optional.of(new ObjectAddress(bucket, key));
        } catch (EnvelopeException malformed) {
            return Optional.empty();
        }
    }

    private static Optional<String> text(S3Request request, String field) {
        return request.getValueForField(field, String.class);
    }
}
