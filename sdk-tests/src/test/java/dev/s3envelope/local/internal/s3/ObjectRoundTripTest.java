package dev.s3envelope.local.internal.s3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Objects put with the AWS SDK come back byte for byte, over HTTP (signed chunks) and TLS (unsigned trailers). */
class ObjectRoundTripTest {
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void returnsWhatWasPut_whenClientIsSync(boolean secure) throws IOException {
        LocalS3 aws = LocalS3.start(S3Settings.defaults(), secure);
        try (aws;
                S3Client s3 = aws.client()) {
            s3.createBucket(b -> b.bucket("bucket"));
            for (int size : new int[] {0, 1, 1000, 65_535, 65_536, 65_537, 300_000}) {
                byte[] data = bytes(size);
                PutObjectResponse put = s3.putObject(
                        b -> b.bucket("bucket").key("dir/a b+" + size).metadata(Map.of("who", "me")),
                        RequestBody.fromBytes(data));
                assertTrue(put.checksumCRC32() != null || put.checksumCRC64NVME() != null);
                var got = s3.getObjectAsBytes(b -> b.bucket("bucket").key("dir/a b+" + size));
                assertArrayEquals(data, got.asByteArray());
                assertEquals("me", got.response().metadata().get("who"));
                assertEquals(put.eTag(), got.response().eTag());
                assertEquals(
                        size,
                        s3.headObject(b -> b.bucket("bucket").key("dir/a b+" + size))
                                .contentLength());
            }
            assertEquals(7, s3.listObjectsV2(b -> b.bucket("bucket")).keyCount());
            assertEquals(
                    List.of("dir/"),
                    s3.listObjectsV2(b -> b.bucket("bucket").delimiter("/")).commonPrefixes().stream()
                            .map(p -> p.prefix())
                            .toList());
            s3.deleteObject(b -> b.bucket("bucket").key("dir/a b+0"));
            assertThrows(
                    NoSuchKeyException.class,
                    () -> s3.getObjectAsBytes(b -> b.bucket("bucket").key("dir/a b+0")));
            assertThrows(
                    NoSuchKeyException.class,
                    () -> s3.headObject(b -> b.bucket("bucket").key("dir/a b+0")));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void returnsWhatWasPut_whenClientIsAsync(boolean secure) throws IOException {
        LocalS3 aws = LocalS3.start(S3Settings.defaults(), secure);
        try (aws;
                S3AsyncClient s3 = aws.asyncClient()) {
            s3.createBucket(b -> b.bucket("bucket")).join();
            for (int size : new int[] {0, 1, 1000, 300_000, 3_000_000}) {
                byte[] data = bytes(size);
                s3.putObject(b -> b.bucket("bucket").key("k" + size), AsyncRequestBody.fromBytes(data))
                        .join();
                assertArrayEquals(
                        data,
                        s3.getObject(b -> b.bucket("bucket").key("k" + size), AsyncResponseTransformer.toBytes())
                                .join()
                                .asByteArray());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "CRC32", "CRC32C", "SHA1", "SHA256"})
    void joinsParts_whenMultipartUploadCompletes(String algorithm) throws IOException {
        LocalS3 aws = LocalS3.start();
        ChecksumAlgorithm checksum = algorithm.isEmpty() ? null : ChecksumAlgorithm.fromValue(algorithm);
        try (aws;
                S3Client s3 = aws.client()) {
            s3.createBucket(b -> b.bucket("bucket"));
            byte[] data = bytes(11 << 20);
            String id = s3.createMultipartUpload(
                            b -> b.bucket("bucket").key("big").checksumAlgorithm(checksum))
                    .uploadId();
            List<CompletedPart> parts = new ArrayList<>();
            for (int n = 1; n <= 3; n++) {
                int number = n;
                int from = (n - 1) * (5 << 20);
                byte[] part = java.util.Arrays.copyOfRange(data, from, Math.min(data.length, from + (5 << 20)));
                var response = s3.uploadPart(
                        b -> b.bucket("bucket")
                                .key("big")
                                .uploadId(id)
                                .partNumber(number)
                                .checksumAlgorithm(checksum),
                        RequestBody.fromBytes(part));
                parts.add(CompletedPart.builder()
                        .partNumber(n)
                        .eTag(response.eTag())
                        .checksumCRC32(checksum == null ? null : response.checksumCRC32())
                        .checksumCRC32C(response.checksumCRC32C())
                        .checksumSHA1(response.checksumSHA1())
                        .checksumSHA256(response.checksumSHA256())
                        .checksumCRC64NVME(response.checksumCRC64NVME())
                        .build());
            }
            var done = s3.completeMultipartUpload(
                    b -> b.bucket("bucket").key("big").uploadId(id).multipartUpload(m -> m.parts(parts)));
            assertTrue(done.eTag().endsWith("-3\""));
            assertArrayEquals(
                    data,
                    s3.getObjectAsBytes(b -> b.bucket("bucket").key("big")).asByteArray());
            assertArrayEquals(
                    java.util.Arrays.copyOfRange(data, 5_000_000, 6_000_001),
                    s3.getObjectAsBytes(b -> b.bucket("bucket").key("big").range("bytes=5000000-6000000"))
                            .asByteArray());
            S3Object listed = s3.listObjects(b -> b.bucket("bucket")).contents().get(0);
            assertEquals(data.length, listed.size());
        }
    }

    @Test
    void isTrusted_whenTheClientTakesItsTrustManagers() throws IOException {
        try (LocalS3 aws = LocalS3.start(S3Settings.defaults(), true);
                S3Client trusting = client(aws, true);
                S3Client stranger = client(aws, false)) {
            trusting.createBucket(b -> b.bucket("bucket"));
            assertEquals(1, trusting.listBuckets().buckets().size());
            assertThrows(SdkClientException.class, stranger::listBuckets);
        }
    }

    private static S3Client client(LocalS3 aws, boolean trusting) {
        Apache5HttpClient.Builder http = Apache5HttpClient.builder();
        if (trusting) {
            http.tlsTrustManagersProvider(
                    () -> Objects.requireNonNull(aws.frontEnd.tls()).trustManagers());
        }
        return S3Client.builder()
                .endpointOverride(aws.endpoint())
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(LocalS3.provider(LocalS3.ALICE))
                .httpClientBuilder(http)
                .build();
    }

    static byte[] bytes(int size) {
        byte[] data = new byte[size];
        new Random(size).nextBytes(data);
        return data;
    }
}
