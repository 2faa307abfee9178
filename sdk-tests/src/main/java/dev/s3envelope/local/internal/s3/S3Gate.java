package dev.s3envelope.local.internal.s3;

import dev.s3envelope.local.internal.iam.AccessControl;
import dev.s3envelope.local.internal.iam.AccessControl.S3Access;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Asks the S3 gate: turns a request into the action, resource and condition keys that policies are written in. */
final class S3Gate {
    /** Request headers that are condition keys under their own name. */
    private static final List<String> CONDITION_HEADERS = List.of(
            "x-amz-acl",
            "x-amz-content-sha256",
            "x-amz-copy-source",
            "x-amz-metadata-directive",
            "x-amz-server-side-encryption",
            "x-amz-server-side-encryption-aws-kms-key-id",
            "x-amz-server-side-encryption-customer-algorithm",
            "x-amz-storage-class",
            "x-amz-grant-read",
            "x-amz-grant-full-control");

    private final AccessControl access;

    S3Gate(AccessControl access) {
        this.access = access;
    }

    AccessControl access() {
        return access;
    }

    /** Refuses with 403 unless the caller may do this to the bucket. */
    void requireBucket(S3Request request, Bucket bucket, String action) {
        require(request, bucket, action, S3Request.bucketArn(bucket), Map.of());
    }

    /** Refuses with 403 unless the caller may do this to the object; tags of the object there is are condition keys. */
    void requireObject(S3Request request, Bucket bucket, String action, String key, @Nullable ObjectVersion existing) {
        require(request, bucket, action, S3Request.objectArn(bucket, key), existingTags(existing));
    }

    void require(S3Request request, Bucket bucket, String action, String resource, Map<String, List<String>> extra) {
        request.evidence().addAll(access.require(question(request, bucket, action, resource, extra)));
    }

    /** Asks the same without refusing. */
    AccessControl.Verdict decide(S3Request request, @Nullable Bucket bucket, String action, String resource) {
        return access.decide(question(request, bucket, action, resource, Map.of()));
    }

    static Map<String, List<String>> existingTags(@Nullable ObjectVersion existing) {
        Map<String, List<String>> extra = new TreeMap<>();
        if (existing != null) {
            existing.tags().forEach((name, value) -> extra.put("s3:ExistingObjectTag/" + name, List.of(value)));
        }
        return extra;
    }

    private static S3Access question(
            S3Request request,
            @Nullable Bucket bucket,
            String action,
            String resource,
            Map<String, List<String>> extra) {
        return new S3Access(
                request.caller(),
                action,
                resource,
                bucket == null ? null : bucket.owner(),
                bucket == null ? null : bucket.config().policy(),
                conditions(request, bucket, extra),
                bucket == null ? request.caller().region() : bucket.region(),
                request.call().secure(),
                request.call().remoteAddress());
    }

    private static Map<String, List<String>> conditions(
            S3Request request, @Nullable Bucket bucket, Map<String, List<String>> extra) {
        Map<String, List<String>> conditions = new TreeMap<>(extra);
        for (String header : CONDITION_HEADERS) {
            String value = request.header(header);
            if (value != null) {
                conditions.put("s3:" + header, List.of(value));
            }
        }
        parameter(request, "prefix", conditions);
        parameter(request, "delimiter", conditions);
        parameter(request, "max-keys", conditions);
        String version = request.value("versionId");
        if (version != null) {
            conditions.put("s3:VersionId", List.of(version));
        }
        if (bucket != null) {
            conditions.put("s3:ResourceAccount", List.of(bucket.owner()));
        }
        if (request.caller().credential() != null) {
            conditions.put("s3:signatureversion", List.of("AWS4-HMAC-SHA256"));
            conditions.put("s3:authType", List.of(request.call().presigned() ? "REST-QUERY-STRING" : "REST-HEADER"));
        }
        String tagging = request.header("x-amz-tagging");
        if (tagging != null) {
            Map<String, String> tags = Tags.ofHeader(tagging);
            tags.forEach((name, value) -> conditions.put("s3:RequestObjectTag/" + name, List.of(value)));
            if (!tags.isEmpty()) {
                conditions.put("s3:RequestObjectTagKeys", List.copyOf(tags.keySet()));
            }
        }
        return conditions;
    }

    private static void parameter(S3Request request, String name, Map<String, List<String>> conditions) {
        String value = request.parameter(name);
        if (value != null) {
            conditions.put("s3:" + name.toLowerCase(Locale.ROOT), List.of(value));
        }
    }
}
