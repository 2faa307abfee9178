package dev.s3envelope.s3.internal;

import dev.s3envelope.core.policy.ObjectDescription;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.TaggingDirective;

/** What a request tells the policy of the object it writes. What it does not tell stays unknown, which is not the same as none. */
final class Descriptions {
    private Descriptions() {}

    static ObjectDescription of(PutObjectRequest request, BodyFacts body) {
        ObjectDescription.Builder description = ObjectDescription.builder(request.bucket(), request.key())
                .contentType(Optional.ofNullable(request.contentType())
                        .or(body::contentType)
                        .orElse(null))
                .metadata(request.metadata());
        if (request.contentLength() != null) {
            description.size(request.contentLength());
        } else {
            body.length().ifPresent(description::size);
        }
        tags(request.tagging()).ifPresent(description::tags);
        return description.build();
    }

    /** The size of an upload is known to nobody when it begins. */
    static ObjectDescription of(CreateMultipartUploadRequest request) {
        ObjectDescription.Builder description = ObjectDescription.builder(request.bucket(), request.key())
                .contentType(request.contentType())
                .metadata(request.metadata());
        tags(request.tagging()).ifPresent(description::tags);
        return description.build();
    }

    /** Metadata and tags are known where the request replaces those of the source. */
    static ObjectDescription of(CopyObjectRequest request) {
        ObjectDescription.Builder description =
                ObjectDescription.builder(request.destinationBucket(), request.destinationKey());
        if (request.metadataDirective() == MetadataDirective.REPLACE) {
            description.contentType(request.contentType()).metadata(request.metadata());
        }
        if (request.taggingDirective() == TaggingDirective.REPLACE) {
            tags(request.tagging()).ifPresent(description::tags);
        }
        return description.build();
    }

    /** The tags of {@code x-amz-tagging}, query-encoded; unknown where they cannot be read, which S3 then says better. */
    static Optional<Map<String, String>> tags(@Nullable String header) {
        Map<String, String> tags = new HashMap<>();
        if (header == null || header.isEmpty()) {
            return Optional.of(tags);
        }
        try {
            for (String tag : header.split("&", -1)) {
                int split = tag.indexOf('=');
                String name = split < 0 ? tag : tag.substring(0, split);
                String value = split < 0 ? "" : tag.substring(split + 1);
                tags.put(
                        URLDecoder.decode(name, StandardCharsets.UTF_8),
                        URLDecoder.decode(value, StandardCharsets.UTF_8));
            }
            return Optional.of(tags);
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }
}
