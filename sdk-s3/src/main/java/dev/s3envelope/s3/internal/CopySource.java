package dev.s3envelope.s3.internal;

import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.arn.ObjectAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Request;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;

/**
 * Where a copy reads from. The SDK takes it as bucket and key, or as the header's own text: {@code bucket/key}, with or without
 * a slash before it, or {@code arn:...:accesspoint/name/object/key}, URL-encoded, perhaps followed by {@code ?versionId=}
 * (Amazon S3 API Reference, CopyObject, {@code x-amz-copy-source}).
 *
 * @param address bucket or access point, and key
 * @param versionId the version, if one is named
 */
public record CopySource(ObjectAddress address, Optional<String> versionId) {
    private static final String VERSION = "?versionId=";
    private static final String ARN_OBJECT = "/object/";

    /** Where a copy reads from, if it says. */
    public static Optional<CopySource> of(CopyObjectRequest request) {
        return of(request.sourceBucket(), request.sourceKey(), request.sourceVersionId(), header(request));
    }

    /** Where a copied part is read from, if the request says. */
    public static Optional<CopySource> of(UploadPartCopyRequest request) {
        return of(request.sourceBucket(), request.sourceKey(), request.sourceVersionId(), header(request));
    }

    /** By name: the SDK deprecates the accessor, not the field. */
    private static @Nullable String header(S3Request request) {
        return request.getValueForField("CopySource", String.class).orElse(null);
    }

    private static Optional<CopySource> of(
            @Nullable String bucket, @Nullable String key, @Nullable String version, @Nullable String header) {
        if (bucket != null && key != null) {
            return Optional.of(new CopySource(new ObjectAddress(bucket, key), Optional.ofNullable(version)));
        }
        return Optional.ofNullable(header).map(CopySource::parse);
    }

    /**
     * Reads the text of {@code x-amz-copy-source}.
     *
     * @throws IllegalEncryptionException if it names no object; what is not understood cannot be given the right key
     */
    static CopySource parse(String header) {
        int versionAt = header.lastIndexOf(VERSION);
        Optional<String> version =
                versionAt < 0 ? Optional.empty() : Optional.of(decode(header.substring(versionAt + VERSION.length())));
        String path = decode(versionAt < 0 ? header : header.substring(0, versionAt));
        String source = path.startsWith("/") ? path.substring(1) : path;
        int split = source.startsWith("arn:") ? source.indexOf(ARN_OBJECT) : source.indexOf('/');
        int keyAt = split + (source.startsWith("arn:") ? ARN_OBJECT.length() : 1);
        if (split <= 0 || keyAt >= source.length()) {
            throw new IllegalEncryptionException("The copy source \"" + header
                    + "\" names no object. Set sourceBucket and sourceKey, or write it as bucket/key, URL-encoded.");
        }
        return new CopySource(new ObjectAddress(source.substring(0, split), source.substring(keyAt)), version);
    }

    /** Percent-decoding alone: a plus sign in a key is a plus sign. */
    static String decode(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalEncryptionException("The copy source \"" + text + "\" is not URL-encoded.", e);
        }
    }
}
