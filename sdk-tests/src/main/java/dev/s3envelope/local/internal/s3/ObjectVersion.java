package dev.s3envelope.local.internal.s3;

import dev.s3envelope.local.internal.http.ChecksumAlgorithm;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One version of an object, or a delete marker. Immutable.
 *
 * @param versionId {@code null} as text for a version made without versioning
 * @param modified milliseconds since the epoch
 * @param etag without quotes
 * @param headers the system metadata returned with the object, by header name
 * @param metadata the user metadata, without its header prefix
 */
record ObjectVersion(
        String key,
        String versionId,
        boolean deleteMarker,
        long modified,
        long size,
        String etag,
        Map<String, String> headers,
        Map<String, String> metadata,
        Map<String, String> tags,
        String storageClass,
        @Nullable Checksum checksum,
        @Nullable Sealed sealed,
        List<Part> parts,
        boolean multipart) {

    static final String NULL_VERSION = "null";

    /** The checksum of the object; composite ones are the checksum of the parts' checksums. */
    record Checksum(ChecksumAlgorithm algorithm, String value, boolean composite) {
        String type() {
            return composite ? "COMPOSITE" : "FULL_OBJECT";
        }
    }

    /** A part, or the whole of an object that was put at once (number 1). */
    record Part(
            int number, Blob blob, String etag, @Nullable String checksum, long modified) {}

    static ObjectVersion marker(String key, String versionId, long modified) {
        return new ObjectVersion(
                key,
                versionId,
                true,
                modified,
                0,
                "",
                Map.of(),
                Map.of(),
                Map.of(),
                "STANDARD",
                null,
                null,
                List.of(),
                false);
    }

    /** How the object is encrypted; a delete marker has no content. */
    Sealed seal() {
        if (sealed == null) {
            throw new IllegalStateException("a delete marker has no content");
        }
        return sealed;
    }

    List<Blob> blobs() {
        return parts.stream().map(Part::blob).toList();
    }

    ObjectVersion withTags(Map<String, String> newTags) {
        return new ObjectVersion(
                key,
                versionId,
                deleteMarker,
                modified,
                size,
                etag,
                headers,
                metadata,
                newTags,
                storageClass,
                checksum,
                sealed,
                parts,
                multipart);
    }

    ObjectVersion withSeal(Sealed newSeal) {
        return new ObjectVersion(
                key,
                versionId,
                deleteMarker,
                modified,
                size,
                etag,
                headers,
                metadata,
                tags,
                storageClass,
                checksum,
                newSeal,
                parts,
                multipart);
    }

    ObjectVersion withVersionId(String id) {
        return new ObjectVersion(
                key,
                id,
                deleteMarker,
                modified,
                size,
                etag,
                headers,
                metadata,
                tags,
                storageClass,
                checksum,
                sealed,
                parts,
                multipart);
    }
}
