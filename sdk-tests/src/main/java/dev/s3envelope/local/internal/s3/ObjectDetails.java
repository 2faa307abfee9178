package dev.s3envelope.local.internal.s3;

import dev.s3envelope.local.internal.http.AwsError;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/** Tags, ACL, GetObjectAttributes and UpdateObjectEncryption: what is kept beside an object's content. */
final class ObjectDetails {
    private static final Set<String> ATTRIBUTES =
            Set.of("ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize");

    private final S3Core core;

    ObjectDetails(S3Core core) {
        this.core = core;
    }

    private record Found(Bucket bucket, ObjectVersion version) {
        Map<String, String> headers() {
            Map<String, String> headers = new LinkedHashMap<>();
            ObjectHeaders.version(headers, bucket, version);
            return headers;
        }
    }

    /** The object, authorized for an action of one of two names, by whether a version was named. */
    private Found find(S3Request request, String action, String versionAction) {
        Bucket bucket = core.bucket(request);
        String versionId = request.value("versionId");
        ObjectVersion there =
                versionId == null ? bucket.latest(request.key()) : bucket.version(request.key(), versionId);
        core.gate().requireObject(request, bucket, versionId == null ? action : versionAction, request.key(), there);
        return new Found(bucket, core.existing(request, bucket, request.key(), versionId));
    }

    private void change(Found found, UnaryOperator<ObjectVersion> change) {
        synchronized (found.bucket()) {
            ObjectVersion current = found.bucket()
                    .version(found.version().key(), found.version().versionId());
            if (current == null) {
                throw S3Errors.noSuchKey(found.version().key());
            }
            core.store().exchange(found.bucket(), current, change.apply(current));
        }
    }

    void tagging(S3Request request) {
        Found found = find(request, "s3:GetObjectTagging", "s3:GetObjectVersionTagging");
        request.answer(
                200,
                found.headers(),
                Xml.document("Tagging", xml -> Tags.write(xml, found.version().tags())));
    }

    void putTagging(S3Request request) throws IOException {
        Found found = find(request, "s3:PutObjectTagging", "s3:PutObjectVersionTagging");
        Map<String, String> tags = Tags.ofXml(XmlNode.bytes(request.call().body()), 10);
        change(found, version -> version.withTags(tags));
        request.answer(200, found.headers(), new byte[0]);
    }

    void deleteTagging(S3Request request) {
        Found found = find(request, "s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging");
        change(found, version -> version.withTags(Map.of()));
        request.answer(204, found.headers(), new byte[0]);
    }

    void acl(S3Request request) {
        Found found = find(request, "s3:GetObjectAcl", "s3:GetObjectVersionAcl");
        request.answer(
                200,
                found.headers(),
                Acl.ownerOnly(core.canonicalId(found.bucket().owner())));
    }

    void attributes(S3Request request) {
        Found found = find(request, "s3:GetObject", "s3:GetObjectVersion");
        core.gate()
                .requireObject(
                        request,
                        found.bucket(),
                        request.value("versionId") == null ? "s3:GetObjectAttributes" : "s3:GetObjectVersionAttributes",
                        request.key(),
                        found.version());
        Set<String> asked = asked(request);
        ObjectVersion version = found.version();
        try (CustomerKey customer =
                SseReads.check(request, version.seal(), core.settings().loopbackWithoutTls())) {
            boolean checksums = asked.contains("Checksum") || asked.contains("ObjectParts");
            if (checksums && version.checksum() != null && version.seal().mode().kms()) {
                core.keys()
                        .open(request, found.bucket(), version.key(), version.seal(), customer)
                        .close();
            }
        }
        int maxParts = number(request, "x-amz-max-parts", 1000);
        int marker = number(request, "x-amz-part-number-marker", 0);
        Map<String, String> headers = found.headers();
        headers.put("Last-Modified", S3Core.httpDate(version.modified()));
        request.answer(200, headers, Xml.document("GetObjectAttributesResponse", xml -> {
            xml.add("ETag", asked.contains("ETag") ? version.etag() : null);
            ObjectVersion.Checksum checksum = version.checksum();
            if (asked.contains("Checksum") && checksum != null) {
                xml.group(
                        "Checksum",
                        c -> c.add("Checksum" + checksum.algorithm(), checksum.value())
                                .add("ChecksumType", checksum.type()));
            }
            if (asked.contains("ObjectParts") && version.multipart()) {
                xml.group("ObjectParts", p -> parts(p, version, maxParts, marker));
            }
            xml.add("StorageClass", asked.contains("StorageClass") ? version.storageClass() : null)
                    .add("ObjectSize", asked.contains("ObjectSize") ? version.size() : null);
        }));
    }

