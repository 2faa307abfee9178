package dev.s3envelope.local.internal.s3;

import dev.s3envelope.local.internal.http.AwsError;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What every family of operations works with, and the questions each asks first. Thread-safe. */
record S3Core(S3Settings settings, S3Store store, S3Gate gate, DataKeys keys, BlobSink sink) {
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter XML_DATE = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    /** The bucket a request names, once it exists, is in the Region that was signed for, and belongs to who was expected. */
    Bucket bucket(S3Request request) {
        Bucket bucket = bucket(request, request.bucketName(), "x-amz-expected-bucket-owner");
        request.concerns(
                request.key().isEmpty() ? S3Request.bucketArn(bucket) : S3Request.objectArn(bucket, request.key()));
        String region = request.caller().region();
        if (!region.isEmpty() && !region.equals(bucket.region())) {
            request.always("x-amz-bucket-region", bucket.region());
            throw new AwsError(
                    301,
                    "PermanentRedirect",
                    "The bucket you are attempting to access must be addressed using the specified endpoint. Please send"
                            + " all future requests to this endpoint.",
                    Map.of("Endpoint", "s3." + bucket.region() + ".amazonaws.com", "Bucket", bucket.name()));
        }
        return bucket;
    }

    /** Any bucket, such as the source of a copy, whose expected owner is in {@code ownerHeader}. */
    Bucket bucket(S3Request request, String name, String ownerHeader) {
        Bucket bucket = store.bucket(name);
        if (bucket == null) {
            throw S3Errors.noSuchBucket(name);
        }
        String expected = request.header(ownerHeader);
        if (expected != null) {
            if (!expected.matches("[0-9]{12}")) {
                throw new AwsError(
                        400,
                        "InvalidBucketOwnerAWSAccountID",
                        "The value of the expected bucket owner parameter must be an AWS Account ID... [" + expected
                                + "]");
            }
            if (!expected.equals(bucket.owner())) {
                throw S3Errors.accessDenied();
            }
        }
        return bucket;
    }

    /** A version that exists and has content; otherwise the 404, 405 or 403 S3 answers. */
    ObjectVersion existing(S3Request request, Bucket bucket, String key, @Nullable String versionId) {
        ObjectVersion version = versionId == null ? bucket.latest(key) : bucket.version(key, versionId);
        if (version == null || (version.deleteMarker() && versionId == null)) {
            if (version != null) {
                request.always("x-amz-delete-marker", "true");
                request.always("x-amz-version-id", version.versionId());
            }
            requireList(request, bucket);
            throw versionId == null ? S3Errors.noSuchKey(key) : S3Errors.noSuchVersion(key, versionId);
        }
        if (version.deleteMarker()) {
            request.always("x-amz-delete-marker", "true");
            request.always("Allow", "DELETE");
            throw S3Errors.methodNotAllowed(request.call().method(), "DeleteMarker");
        }
        return version;
    }

    /** That a key does not exist is told only to those who may list the bucket. */
    private void requireList(S3Request request, Bucket bucket) {
        var verdict = gate.decide(request, bucket, "s3:ListBucket", S3Request.bucketArn(bucket));
        if (!verdict.allowed()) {
            throw new AwsError(403, "AccessDenied", verdict.message());
        }
    }

    String canonicalId(String account) {
        return gate.access().canonicalId(account);
    }

    long now() {
        return settings.clock().millis();
    }

    /** A version id under versioning; sorts in no order, as AWS's do not. */
    String newVersionId() {
        byte[] id = new byte[16];
        settings.random().nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    /** An entity tag that says nothing of the content. */
    String opaqueTag() {
        return newVersionId();
    }

    static String httpDate(long millis) {
        return HTTP_DATE.format(Instant.ofEpochMilli(millis));
    }

    static String xmlDate(long millis) {
        return XML_DATE.format(Instant.ofEpochMilli(millis));
    }
}
