package dev.s3envelope.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.policy.ObjectMatcher;
import dev.s3envelope.core.policy.PolicyRule;
import dev.s3envelope.core.ssec.SseCKeySource;
import dev.s3envelope.s3.EnvelopeS3AsyncClient;
import dev.s3envelope.s3.EnvelopeS3Client;
import dev.s3envelope.s3.EnvelopeS3Presigner;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.presigner.PresignedRequest;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.BlockingInputStreamAsyncRequestBody;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.presignedurl.model.PresignedUrlDownloadRequest;
import software.amazon.awssdk.transfer.s3.S3TransferManager;

/** The clients used as applications and libraries use the SDK's own: every kind of body and result, tools on top, signed URLs. */
abstract class ClientUsageContract extends ContractSuite {
    private static final String VAULT = "vault/";

    /** Objects in the vault are SSE-C, others SSE-KMS. */
    private EncryptionPolicy policy() {
        return EncryptionPolicy.of(
                PolicyRule.enforce(
                        "vault",
                        ObjectMatcher.builder().keyPrefix(VAULT).build(),
                        EncryptionMode.sseC(SseCKeySource.fixed("vault", key(5)))),
                PolicyRule.byDefault("rest", ObjectMatcher.anything(), EncryptionMode.sseKms(target().kmsKey())));
    }

    private EnvelopeS3Client sync() {
        return EnvelopeS3Client.builder()
                .wrapping(target().s3())
                .policy(policy())
                .writeGuard(guard())
                .build();
    }

    private EnvelopeS3AsyncClient async() {
        return EnvelopeS3AsyncClient.builder()
                .wrapping(target().s3Async())
                .policy(policy())
                .writeGuard(guard())
                .build();
    }

