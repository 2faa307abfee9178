package dev.s3envelope.local.internal.s3;

import dev.s3envelope.local.internal.http.AwsError;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The headers that are stored with an object, and those that describe an object in answers. */
final class ObjectHeaders {
    private static final List<String> SYSTEM = List.of(
            "Content-Type",
            "Cache-Control",
            "Content-Disposition",
            "Content-Encoding",
            "Content-Language",
            "Expires",
            "x-amz-website-redirect-location");
    private static final Set<String> STORAGE_CLASSES = Set.of(
            "STANDARD",
            "REDUCED_REDUNDANCY",
            "STANDARD_IA",
            "ONEZONE_IA",
            "INTELLIGENT_TIERING",
            "GLACIER",
            "DEEP_ARCHIVE",
            "GLACIER_IR");
    private static final String META = "x-amz-meta-";
    private static final int MAX_METADATA = 2 * 1024;

    private ObjectHeaders() {}

    static Map<String, String> system(S3Request request) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String name : SYSTEM) {
            String value = request.header(name.toLowerCase(java.util.Locale.ROOT));
            if (value != null && name.equals("Content-Encoding")) {
                value = withoutChunking(value);
            }
            if (value != null) {
                headers.put(name, value);
            }
        }
        headers.putIfAbsent("Content-Type", "binary/octet-stream");
        return headers;
    }

    /** The transport encoding of a signed stream is not a property of the object. */
    private static @Nullable String withoutChunking(String encoding) {
        StringBuilder kept = new StringBuilder();
        for (String part : encoding.split(",", -1)) {
            if (!part.strip().equals("aws-chunked") && !part.isBlank()) {
                kept.append(kept.length() == 0 ? "" : ",").append(part.strip());
            }
        }
        return kept.length() == 0 ? null : kept.toString();
    }

    static Map<String, String> metadata(S3Request request) {
        Map<String, String> metadata = new TreeMap<>();
        int size = 0;
        for (Map.Entry<String, List<String>> header : request.call().headers().entrySet()) {
            if (header.getKey().startsWith(META)) {
                String name = header.getKey().substring(META.length());
                String value = String.join(",", header.getValue());
                metadata.put(name, value);
                size += name.getBytes(StandardCharsets.UTF_8).length + value.getBytes(StandardCharsets.UTF_8).length;
            }
        }
        if (size > MAX_METADATA) {
            Map<String, String> details = new LinkedHashMap<>();
            details.put("Size", String.valueOf(size));
            details.put("MaxSizeAllowed", String.valueOf(MAX_METADATA));
            throw new AwsError(
                    400, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size", details);
        }
        return metadata;
    }

    static String storageClass(S3Request request) {
        String value = request.header("x-amz-storage-class");
        if (value == null) {
            return "STANDARD";
        }
        if (!STORAGE_CLASSES.contains(value)) {
            throw new AwsError(400, "InvalidStorageClass", "The storage class you specified is not valid");
        }
        return value;
    }

    static Map<String, String> tags(S3Request request) {
        String header = request.header("x-amz-tagging");
        return header == null ? Map.of() : Tags.ofHeader(header);
    }

    /** The encryption headers of an answer; the context only where an upload is answered. */
    static void encryption(Map<String, String> out, Sealed sealed, boolean withContext) {
        Sealed.Customer customer = sealed.customer();
        if (customer != null) {
            out.put(CustomerKey.PREFIX + "algorithm", "AES256");
            out.put(CustomerKey.PREFIX + "key-MD5", customer.md5());
            return;
        }
        out.put(EncryptionChoice.SSE, sealed.mode().header());
        if (sealed.keyArn() != null) {
            out.put(EncryptionChoice.KEY_ID, sealed.keyArn());
        }
        if (sealed.bucketKey()) {
            out.put(EncryptionChoice.BUCKET_KEY, "true");
        }
        if (withContext && !sealed.context().isEmpty()) {
            out.put(EncryptionChoice.CONTEXT, EncryptionChoice.contextHeader(sealed.context()));
        }
    }

    static void checksum(Map<String, String> out, ObjectVersion version) {
        ObjectVersion.Checksum checksum = version.checksum();
        if (checksum != null) {
            out.put(checksum.algorithm().header(), checksum.value());
            out.put("x-amz-checksum-type", checksum.type());
        }
    }

    /** The version header, where the bucket has or had versioning. */
    static void version(Map<String, String> out, Bucket bucket, ObjectVersion version) {
        if (bucket.config().versioning() != null) {
            out.put("x-amz-version-id", version.versionId());
        }
    }

    /** What GET and HEAD say of an object. */
    static Map<String, String> describe(Bucket bucket, ObjectVersion version) {
        Map<String, String> out = new LinkedHashMap<>(version.headers());
        out.put("ETag", '"' + version.etag() + '"');
        out.put("Last-Modified", S3Core.httpDate(version.modified()));
        out.put("Accept-Ranges", "bytes");
        version.metadata().forEach((name, value) -> out.put(META + name, value));
        version(out, bucket, version);
        encryption(out, version.seal(), false);
        if (!version.storageClass().equals("STANDARD")) {
            out.put("x-amz-storage-class", version.storageClass());
        }
        if (!version.tags().isEmpty()) {
            out.put("x-amz-tagging-count", String.valueOf(version.tags().size()));
        }
        return out;
    }
}
