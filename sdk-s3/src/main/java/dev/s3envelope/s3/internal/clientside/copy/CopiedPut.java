package dev.s3envelope.s3.internal.clientside.copy;

import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.s3.internal.clientside.Fields;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.AnnotationDirective;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.Tag;
import software.amazon.awssdk.services.s3.model.TaggingDirective;

/**
 * A CopyObject said as a PutObject: what the copy's directives take from the source comes from the source, all else from the request. As with S3's own copy the
 * storage class, ACL, website redirect, lock and encryption of the source do not come along (Amazon S3 API Reference, "CopyObject").
 */
final class CopiedPut {
    /** What {@code x-amz-metadata-directive} decides on. */
    private static final Set<String> METADATA = Set.of(
            "CacheControl",
            "ContentDisposition",
            "ContentEncoding",
            "ContentLanguage",
            "ContentType",
            "Expires",
            "Metadata");

    private static final Set<String> NAMED_OTHERWISE = Set.of("Bucket", "Key", "Tagging");

    private CopiedPut() {}

    static boolean copiesTags(CopyObjectRequest copy) {
        return copy.taggingDirective() != TaggingDirective.REPLACE;
    }

    /**
     * The request that writes the copy.
     *
     * @param source facts of the source in plaintext terms
     * @param tags of the source, where the copy takes them from there
     * @throws OperationRefusedException if the copy asks for something that only S3's own copy carries over
     */
    static PutObjectRequest of(CopyObjectRequest copy, HeadObjectResponse source, List<Tag> tags) {
        boolean replace = copy.metadataDirective() == MetadataDirective.REPLACE;
        if (copy.annotationDirective() == AnnotationDirective.COPY) {
            throw refused(
                    copy,
                    "annotations are stored beside the object and encrypted by S3; set annotationDirective EXCLUDE");
        }
        if (!replace && source.expiresString() != null && instant(source) == null) {
            throw refused(
                    copy,
                    "the source's Expires, \"" + source.expiresString()
                            + "\", is no date and cannot be set anew; set metadataDirective REPLACE");
        }
        PutObjectRequest.Builder put = PutObjectRequest.builder();
        PutObjectRequest sample = PutObjectRequest.builder().build();
        Fields.copy(
                copy, sample, put, name -> !NAMED_OTHERWISE.contains(name) && (replace || !METADATA.contains(name)));
        if (!replace) {
            Fields.copy(source, sample, put, METADATA::contains);
        }
        copy.overrideConfiguration().ifPresent(put::overrideConfiguration);
        return put.bucket(copy.destinationBucket())
                .key(copy.destinationKey())
                .contentLength(source.contentLength())
                .tagging(copiesTags(copy) ? encoded(tags) : copy.tagging())
                .build();
    }

    /** What S3 would have answered to the copy; {@code lastModified} is not among what a put answers. */
    static CopyObjectResponse answer(PutObjectResponse put, @Nullable String sourceVersion) {
        CopyObjectResponse.Builder answer = CopyObjectResponse.builder();
        Fields.copy(put, CopyObjectResponse.builder().build(), answer, name -> true);
        answer.copyObjectResult(result -> result.eTag(put.eTag())).copySourceVersionId(sourceVersion);
        answer.responseMetadata(put.responseMetadata());
        answer.sdkHttpResponse(put.sdkHttpResponse());
        return answer.build();
    }

    private static @Nullable Object instant(HeadObjectResponse source) {
        return source.getValueForField("Expires", Object.class).orElse(null);
    }

    private static @Nullable String encoded(List<Tag> tags) {
        return tags.isEmpty()
                ? null
                : tags.stream()
                        .map(tag -> encoded(tag.key()) + "=" + encoded(tag.value()))
                        .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static OperationRefusedException refused(CopyObjectRequest copy, String why) {
        return new OperationRefusedException("CopyObject to " + copy.destinationBucket() + "/" + copy.destinationKey()
                + " is refused: the copy goes through the client, since the object is encrypted on the client at its source or destination, and "
                + why + ".");
    }
}
