package dev.s3envelope.local.internal.s3;

import dev.s3envelope.local.internal.http.ChecksumAlgorithm;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An upload in progress: what CreateMultipartUpload said, and the latest upload of each part. Immutable. */
record MultipartUpload(
        String id,
        String key,
        long initiated,
        String initiatorArn,
        Map<String, String> headers,
        Map<String, String> metadata,
        Map<String, String> tags,
        String storageClass,
        @Nullable ChecksumAlgorithm algorithm,
        boolean composite,
        Sealed sealed,
        SortedMap<Integer, ObjectVersion.Part> parts) {

    MultipartUpload with(ObjectVersion.Part part) {
        SortedMap<Integer, ObjectVersion.Part> more = new TreeMap<>(parts);
        more.put(part.number(), part);
        return new MultipartUpload(
                id,
                key,
                initiated,
                initiatorArn,
                headers,
                metadata,
                tags,
                storageClass,
                algorithm,
                composite,
                sealed,
                more);
    }
}
