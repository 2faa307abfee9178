package dev.s3envelope.local.internal.s3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.CompletedPart;

class DirectoryStoreTest {
    @TempDir
    Path directory = Path.of("");

    private final S3Settings settings = S3Settings.defaults();

    private LocalS3 start() throws IOException {
        return LocalS3.start(settings, S3Store.inDirectory(directory, settings.random()));
    }

    @Test
    void survivesARestart() throws IOException {
        byte[] big = ObjectRoundTripTest.bytes(200_000);
        byte[] key = S3Fixture.customerKey(7);
        String id;
        String etag;
        try (LocalS3 aws = start();
                S3Client s3 = aws.client()) {
            s3.createBucket(b -> b.bucket("bucket"));
            s3.putBucketVersioning(
                    b -> b.bucket("bucket").versioningConfiguration(v -> v.status(BucketVersioningStatus.ENABLED)));
            s3.putObject(b -> b.bucket("bucket").key("k"), RequestBody.fromString("one"));
            s3.putObject(
                    b -> b.bucket("bucket").key("k").metadata(Map.of("a", "b")).tagging("x=y"),
                    RequestBody.fromBytes(big));
            s3.putObject(
                    b -> b.bucket("bucket")
                            .key("c")
                            .sseCustomerAlgorithm("AES256")
                            .sseCustomerKey(S3Fixture.base64(key))
                            .sseCustomerKeyMD5(S3Fixture.md5(key)),
                    RequestBody.fromString("customer"));
            id = s3.createMultipartUpload(b -> b.bucket("bucket").key("m")).uploadId();
            String upload = id;
            etag = s3.uploadPart(
                            b -> b.bucket("bucket").key("m").uploadId(upload).partNumber(1),
                            RequestBody.fromString("part"))
                    .eTag();
        }
        try (LocalS3 aws = start();
                S3Client s3 = aws.client()) {
            var got = s3.getObjectAsBytes(b -> b.bucket("bucket").key("k"));
            assertArrayEquals(big, got.asByteArray());
            assertEquals("b", got.response().metadata().get("a"));
            assertEquals(1, got.response().tagCount());
            var versions =
                    s3.listObjectVersions(b -> b.bucket("bucket").prefix("k")).versions();
            assertEquals(
                    List.of(200_000L, 3L), versions.stream().map(v -> v.size()).toList());
            assertEquals(
                    "customer",
                    s3.getObjectAsBytes(b -> b.bucket("bucket")
                                    .key("c")
                                    .sseCustomerAlgorithm("AES256")
                                    .sseCustomerKey(S3Fixture.base64(key))
                                    .sseCustomerKeyMD5(S3Fixture.md5(key)))
                            .asUtf8String());
            s3.completeMultipartUpload(b -> b.bucket("bucket")
                    .key("m")
                    .uploadId(id)
                    .multipartUpload(u -> u.parts(
                            CompletedPart.builder().partNumber(1).eTag(etag).build())));
            assertEquals(
                    "part",
                    s3.getObjectAsBytes(b -> b.bucket("bucket").key("m")).asUtf8String());
        }
    }

    @Test
    void leavesNoPlaintextKeyNorRubbish() throws IOException {
        byte[] key = S3Fixture.customerKey(0x41);
        try (LocalS3 aws = start();
                S3Client s3 = aws.client()) {
            s3.createBucket(b -> b.bucket("bucket"));
            for (int i = 0; i < 3; i++) {
                s3.putObject(
                        b -> b.bucket("bucket")
                                .key("k")
                                .sseCustomerAlgorithm("AES256")
                                .sseCustomerKey(S3Fixture.base64(key))
                                .sseCustomerKeyMD5(S3Fixture.md5(key)),
                        RequestBody.fromString("a very secret sentence"));
            }
            for (Path file : files(directory)) {
                String text = Files.readString(file, StandardCharsets.ISO_8859_1);
                assertFalse(text.contains("very secret"), file.toString());
                assertFalse(text.contains(S3Fixture.base64(key)), file.toString());
                assertFalse(text.contains("AAAAAAAAAAAAAAAA"), file.toString());
            }
            assertEquals(1, files(directory.resolve("blobs")).size());
            s3.deleteObject(b -> b.bucket("bucket").key("k"));
            assertTrue(files(directory.resolve("blobs")).isEmpty());
            s3.deleteBucket(b -> b.bucket("bucket"));
            assertFalse(Files.exists(directory.resolve("buckets").resolve("bucket")));
        }
    }

    private static List<Path> files(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }
}
