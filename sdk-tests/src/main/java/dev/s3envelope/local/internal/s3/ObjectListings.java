package dev.s3envelope.local.internal.s3;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** ListObjects, ListObjectsV2 and ListObjectVersions. */
final class ObjectListings {
    private final S3Core core;

    ObjectListings(S3Core core) {
        this.core = core;
    }

    void list(S3Request request) {
        Bucket bucket = authorized(request, "s3:ListBucket");
        Listing.Query query = Listing.Query.of(request, "marker", "max-keys");
        Listing<ObjectVersion> page = Listing.of(bucket.objects(), query, ObjectListings::current);
        Function<String, String> encode = Listing.encoding(request);
        request.answerXml(Xml.document("ListBucketResult", xml -> {
            head(xml, request, bucket, query, encode);
            xml.add("Marker", encode.apply(query.after()))
                    .add("IsTruncated", page.last() != null)
                    .add(
                            "NextMarker",
                            page.last() == null || query.delimiter() == null ? null : encode.apply(page.last()));
            String owner = core.canonicalId(bucket.owner());
            page.entries().forEach(version -> contents(xml, version, encode, owner));
            prefixes(xml, page.prefixes(), encode);
        }));
    }

    void listV2(S3Request request) {
        Bucket bucket = authorized(request, "s3:ListBucket");
        String token = request.parameter("continuation-token");
        String startAfter = request.value("start-after");
        Listing.Query asked = Listing.Query.of(request, "start-after", "max-keys");
        Listing.Query query = token == null
                ? asked
                : new Listing.Query(asked.prefix(), asked.delimiter(), open(token), asked.limit());
        Listing<ObjectVersion> page = Listing.of(bucket.objects(), query, ObjectListings::current);
        Function<String, String> encode = Listing.encoding(request);
        boolean withOwner = "true".equals(request.parameter("fetch-owner"));
        request.answerXml(Xml.document("ListBucketResult", xml -> {
            head(xml, request, bucket, query, encode);
            xml.add("IsTruncated", page.last() != null)
                    .add("KeyCount", page.entries().size() + page.prefixes().size())
                    .add("ContinuationToken", token)
                    .add("NextContinuationToken", page.last() == null ? null : seal(page.last()))
                    .add("StartAfter", startAfter == null ? null : encode.apply(startAfter));
            String owner = withOwner ? core.canonicalId(bucket.owner()) : null;
            page.entries().forEach(version -> contents(xml, version, encode, owner));
            prefixes(xml, page.prefixes(), encode);
        }));
    }

    void versions(S3Request request) {
        Bucket bucket = authorized(request, "s3:ListBucketVersions");
        Listing.Query query = Listing.Query.of(request, "key-marker", "max-keys");
        String versionMarker = request.value("version-id-marker");
        VersionPage page = VersionPage.of(bucket, query, versionMarker);
        Function<String, String> encode = Listing.encoding(request);
        String owner = core.canonicalId(bucket.owner());
        request.answerXml(Xml.document("ListVersionsResult", xml -> {
            head(xml, request, bucket, query, encode);
            xml.add("KeyMarker", encode.apply(query.after()))
                    .add("VersionIdMarker", versionMarker == null ? "" : versionMarker)
                    .add("IsTruncated", page.nextKey() != null)
                    .add("NextKeyMarker", page.nextKey() == null ? null : encode.apply(page.nextKey()))
                    .add("NextVersionIdMarker", page.nextVersion());
            for (VersionPage.Entry entry : page.entries()) {
                version(xml, entry, encode, owner);
            }
            prefixes(xml, page.prefixes(), encode);
        }));
    }

    private Bucket authorized(S3Request request, String action) {
        Bucket bucket = core.bucket(request);
        core.gate().requireBucket(request, bucket, action);
        return bucket;
    }

    private static @Nullable ObjectVersion current(List<ObjectVersion> versions) {
        ObjectVersion latest = versions.get(0);
        return latest.deleteMarker() ? null : latest;
    }

    private static void head(
            Xml xml, S3Request request, Bucket bucket, Listing.Query query, Function<String, String> encode) {
        xml.add("Name", bucket.name())
                .add("Prefix", encode.apply(query.prefix()))
                .add("Delimiter", query.delimiter() == null ? null : encode.apply(query.delimiter()))
                .add("MaxKeys", query.limit())
                .add("EncodingType", request.value("encoding-type"));
    }

    private static void contents(
            Xml xml, ObjectVersion version, Function<String, String> encode, @Nullable String owner) {
        xml.group("Contents", c -> {
            c.add("Key", encode.apply(version.key())).add("LastModified", S3Core.xmlDate(version.modified()));
            describe(c, version, owner);
        });
    }

    private static void describe(Xml xml, ObjectVersion version, @Nullable String owner) {
        xml.add("ETag", '"' + version.etag() + '"');
        ObjectVersion.Checksum checksum = version.checksum();
        if (checksum != null) {
            xml.add("ChecksumAlgorithm", checksum.algorithm()).add("ChecksumType", checksum.type());
        }
        xml.add("Size", version.size());
        if (owner != null) {
            xml.group("Owner", o -> o.add("ID", owner));
        }
        xml.add("StorageClass", version.storageClass());
    }

    private static void version(Xml xml, VersionPage.Entry entry, Function<String, String> encode, String owner) {
        ObjectVersion version = entry.version();
        xml.group(version.deleteMarker() ? "DeleteMarker" : "Version", v -> {
            v.add("Key", encode.apply(version.key()))
                    .add("VersionId", version.versionId())
                    .add("IsLatest", entry.latest())
                    .add("LastModified", S3Core.xmlDate(version.modified()));
            if (version.deleteMarker()) {
                v.group("Owner", o -> o.add("ID", owner));
            } else {
                describe(v, version, owner);
            }
        });
    }

    private static void prefixes(Xml xml, List<String> prefixes, Function<String, String> encode) {
        new ArrayList<>(prefixes)
                .forEach(prefix -> xml.group("CommonPrefixes", p -> p.add("Prefix", encode.apply(prefix))));
    }

    private static String seal(String key) {
        return Base64.getUrlEncoder().encodeToString(key.getBytes(StandardCharsets.UTF_8));
    }

    private static String open(String token) {
        try {
            return new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw S3Errors.argument("continuation-token", token, "The continuation token provided is incorrect");
        }
    }
}