    @ParameterizedTest
    @ValueSource(strings = {VAULT, "open/"})
    void everyKindOfBodyAndResult_synchronously(String prefix, @TempDir Path directory) throws Exception {
        byte[] body = bytes(1, 70_000);
        Path file = Files.write(directory.resolve("body"), body);
        try (EnvelopeS3Client s3 = sync()) {
            String bucket = target().bucket();
            s3.putObject(r -> r.bucket(bucket).key(prefix + "sync-file"), file);
            s3.putObject(
                    r -> r.bucket(bucket).key(prefix + "sync-stream"),
                    RequestBody.fromInputStream(Files.newInputStream(file), body.length));
            s3.putObject(
                    r -> r.bucket(bucket).key(prefix + "sync-buffer"),
                    RequestBody.fromByteBuffer(ByteBuffer.wrap(body)));
            for (String key : List.of("sync-file", "sync-stream", "sync-buffer")) {
                Path read = directory.resolve(key);
                s3.getObject(r -> r.bucket(bucket).key(prefix + key), read);
                assertArrayEquals(body, Files.readAllBytes(read), key);
                try (InputStream in = s3.getObject(r -> r.bucket(bucket).key(prefix + key))) {
                    assertArrayEquals(body, in.readAllBytes(), key);
                }
                assertArrayEquals(
                        body,
                        s3.getObjectAsBytes(r -> r.bucket(bucket).key(prefix + key))
                                .asByteArray());
            }
            List<String> listed = s3
                    .listObjectsV2Paginator(
                            r -> r.bucket(bucket).prefix(prefix + "sync-").maxKeys(1))
                    .contents()
                    .stream()
                    .map(S3Object::key)
                    .toList();
            assertEquals(3, listed.size());
            assertTrue(s3.waiter()
                    .waitUntilObjectExists(r -> r.bucket(bucket).key(prefix + "sync-file"))
                    .matched()
                    .response()
                    .isPresent());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {VAULT, "open/"})
    void everyKindOfBodyAndResult_asynchronously(String prefix, @TempDir Path directory) throws Exception {
        byte[] body = bytes(2, 70_000);
        Path file = Files.write(directory.resolve("body"), body);
        try (EnvelopeS3AsyncClient s3 = async()) {
            String bucket = target().bucket();
            s3.putObject(r -> r.bucket(bucket).key(prefix + "async-file"), file).join();
            BlockingInputStreamAsyncRequestBody blocking = AsyncRequestBody.forBlockingInputStream((long) body.length);
            var streamed = s3.putObject(r -> r.bucket(bucket).key(prefix + "async-stream"), blocking);
            try (InputStream in = Files.newInputStream(file)) {
                blocking.writeInputStream(in);
            }
            streamed.join();
            for (String key : List.of("async-file", "async-stream")) {
                Path read = directory.resolve(key);
                s3.getObject(r -> r.bucket(bucket).key(prefix + key), read).join();
                assertArrayEquals(body, Files.readAllBytes(read), key);
                try (InputStream in = s3.getObject(
                                r -> r.bucket(bucket).key(prefix + key),
                                AsyncResponseTransformer.<GetObjectResponse>toBlockingInputStream())
                        .join()) {
                    assertArrayEquals(body, in.readAllBytes(), key);
                }
            }
            assertTrue(s3.waiter()
                    .waitUntilObjectExists(r -> r.bucket(bucket).key(prefix + "async-file"))
                    .get(60, TimeUnit.SECONDS)
                    .matched()
                    .response()
                    .isPresent());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {VAULT, "open/"})
    void transferManagerUploadsAndDownloadsThroughIt(String prefix, @TempDir Path directory) throws Exception {
        byte[] body = bytes(3, 9 << 20);
        Path file = Files.write(directory.resolve("body"), body);
        String key = prefix + "transfer";
        try (EnvelopeS3AsyncClient s3 = async();
                S3TransferManager transfers =
                        S3TransferManager.builder().s3Client(s3).build()) {
            transfers
                    .uploadFile(u -> u.source(file)
                            .putObjectRequest(r -> r.bucket(target().bucket()).key(key)))
                    .completionFuture()
                    .join();
            Path read = directory.resolve("read");
            transfers
                    .downloadFile(d -> d.destination(read)
                            .getObjectRequest(r -> r.bucket(target().bucket()).key(key)))
                    .completionFuture()
                    .join();
            assertArrayEquals(body, Files.readAllBytes(read));
            String copied = prefix + "transfer-copy";
            transfers
                    .copy(c -> c.copyObjectRequest(r -> r.sourceBucket(target().bucket())
                            .sourceKey(key)
                            .destinationBucket(target().bucket())
                            .destinationKey(copied)))
                    .completionFuture()
                    .join();
            assertEquals(body.length, s3.headObject(head(copied)).join().contentLength());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {VAULT, "open/"})
    void signedUrlsWriteAndReadWithTheHeadersTheyName(String prefix) throws Exception {
        byte[] body = bytes(4, 5_000);
        String key = prefix + "signed";
        EnvelopeS3Presigner presigner = EnvelopeS3Presigner.builder()
                .wrapping(target().presigner())
                .policy(policy())
                .writeGuard(guard())
                .build();
        PresignedRequest put = presigner.presignPutObject(p -> p.signatureDuration(Duration.ofMinutes(5))
                .putObjectRequest(r -> r.bucket(target().bucket()).key(key)));
        HttpResponse<String> written = target().http()
                .send(
                        request(put)
                                .PUT(HttpRequest.BodyPublishers.ofByteArray(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertEquals(200, written.statusCode(), written.body());
        PresignedRequest get = presigner.presignGetObject(p -> p.signatureDuration(Duration.ofMinutes(5))
                .getObjectRequest(r -> r.bucket(target().bucket()).key(key)));
        HttpResponse<byte[]> read =
                target().http().send(request(get).GET().build(), HttpResponse.BodyHandlers.ofByteArray());
        assertEquals(200, read.statusCode());
        assertArrayEquals(body, read.body());
        try (EnvelopeS3Client s3 = sync()) {
            assertArrayEquals(body, s3.getObjectAsBytes(get(key)).asByteArray());
        }
    }

    @Test
    void downloadsBySignedUrlPass() {
        byte[] body = bytes(6, 5_000);
        try (EnvelopeS3AsyncClient s3 = async();
                EnvelopeS3Presigner presigner = EnvelopeS3Presigner.builder()
                        .wrapping(target().presigner())
                        .policy(policy())
                        .build()) {
            s3.putObject(put("open/by-url"), AsyncRequestBody.fromBytes(body)).join();
            PresignedRequest get = presigner.presignGetObject(p -> p.signatureDuration(Duration.ofMinutes(5))
                    .getObjectRequest(r -> r.bucket(target().bucket()).key("open/by-url")));
            assertArrayEquals(
                    body,
                    s3.presignedUrlExtension()
                            .getObject(
                                    PresignedUrlDownloadRequest.builder()
                                            .presignedUrl(get.url())
                                            .build(),
                                    AsyncResponseTransformer.toBytes())
                            .join()
                            .asByteArray());
        }
    }

    private static HttpRequest.Builder request(PresignedRequest signed) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(signed.url().toString()));
        signed.signedHeaders().forEach((name, values) -> {
            if (!name.equalsIgnoreCase("host") && !name.equalsIgnoreCase("content-length")) {
                values.forEach(value -> request.header(name, value));
            }
        });
        return request;
    }
}
