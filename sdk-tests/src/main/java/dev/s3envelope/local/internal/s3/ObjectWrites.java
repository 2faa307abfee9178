package dev.s3envelope.local.internal.s3;

import dev.s3envelope.local.internal.http.AwsError;
import dev.s3envelope.local.internal.http.ChecksumAlgorithm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** PutObject, and the steps every write shares. */
final class ObjectWrites {
    /** The largest object of one PutObject, and the largest part. */
    static final long MAX_PUT = 5L << 30;

    private static final int MAX_KEY = 1024;

    private final S3Core core;

    ObjectWrites(S3Core core) {
        this.core = core;
    }

    void put(S3Request request) throws IOException {
        Bucket bucket = core.bucket(request);
        String key = request.key();
        checkKey(key);
        core.gate().requireObject(request, bucket, "s3:PutObject", key, null);
        if (request.header("x-amz-tagging") != null) {
            core.gate().requireObject(request, bucket, "s3:PutObjectTagging", key, null);
        }
        checkAcl(request, bucket);
        Preconditions.checkWrite(request, bucket, key);
        Map<String, String> metadata = ObjectHeaders.metadata(request);
        Map<String, String> tags = ObjectHeaders.tags(request);
        String storageClass = ObjectHeaders.storageClass(request);
        try (EncryptionChoice choice =
                        EncryptionChoice.of(request, bucket, core.settings().loopbackWithoutTls());
                Content content = Content.receive(core, request, bucket, key, choice)) {
            ObjectVersion version = new ObjectVersion(
                    key,
                    versionId(bucket),
                    false,
                    core.now(),
                    content.blob().length(),
                    content.etag(),
                    ObjectHeaders.system(request),
                    metadata,
                    tags,
                    storageClass,
                    content.checksum(),
                    content.sealed(),
                    List.of(content.part(1, core.now())),
                    false);
            synchronized (bucket) {
                Preconditions.checkWrite(request, bucket, key);
                core.store().put(bucket, version);
                content.keep();
            }
            Map<String, String> headers = new LinkedHashMap<>();
            headers.put("ETag", '"' + version.etag() + '"');
            ObjectHeaders.encryption(headers, version.seal(), true);
            ObjectHeaders.version(headers, bucket, version);
            ObjectHeaders.checksum(headers, version);
            request.answer(200, headers, new byte[0]);
        }
    }

    String versionId(Bucket bucket) {
        return bucket.config().versioned() ? core.newVersionId() : ObjectVersion.NULL_VERSION;
    }

    static void checkKey(String key) {
        int size = key.getBytes(StandardCharsets.UTF_8).length;
        if (size > MAX_KEY) {
            Map<String, String> details = new LinkedHashMap<>();
            details.put("Size", String.valueOf(size));
            details.put("MaxSizeAllowed", String.valueOf(MAX_KEY));
            throw new AwsError(400, "KeyTooLongError", "Your key is too long", details);
        }
    }

    /** A bucket whose owner owns every object takes no ACL but those that say so. */
    static void checkAcl(S3Request request, Bucket bucket) {
        String acl = request.header("x-amz-acl");
        if (acl != null
                && !acl.equals("private")
                && !acl.equals("bucket-owner-full-control")
                && "BucketOwnerEnforced".equals(bucket.config().ownership())) {
            throw new AwsError(400, "AccessControlListNotSupported", "The bucket does not allow ACLs");
        }
    }

    static @Nullable ChecksumAlgorithm announced(S3Request request) {
        String name = request.header("x-amz-checksum-algorithm");
        if (name == null) {
            name = request.header("x-amz-sdk-checksum-algorithm");
        }
        if (name == null) {
            return null;
        }
        ChecksumAlgorithm algorithm = ChecksumAlgorithm.ofName(name);
        if (algorithm == null) {
            throw S3Errors.request("Checksum algorithm provided is unsupported. Please try again with any of the valid"
                    + " types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256, SHA512, MD5]");
        }
        return algorithm;
    }

    /** The MD5 of content, as entity tags show it. */
    static String hex(MessageDigest md5) {
        return HexFormat.of().formatHex(md5.digest());
    }
}
