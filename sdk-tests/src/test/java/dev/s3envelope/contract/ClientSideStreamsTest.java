package dev.s3envelope.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.s3.ClientSideUpload;
import dev.s3envelope.s3.EnvelopeS3AsyncClient;
import dev.s3envelope.s3.EnvelopeS3Client;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.transfer.s3.S3TransferManager;

/** Bodies that go in parts by themselves, and the Transfer Manager over a client that encrypts. */
class ClientSideStreamsTest {
    private static final int MIB = 1 << 20;
    private static final int S = 5 * MIB;

    private static LocalAwsTarget target;

    @BeforeAll
    static void start() {
        ClientSideFixture.start();
        target = ClientSideFixture.target;
    }

    @AfterAll
    static void stop() {
        ClientSideFixture.stop();
    }

    @Test
    void twelveMegabytesOfUnknownLengthStream_whenClientIsSync() {
        byte[] plain = ClientSideFixture.bytes(12_000_000, 12);
        try (EnvelopeS3Client s3 = ClientSideFixture.sync()) {
            s3.putObject(
                    b -> b.bucket(target.bucket()).key("stream").contentType("text/plain"),
                    RequestBody.fromContentProvider(() -> new ByteArrayInputStream(plain), "text/plain"));
            s3.putObject(
                    b -> b.bucket(target.bucket()).key("short"),
                    RequestBody.fromContentProvider(
                            () -> new ByteArrayInputStream(plain, 0, 1_000), "application/octet-stream"));
        }
        ClientSideFixture.assertReads("stream", plain);
        ClientSideFixture.assertReads("short", Arrays.copyOf(plain, 1_000));
        assertEquals(
                "text/plain",
                target.s3()
                        .headObject(b -> b.bucket(target.bucket()).key("stream"))
                        .contentType());
    }

    @Test
    void twelveMegabytesOfUnknownLengthStream_whenClientIsAsync() {
        byte[] plain = ClientSideFixture.bytes(12_000_000, 13);
        try (EnvelopeS3AsyncClient s3 = ClientSideFixture.async()) {
            s3.putObject(b -> b.bucket(target.bucket()).key("publisher"), unknown(plain, 100_000))
                    .join();
            s3.putObject(
                            b -> b.bucket(target.bucket()).key("two-parts"),
                            unknown(Arrays.copyOf(plain, 8 * MIB), 65_536))
                    .join();
        }
        ClientSideFixture.assertReads("publisher", plain);
        ClientSideFixture.assertReads("two-parts", Arrays.copyOf(plain, 8 * MIB));
    }

    @Test
    void nothingIsLeft_whenAStreamFailsHalfway() {
        byte[] plain = ClientSideFixture.bytes(9 * MIB, 14);
        target.aws().faults().on("s3", "UploadPart").times(1).fail(400, "InvalidRequest", "no");
        try (EnvelopeS3Client s3 = ClientSideFixture.sync();
                EnvelopeS3AsyncClient async = ClientSideFixture.async()) {
            assertThrows(
                    RuntimeException.class,
                    () -> s3.putObject(
                            b -> b.bucket(target.bucket()).key("fails-sync"),
                            RequestBody.fromContentProvider(
                                    () -> new ByteArrayInputStream(plain), "application/octet-stream")));
            target.aws().faults().on("s3", "UploadPart").times(1).fail(400, "InvalidRequest", "no");
            assertThrows(
                    RuntimeException.class,
                    () -> async.putObject(b -> b.bucket(target.bucket()).key("fails-async"), unknown(plain, 300_000))
                            .join());
        } finally {
            target.aws().faults().clear();
        }
        assertTrue(target.s3()
                .listMultipartUploads(b -> b.bucket(target.bucket()).prefix("fails-"))
                .uploads()
                .isEmpty());
    }

    @Test
    void knownLengthGoesInParts_whenAPartSizeIsAnnounced() {
        byte[] plain = ClientSideFixture.bytes(11 * MIB, 15);
        PutObjectRequest request = PutObjectRequest.builder()
                .bucket(target.bucket())
                .key("announced-put")
                .overrideConfiguration(ClientSideUpload.partSize(S))
                .build();
        try (EnvelopeS3Client s3 = ClientSideFixture.sync();
                EnvelopeS3AsyncClient async = ClientSideFixture.async()) {
            s3.putObject(request, RequestBody.fromBytes(plain));
            ClientSideFixture.assertReads("announced-put", plain);
            async.putObject(request.toBuilder().key("announced-async").build(), AsyncRequestBody.fromBytes(plain))
                    .join();
        }
        ClientSideFixture.assertReads("announced-async", plain);
        assertEquals(
                3,
                target.s3()
                        .headObject(b ->
                                b.bucket(target.bucket()).key("announced-put").partNumber(1))
                        .partsCount());
    }

    @Test
    void transferManagerUploadsAndDownloads(@TempDir Path directory) throws Exception {
        byte[] plain = ClientSideFixture.bytes(9 * MIB + 3, 16);
        Path source = Files.write(directory.resolve("source"), plain);
        Path copy = directory.resolve("copy");
        try (EnvelopeS3AsyncClient async = ClientSideFixture.async();
                S3TransferManager transfers =
                        S3TransferManager.builder().s3Client(async).build()) {
            transfers
                    .uploadFile(b -> b.source(source)
                            .putObjectRequest(put -> put.bucket(target.bucket()).key("transfer")))
                    .completionFuture()
                    .join();
            ClientSideFixture.assertReads("transfer", plain);
            transfers
                    .downloadFile(b -> b.destination(copy)
                            .getObjectRequest(get -> get.bucket(target.bucket()).key("transfer")))
                    .completionFuture()
                    .join();
        }
        assertArrayEquals(plain, Files.readAllBytes(copy));
    }

    private static AsyncRequestBody unknown(byte[] plain, int piece) {
        List<ByteBuffer> pieces = new ArrayList<>();
        for (int from = 0; from < plain.length; from += piece) {
            pieces.add(ByteBuffer.wrap(plain, from, Math.min(piece, plain.length - from)));
        }
        return AsyncRequestBody.fromPublisher(software.amazon.awssdk.core.async.SdkPublisher.fromIterable(pieces));
    }
}
