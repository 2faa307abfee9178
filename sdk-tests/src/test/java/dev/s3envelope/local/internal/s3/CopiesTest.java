package dev.s3envelope.local.internal.s3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.TaggingDirective;

class CopiesTest extends S3Fixture {
    private void source() {
        s3.putObject(
                b -> b.bucket("bucket")
                        .key("from/ä +1")
                        .contentType("text/plain")
                        .metadata(Map.of("who", "me"))
                        .tagging("a=b")
                        .serverSideEncryption("aws:kms")
                        .ssekmsKeyId(KEY_ARN)
                        .ssekmsEncryptionContext("eyJhIjoiYiJ9"),
                RequestBody.fromString("content"));
    }

    private static CopyObjectRequest.Builder copy(CopyObjectRequest.Builder b) {
        return b.sourceBucket("bucket")
                .sourceKey("from/ä +1")
                .destinationBucket("bucket")
                .destinationKey("to");
    }

    @Test
    void keepsMetadataAndTagsButNotTheModeNorTheContext_whenNothingIsSaid() {
        source();
        var response = s3.copyObject(CopiesTest::copy);
        assertEquals(ServerSideEncryption.AES256, response.serverSideEncryption());
        assertNull(response.ssekmsEncryptionContext());
        var got = s3.getObjectAsBytes(b -> b.bucket("bucket").key("to"));
        assertEquals("content", got.asUtf8String());
        assertEquals("me", got.response().metadata().get("who"));
        assertEquals("text/plain", got.response().contentType());
        assertEquals(1, got.response().tagCount());
    }

    @Test
    void replacesMetadataAndTags_whenDirectivesSayReplace() {
        source();
        s3.copyObject(b -> copy(b).metadataDirective(MetadataDirective.REPLACE)
                .metadata(Map.of("x", "y"))
                .contentType("a/b")
                .taggingDirective(TaggingDirective.REPLACE)
                .tagging("q=r"));
        var head = s3.headObject(b -> b.bucket("bucket").key("to"));
        assertEquals(Map.of("x", "y"), head.metadata());
        assertEquals("a/b", head.contentType());
        assertEquals(
                "q",
                s3.getObjectTagging(b -> b.bucket("bucket").key("to"))
                        .tagSet()
                        .get(0)
                        .key());
    }

    @Test
    void needsTheCustomerKeysOfBothSides_whenBothAreSseC() {
        byte[] from = customerKey(1);
        byte[] to = customerKey(2);
        s3.putObject(
                b -> b.bucket("bucket")
                        .key("from/ä +1")
                        .sseCustomerAlgorithm("AES256")
                        .sseCustomerKey(base64(from))
                        .sseCustomerKeyMD5(md5(from)),
                RequestBody.fromString("content"));
        refused(400, "InvalidRequest", "correct parameters must be provided", () -> s3.copyObject(CopiesTest::copy));
        s3.copyObject(b -> copy(b).copySourceSSECustomerAlgorithm("AES256")
                .copySourceSSECustomerKey(base64(from))
                .copySourceSSECustomerKeyMD5(md5(from))
                .sseCustomerAlgorithm("AES256")
                .sseCustomerKey(base64(to))
                .sseCustomerKeyMD5(md5(to)));
        assertEquals(
                "content",
                s3.getObjectAsBytes(b -> b.bucket("bucket")
                                .key("to")
                                .sseCustomerAlgorithm("AES256")
                                .sseCustomerKey(base64(to))
                                .sseCustomerKeyMD5(md5(to)))
                        .asUtf8String());
    }

    @Test
    void refusesACopyOntoItself_whenNothingChanges() {
        put("k", "x");
        refused(
                400,
                "InvalidRequest",
                "copy an object to itself",
                () -> s3.copyObject(b -> b.sourceBucket("bucket")
                        .sourceKey("k")
                        .destinationBucket("bucket")
                        .destinationKey("k")));
        s3.copyObject(b -> b.sourceBucket("bucket")
                .sourceKey("k")
                .destinationBucket("bucket")
                .destinationKey("k")
                .serverSideEncryption("aws:kms")
                .ssekmsKeyId(KEY_ARN));
        assertEquals("x", get("k"));
    }

