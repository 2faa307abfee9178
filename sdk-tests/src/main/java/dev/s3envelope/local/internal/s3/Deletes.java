package dev.s3envelope.local.internal.s3;

import dev.s3envelope.local.internal.http.AwsError;
import dev.s3envelope.local.internal.http.ChecksumAlgorithm;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** DeleteObject and DeleteObjects. */
final class Deletes {
    private static final int MAX_KEYS = 1000;

    private final S3Core core;

    Deletes(S3Core core) {
        this.core = core;
    }

    /** What a delete did: the version that is gone or the marker that was made. */
    private record Outcome(
            @Nullable String versionId,
            boolean marker,
            @Nullable String markerVersion) {}

    void delete(S3Request request) {
        Bucket bucket = core.bucket(request);
        Outcome outcome =
                delete(request, bucket, request.key(), request.value("versionId"), request.header("if-match"));
        Map<String, String> headers = new LinkedHashMap<>();
        String id = outcome.versionId() == null ? outcome.markerVersion() : outcome.versionId();
        if (id != null && bucket.config().versioning() != null) {
            headers.put("x-amz-version-id", id);
        }
        if (outcome.marker()) {
            headers.put("x-amz-delete-marker", "true");
        }
        request.answer(204, headers, new byte[0]);
    }

    void deleteAll(S3Request request) throws IOException {
        Bucket bucket = core.bucket(request);
        boolean protectedBody = request.header("content-md5") != null
                || request.header("x-amz-trailer") != null
                || request.call().headers().keySet().stream().anyMatch(h -> ChecksumAlgorithm.ofHeader(h) != null);
        if (!protectedBody) {
            throw S3Errors.request("Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
        }
        XmlNode document = XmlNode.parse(XmlNode.bytes(request.call().body()), "Delete");
        List<XmlNode> objects = document.all("Object");
        if (objects.isEmpty() || objects.size() > MAX_KEYS) {
            throw XmlNode.malformed();
        }
        boolean quiet = "true".equalsIgnoreCase(document.text("Quiet"));
        request.answerXml(Xml.document("DeleteResult", xml -> {
            for (XmlNode object : objects) {
                XmlNode keyNode = object.child("Key");
                if (keyNode == null || keyNode.text().isEmpty()) {
                    throw XmlNode.malformed();
                }
                one(request, bucket, object, keyNode.text(), quiet, xml);
            }
        }));
    }

    private void one(S3Request request, Bucket bucket, XmlNode object, String key, boolean quiet, Xml xml) {
        String versionId = object.text("VersionId");
        String id = versionId == null || versionId.isEmpty() ? null : versionId;
        try {
            Outcome outcome = delete(request, bucket, key, id, object.text("ETag"));
            if (!quiet) {
                xml.group(
                        "Deleted",
                        d -> d.add("Key", key)
                                .add("VersionId", id)
                                .add("DeleteMarker", outcome.marker() ? "true" : null)
                                .add("DeleteMarkerVersionId", outcome.markerVersion()));
            }
        } catch (AwsError e) {
            xml.group(
                    "Error",
                    error -> error.add("Key", key)
                            .add("VersionId", id)
                            .add("Code", e.code())
                            .add("Message", e.text()));
        }
    }

    private Outcome delete(
            S3Request request, Bucket bucket, String key, @Nullable String versionId, @Nullable String match) {
        ObjectVersion existing = versionId == null ? bucket.latest(key) : bucket.version(key, versionId);
        String action = versionId == null ? "s3:DeleteObject" : "s3:DeleteObjectVersion";
        core.gate().requireObject(request, bucket, action, key, existing);
        synchronized (bucket) {
            ObjectVersion current = versionId == null ? bucket.latest(key) : bucket.version(key, versionId);
            Preconditions.checkDelete(match, current);
            if (versionId != null) {
                if (current == null) {
                    return new Outcome(versionId, false, null);
                }
                core.store().delete(bucket, current);
                return new Outcome(versionId, current.deleteMarker(), current.deleteMarker() ? versionId : null);
            }
            if (bucket.config().versioning() == null) {
                if (current != null) {
                    core.store().delete(bucket, current);
                }
                return new Outcome(null, false, null);
            }
            String markerId = bucket.config().versioned() ? core.newVersionId() : ObjectVersion.NULL_VERSION;
            core.store().put(bucket, ObjectVersion.marker(key, markerId, core.now()));
            return new Outcome(null, true, markerId);
        }
    }
}