    private static Set<String> asked(S3Request request) {
        String header = request.header("x-amz-object-attributes");
        Set<String> asked = new TreeSet<>();
        if (header != null) {
            Arrays.stream(header.split(",", -1)).map(String::strip).forEach(asked::add);
        }
        if (asked.isEmpty() || !ATTRIBUTES.containsAll(asked)) {
            throw S3Errors.argument(
                    "x-amz-object-attributes", String.valueOf(header), "Invalid attribute name specified.");
        }
        return asked;
    }

    private static int number(S3Request request, String header, int fallback) {
        String text = request.header(header);
        if (text == null) {
            return fallback;
        }
        try {
            int value = Integer.parseInt(text);
            if (value >= 0) {
                return Math.min(value, 10_000);
            }
        } catch (NumberFormatException e) {
            // refused like a negative number
        }
        throw S3Errors.argument(header, text, "Provided " + header + " not an integer or within integer range");
    }

    private static void parts(Xml xml, ObjectVersion version, int maxParts, int marker) {
        ObjectVersion.Checksum checksum = version.checksum();
        xml.add("PartsCount", version.parts().size());
        if (checksum == null || !checksum.composite()) {
            return;
        }
        List<ObjectVersion.Part> after =
                version.parts().stream().filter(part -> part.number() > marker).toList();
        List<ObjectVersion.Part> page = after.subList(0, Math.min(maxParts, after.size()));
        xml.add("PartNumberMarker", marker)
                .add(
                        "NextPartNumberMarker",
                        page.isEmpty() ? 0 : page.get(page.size() - 1).number())
                .add("MaxParts", maxParts)
                .add("IsTruncated", page.size() < after.size());
        page.forEach(part -> xml.group(
                "Part",
                p -> p.add("PartNumber", part.number())
                        .add("Size", part.blob().length())
                        .add("Checksum" + checksum.algorithm(), part.checksum())));
    }

    /** Wraps the data key anew; content, entity tag, checksums and time stay. */
    void updateEncryption(S3Request request) throws IOException {
        Found found = find(request, "s3:UpdateObjectEncryption", "s3:UpdateObjectEncryption");
        core.gate().requireObject(request, found.bucket(), "s3:PutObject", request.key(), found.version());
        XmlNode kms = XmlNode.parse(XmlNode.bytes(request.call().body()), "ObjectEncryption")
                .child("SSE-KMS");
        if (kms == null) {
            throw XmlNode.malformed();
        }
        String arn = kms.required("KMSKeyArn");
        String[] parts = arn.split(":", 6);
        if (parts.length != 6
                || !parts[0].equals("arn")
                || !parts[2].equals("kms")
                || !parts[5].toLowerCase(Locale.ROOT).startsWith("key/")) {
            throw S3Errors.argument("KMSKeyArn", arn, "The KMS key must be given as a full key ARN.");
        }
        if (!parts[4].equals(found.bucket().owner())) {
            throw new AwsError(
                    403,
                    "AccessDenied",
                    "The KMS key must belong to the account that owns the bucket: "
                            + found.bucket().owner());
        }
        boolean bucketKey = "true".equalsIgnoreCase(kms.text("BucketKeyEnabled"));
        Sealed before = found.version().seal();
        if (before.mode() == Sealed.Mode.DSSE_KMS || before.mode() == Sealed.Mode.SSE_C) {
            throw S3Errors.request("The encryption of an object stored under "
                    + (before.mode() == Sealed.Mode.SSE_C ? "SSE-C" : "DSSE-KMS") + " cannot be updated.");
        }
        Sealed after = core.keys().rewrap(request, found.bucket(), request.key(), before, arn, bucketKey);
        change(found, version -> version.withSeal(after));
        request.answer(200, found.headers(), new byte[0]);
    }
}
