package dev.s3envelope.examples.cli;

import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.Tag;
import software.amazon.awssdk.services.s3.model.Tagging;

/**
 * What an upload says about its object, whether it goes as one request or in parts.
 *
 * @param to where
 * @param contentType its type, if known
 * @param metadata user metadata
 * @param tags object tags
 * @param override the AWS SDK's own per-request configuration, which carries a mode asked for
 * @param partSize bytes per part; an object larger than this goes in parts
 * @param parallel parts under way at once
 */
record UploadSpec(
        S3Location to,
        Optional<String> contentType,
        Map<String, String> metadata,
        Map<String, String> tags,
        Optional<AwsRequestOverrideConfiguration> override,
        long partSize,
        int parallel) {
    /** The fewest bytes S3 takes as a part that is not the last. */
    static final long LEAST_PART = 5L << 20;

    /** The most parts of an upload. */
    static final int MOST_PARTS = 10_000;

    UploadSpec {
        if (partSize < LEAST_PART || partSize > 5L << 30) {
            throw new UsageProblem("a part has 5 MiB to 5 GiB, not " + partSize + " bytes");
        }
        if (parallel < 1 || parallel > 64) {
            throw new UsageProblem("--parallel is 1 to 64, not " + parallel);
        }
    }

    /** The part size that brings {@code size} bytes into the allowed number of parts, in whole MiB. */
    long partSizeFor(long size) {
        long least = -Math.floorDiv(-size, MOST_PARTS);
        long mebibytes = -Math.floorDiv(-least, 1L << 20);
        return Math.max(partSize, mebibytes << 20);
    }

    PutObjectRequest put(long length) {
        PutObjectRequest.Builder request = PutObjectRequest.builder()
                .bucket(to.bucket())
                .key(to.key())
                .contentLength(length)
                .contentType(contentType.orElse(null))
                .metadata(metadata)
                .overrideConfiguration(override.orElse(null));
        // An empty set would still send the header, which alone asks for s3:PutObjectTagging.
        return (tags.isEmpty() ? request : request.tagging(tagging())).build();
    }

    CreateMultipartUploadRequest create() {
        CreateMultipartUploadRequest.Builder request = CreateMultipartUploadRequest.builder()
                .bucket(to.bucket())
                .key(to.key())
                .contentType(contentType.orElse(null))
                .metadata(metadata)
                .overrideConfiguration(override.orElse(null));
        return (tags.isEmpty() ? request : request.tagging(tagging())).build();
    }

    private Tagging tagging() {
        return Tagging.builder()
                .tagSet(tags.entrySet().stream()
                        .map(tag -> Tag.builder()
                                .key(tag.getKey())
                                .value(tag.getValue())
                                .build())
                        .toList())
                .build();
    }
}
