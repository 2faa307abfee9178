package dev.s3envelope.local.internal.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.ChecksumMode;

/** Ranges, conditions, versions, overrides and owners. */
class ReadsTest extends S3Fixture {
    private String range(String range) {
        return s3.getObjectAsBytes(b -> b.bucket("bucket").key("k").range(range))
                .asUtf8String();
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0,0,bytes 0-0/10",
        "bytes=2-4,234,bytes 2-4/10",
        "bytes=7-,789,bytes 7-9/10",
        "bytes=-3,789,bytes 7-9/10",
        "bytes=-99,0123456789,bytes 0-9/10",
        "bytes=5-99999999999999999999,56789,bytes 5-9/10",
    })
    void answers206(String range, String expected, String contentRange) {
        put("k", "0123456789");
        var got = s3.getObjectAsBytes(b -> b.bucket("bucket").key("k").range(range));
        assertEquals(expected, got.asUtf8String());
        assertEquals(contentRange, got.response().contentRange());
        assertEquals(206, got.response().sdkHttpResponse().statusCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=10-", "bytes=10-20", "bytes=-0"})
    void answers416_whenRangeIsOutside(String range) {
        put("k", "0123456789");
        refused(416, "InvalidRange", "not satisfiable", () -> range(range));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=0-0", "bytes=0-", "bytes=-1"})
    void answers416_whenObjectIsEmpty(String range) {
        put("k", "");
        refused(416, "InvalidRange", "not satisfiable", () -> range(range));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=5-2", "items=0-1", "bytes=0-1,3-4", "bytes=a-b", "bytes=-", "bytes"})
    void answersTheWhole_whenRangeMakesNoSense(String range) {
        put("k", "0123456789");
        var got = s3.getObjectAsBytes(b -> b.bucket("bucket").key("k").range(range));
        assertEquals("0123456789", got.asUtf8String());
        assertEquals(200, got.response().sdkHttpResponse().statusCode());
    }

    @Test
    void headsARange() {
        put("k", "0123456789");
        var head = s3.headObject(b -> b.bucket("bucket").key("k").range("bytes=1-3"));
        assertEquals(3, head.contentLength());
    }

    @Test
    void checksConditionsOfReads() {
        put("k", "x");
        String etag = s3.headObject(b -> b.bucket("bucket").key("k")).eTag();
        refused(
                412,
                "PreconditionFailed",
                "pre-conditions",
                () -> s3.getObjectAsBytes(b -> b.bucket("bucket").key("k").ifMatch("\"other\"")));
        headRefused(
                304, () -> s3.getObjectAsBytes(b -> b.bucket("bucket").key("k").ifNoneMatch(etag)));
        headRefused(304, () -> s3.headObject(b -> b.bucket("bucket").key("k").ifNoneMatch("*")));
        Instant later = Instant.now().plusSeconds(100);
        Instant earlier = Instant.now().minusSeconds(100);
        headRefused(
                304, () -> s3.getObjectAsBytes(b -> b.bucket("bucket").key("k").ifModifiedSince(later)));
        refused(
                412,
                "PreconditionFailed",
                "pre-conditions",
                () -> s3.getObjectAsBytes(b -> b.bucket("bucket").key("k").ifUnmodifiedSince(earlier)));
        s3.getObjectAsBytes(b -> b.bucket("bucket").key("k").ifMatch(etag).ifUnmodifiedSince(earlier));
        s3.getObjectAsBytes(
                b -> b.bucket("bucket").key("k").ifModifiedSince(earlier).ifUnmodifiedSince(later));
    }

    @Test
    void checksConditionsOfWrites() {
        put("k", "x");
        String etag = s3.headObject(b -> b.bucket("bucket").key("k")).eTag();
        refused(
                412,
                "PreconditionFailed",
                "pre-conditions",
                () -> s3.putObject(b -> b.bucket("bucket").key("k").ifNoneMatch("*"), RequestBody.fromString("y")));
        s3.putObject(b -> b.bucket("bucket").key("new").ifNoneMatch("*"), RequestBody.fromString("y"));
        refused(
                412,
                "PreconditionFailed",
                "pre-conditions",
                () -> s3.putObject(b -> b.bucket("bucket").key("k").ifMatch("\"other\""), RequestBody.fromString("y")));
        refused(
                404,
                "NoSuchKey",
                "does not exist",
                () -> s3.putObject(b -> b.bucket("bucket").key("none").ifMatch(etag), RequestBody.fromString("y")));
        s3.putObject(b -> b.bucket("bucket").key("k").ifMatch(etag), RequestBody.fromString("y"));
        refused(
                412,
                "PreconditionFailed",
                "pre-conditions",
                () -> s3.deleteObject(b -> b.bucket("bucket").key("k").ifMatch(etag)));
    }

    @Test
    void keepsVersionsAndDeleteMarkers() {
        s3.putBucketVersioning(
                b -> b.bucket("bucket").versioningConfiguration(v -> v.status(BucketVersioningStatus.ENABLED)));
        String one = s3.putObject(b -> b.bucket("bucket").key("k"), RequestBody.fromString("one"))
                .versionId();
        put("k", "two");
        var marker = s3.deleteObject(b -> b.bucket("bucket").key("k"));
        assertEquals(true, marker.deleteMarker());
        refused(404, "NoSuchKey", "does not exist", () -> get("k"));
        refused(
                405,
                "MethodNotAllowed",
                "not allowed",
                () -> s3.getObjectAsBytes(b -> b.bucket("bucket").key("k").versionId(marker.versionId())));
        assertEquals(
                "one",
                s3.getObjectAsBytes(b -> b.bucket("bucket").key("k").versionId(one))
                        .asUtf8String());
        var listed = s3.listObjectVersions(b -> b.bucket("bucket"));
        assertEquals(2, listed.versions().size());
        assertEquals(1, listed.deleteMarkers().size());
        s3.deleteObject(b -> b.bucket("bucket").key("k").versionId(marker.versionId()));
        assertEquals("two", get("k"));
        refused(
                404,
                "NoSuchVersion",
                "does not exist",
                () -> s3.getObjectAsBytes(b -> b.bucket("bucket").key("k").versionId(marker.versionId())));
        refused(409, "BucketNotEmpty", "not empty", () -> s3.deleteBucket(b -> b.bucket("bucket")));
    }

    @Test
    void overridesResponseHeaders() {
        put("k", "x");
        var got = s3.getObjectAsBytes(b -> b.bucket("bucket")
                .key("k")
                .responseContentType("a/b")
                .responseCacheControl("no-store")
                .responseContentDisposition("inline"));
        assertEquals("a/b", got.response().contentType());
        assertEquals("no-store", got.response().cacheControl());
        assertEquals("inline", got.response().contentDisposition());
    }

    @Test
    void checksTheExpectedOwner() {
        put("k", "x");
        refused(
                403,
                "AccessDenied",
                "Access Denied",
                () -> s3.getObjectAsBytes(b -> b.bucket("bucket").key("k").expectedBucketOwner("999999999999")));
        refused(
                400,
                "InvalidBucketOwnerAWSAccountID",
                "AWS Account ID",
                () -> s3.getObjectAsBytes(b -> b.bucket("bucket").key("k").expectedBucketOwner("nobody")));
        s3.getObjectAsBytes(b -> b.bucket("bucket").key("k").expectedBucketOwner("111122223333"));
    }

    @Test
    void showsTheChecksumOnlyWhenAsked() {
        put("k", "x");
        assertNull(s3.headObject(b -> b.bucket("bucket").key("k")).checksumCRC32());
        assertEquals(
                "jNxYdg==".length(),
                s3.headObject(b -> b.bucket("bucket").key("k").checksumMode(ChecksumMode.ENABLED))
                        .checksumCRC32()
                        .length());
    }
}