    @Test
    void checksConditionsOnTheSource() {
        put("k", "x");
        refused(
                412,
                "PreconditionFailed",
                "pre-conditions",
                () -> s3.copyObject(b -> b.sourceBucket("bucket")
                        .sourceKey("k")
                        .destinationBucket("bucket")
                        .destinationKey("to")
                        .copySourceIfMatch("\"other\"")));
    }

    @Test
    void copiesAnOldVersion_whenItIsNamed() {
        s3.putBucketVersioning(
                b -> b.bucket("bucket").versioningConfiguration(v -> v.status(BucketVersioningStatus.ENABLED)));
        String first = s3.putObject(b -> b.bucket("bucket").key("k"), RequestBody.fromString("one"))
                .versionId();
        put("k", "two");
        var response = s3.copyObject(b -> b.sourceBucket("bucket")
                .sourceKey("k")
                .sourceVersionId(first)
                .destinationBucket("bucket")
                .destinationKey("k"));
        assertEquals(first, response.copySourceVersionId());
        assertEquals("one", get("k"));
    }

    @Test
    void refusesTheSourceAndMakesNoDataKey_whenTheSourceMayNotBeRead() {
        source();
        aws.kms.forget();
        aws.access.deny(access -> access.action().equals("s3:GetObject"));
        refused(403, "AccessDenied", "s3:GetObject", () -> s3.copyObject(CopiesTest::copy));
        assertTrue(aws.kms.calls().isEmpty());
    }

    @Test
    void checksTheOwnerOfEachSide() {
        source();
        refused(
                403,
                "AccessDenied",
                "Access Denied",
                () -> s3.copyObject(b -> copy(b).expectedBucketOwner("999999999999")));
        refused(
                403,
                "AccessDenied",
                "Access Denied",
                () -> s3.copyObject(b -> copy(b).expectedSourceBucketOwner("999999999999")));
        s3.copyObject(b -> copy(b).expectedBucketOwner("111122223333").expectedSourceBucketOwner("111122223333"));
    }

    @Test
    void joinsRangesOfASource_whenPartsAreCopied() {
        byte[] data = ObjectRoundTripTest.bytes(6 << 20);
        s3.putObject(b -> b.bucket("bucket").key("src"), RequestBody.fromBytes(data));
        String id = s3.createMultipartUpload(b -> b.bucket("bucket")
                        .key("m")
                        .serverSideEncryption("aws:kms:dsse")
                        .ssekmsKeyId(KEY_ARN))
                .uploadId();
        refused(
                400,
                "InvalidArgument",
                "not valid for source object",
                () -> s3.uploadPartCopy(b -> b.sourceBucket("bucket")
                        .sourceKey("src")
                        .destinationBucket("bucket")
                        .destinationKey("m")
                        .uploadId(id)
                        .partNumber(1)
                        .copySourceRange("bytes=0-99999999")));
        List<CompletedPart> parts = new java.util.ArrayList<>();
        String[] ranges = {"bytes=0-5242879", "bytes=5242880-6291455"};
        for (int i = 0; i < 2; i++) {
            int number = i + 1;
            String range = ranges[i];
            var part = s3.uploadPartCopy(b -> b.sourceBucket("bucket")
                    .sourceKey("src")
                    .destinationBucket("bucket")
                    .destinationKey("m")
                    .uploadId(id)
                    .partNumber(number)
                    .copySourceRange(range));
            parts.add(CompletedPart.builder()
                    .partNumber(number)
                    .eTag(part.copyPartResult().eTag())
                    .build());
        }
        s3.completeMultipartUpload(b -> b.bucket("bucket").key("m").uploadId(id).multipartUpload(u -> u.parts(parts)));
        assertArrayEquals(
                data, s3.getObjectAsBytes(b -> b.bucket("bucket").key("m")).asByteArray());
    }
}
