package dev.s3envelope.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.s3.EnvelopeS3AsyncClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.internal.multipart.MultipartS3AsyncClient;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.multipart.MultipartConfiguration;
import software.amazon.awssdk.transfer.s3.S3TransferManager;
import software.amazon.awssdk.transfer.s3.model.DownloadRequest;
import software.amazon.awssdk.transfer.s3.model.ResumableFileDownload;

/**
 * The SDK's Transfer Manager over a client that encrypts: files, streams, directories and copies come back byte for byte, and lengths and progress are those of
 * the plaintext. With the client as it is, over the SDK's multipart client, and under it.
 */
abstract class TransferManagerContract extends ContractSuite {
    private static final int MIB = 1 << 20;
    /** More than a threshold and two parts of the SDK's multipart client, which are 8 MiB each unless set. */
    private static final int LARGE = 24 * MIB;

    private static final String OTHER_BUCKET = "contract-copies";

    private S3AsyncClient multipart;

    /** Who encrypts. */
    enum Mode {
        CLIENT_SIDE,
        SSE_KMS
    }

    /** Where the SDK's multipart client stands. */
    enum Parts {
        NOWHERE,
        BENEATH,
        ABOVE
    }

    /** The modes of this target. */
    abstract Stream<Mode> modes();

    /** The mode that encrypts on the client. */
    abstract EncryptionMode clientSide();

    /** The SDK's multipart client for the target; closed by this suite. */
    abstract S3AsyncClient openMultipart();

    /** The SDK's multipart client downloads by parts of objects. */
    final Stream<Arguments> everyWay() {
        return modes().flatMap(mode -> Stream.of(Parts.values())
                .filter(parts -> parts == Parts.NOWHERE || !target().lacks().contains(Target.Lack.PARTS_OF_OBJECTS))
                .map(parts -> Arguments.of(mode, parts)));
    }

    /** A plain client without parts takes no body of unknown length, and neither does ours where S3 encrypts. */
    final Stream<Arguments> waysForUnknownLengths() {
        return everyWay().filter(way -> way.get()[0] != Mode.SSE_KMS || way.get()[1] != Parts.NOWHERE);
    }

    @BeforeAll
    void openClients() {
        multipart = openMultipart();
        target().s3().createBucket(b -> b.bucket(OTHER_BUCKET));
    }

    @AfterAll
    void closeClients() {
        if (multipart != null) {
            multipart.close();
        }
    }

    @ParameterizedTest
    @MethodSource("everyWay")
    void filesComeBack_withProgressInPlaintext(Mode mode, Parts parts, @TempDir Path directory) throws Exception {
        for (int length : new int[] {0, 70_001, LARGE, LARGE + 3}) {
            byte[] plain = bytes(1 + length, length);
            Path source = Files.write(directory.resolve("source" + length), plain);
            Path read = directory.resolve("read" + length);
            String key = name("file" + length, mode, parts);
            TransferProgress up = new TransferProgress();
            TransferProgress down = new TransferProgress();
            try (S3AsyncClient s3 = client(mode, parts);
                    S3TransferManager transfers = transfers(s3)) {
                transfers
                        .uploadFile(
                                u -> u.source(source).addTransferListener(up).putObjectRequest(put(key)))
                        .completionFuture()
                        .join();
                transfers
                        .downloadFile(d ->
                                d.destination(read).addTransferListener(down).getObjectRequest(get(key)))
                        .completionFuture()
                        .join();
                assertEquals(length, s3.headObject(head(key)).join().contentLength());
            }
            assertArrayEquals(plain, Files.readAllBytes(read));
            if (!splits(mode, parts)) {
                up.assertAnnounced(length);
                down.assertAnnounced(length);
            }
            assertStored(key, mode, plain);
        }
        assertNoUploadLeft();
    }

    @ParameterizedTest
    @MethodSource("waysForUnknownLengths")
    void bodiesComeBack_whenTheirLengthIsUnknown(Mode mode, Parts parts) {
        for (int length : new int[] {1_000, 17 * MIB + 5}) {
            byte[] plain = bytes(2, length);
            String key = name("stream" + length, mode, parts);
            TransferProgress up = new TransferProgress();
            TransferProgress down = new TransferProgress();
            try (S3AsyncClient s3 = client(mode, parts);
                    S3TransferManager transfers = transfers(s3)) {
                transfers
                        .upload(u -> u.requestBody(unknown(plain))
                                .addTransferListener(up)
                                .putObjectRequest(put(key)))
                        .completionFuture()
                        .join();
                byte[] read = transfers
                        .download(DownloadRequest.builder()
                                .getObjectRequest(get(key))
                                .addTransferListener(down)
                                .responseTransformer(AsyncResponseTransformer.toBytes())
                                .build())
                        .completionFuture()
                        .join()
                        .result()
                        .asByteArray();
                assertArrayEquals(plain, read);
            }
            if (!splits(mode, parts)) {
                up.assertCounted(length);
                down.assertAnnounced(length);
            }
            assertStored(key, mode, plain);
        }
        assertNoUploadLeft();
    }

    @ParameterizedTest
    @MethodSource("everyWay")
    void downloadsGoOn_whereTheyStopped(Mode mode, Parts parts, @TempDir Path directory) throws Exception {
        assumeFalse(target().lacks().contains(Target.Lack.UNMODIFIED_SINCE_ITS_CHANGE));
        byte[] plain = bytes(3, LARGE);
        String key = name("resumed", mode, parts);
        int had = 3 * MIB + 17;
        Path read = Files.write(directory.resolve("read"), Arrays.copyOf(plain, had));
        try (S3AsyncClient s3 = client(mode, parts);
                S3TransferManager transfers = transfers(s3)) {
            s3.putObject(put(key), AsyncRequestBody.fromBytes(plain)).join();
            HeadObjectResponse stored = s3.headObject(head(key)).join();
            transfers
                    .resumeDownloadFile(ResumableFileDownload.builder()
                            .downloadFileRequest(d -> d.destination(read).getObjectRequest(get(key)))
                            .bytesTransferred((long) had)
                            .totalSizeInBytes(stored.contentLength())
                            .s3ObjectLastModified(stored.lastModified())
                            .s3ObjectEtag(stored.eTag())
                            .fileLastModified(Files.getLastModifiedTime(read).toInstant())
                            .completedParts(List.of())
                            .build())
                    .completionFuture()
                    .join();
        }
        assertArrayEquals(plain, Files.readAllBytes(read));
    }

    @ParameterizedTest
    @MethodSource("everyWay")
    void copiesRead_andKeepWhatTheyHad(Mode mode, Parts parts) {
        for (int length : new int[] {70_001, LARGE}) {
            byte[] plain = bytes(4, length);
            String key = name("copy" + length, mode, parts);
            try (S3AsyncClient s3 = client(mode, parts);
                    S3TransferManager transfers = transfers(s3)) {
                s3.putObject(
                                put(key).toBuilder()
                                        .metadata(Map.of("colour", "blue"))
                                        .build(),
                                AsyncRequestBody.fromBytes(plain))
                        .join();
                var copy = transfers
                        .copy(c -> c.copyObjectRequest(copy(key, key).toBuilder()
                                .destinationBucket(OTHER_BUCKET)
                                .build()))
                        .completionFuture();
                if (mode == Mode.CLIENT_SIDE && parts == Parts.ABOVE && length == LARGE) {
                    // The client above copies in parts by ranges of the plaintext, which S3 does not have.
                    CompletionException refused = assertThrows(CompletionException.class, copy::join);
                    assertTrue(
                            causes(refused).anyMatch(OperationRefusedException.class::isInstance), refused::toString);
                    continue;
                }
                copy.join();
                assertEquals(
                        Map.of("colour", "blue"),
                        s3.headObject(head(key).toBuilder().bucket(OTHER_BUCKET).build())
                                .join()
                                .metadata());
                byte[] read = s3.getObject(
                                get(key).toBuilder().bucket(OTHER_BUCKET).build(), AsyncResponseTransformer.toBytes())
                        .join()
                        .asByteArray();
                assertArrayEquals(plain, read);
            }
        }
        assertNoUploadLeft();
    }

    @ParameterizedTest
    @MethodSource("modes")
    void aThousandFilesComeBack_withNamesAndLengths(Mode mode, @TempDir Path directory) throws Exception {
        roundTrip(mode, Parts.NOWHERE, 1_000, directory);
    }

    @ParameterizedTest
    @MethodSource("modes")
    void directoriesComeBack_whereTheSdkUploadsInParts(Mode mode, @TempDir Path directory) throws Exception {
        roundTrip(mode, Parts.BENEATH, 50, directory.resolve("beneath"));
        roundTrip(mode, Parts.ABOVE, 50, directory.resolve("above"));
    }

    private void roundTrip(Mode mode, Parts parts, int files, Path directory) throws IOException {
        Path source = directory.resolve("source");
        Path read = Files.createDirectories(directory.resolve("read"));
        String prefix = name("directory", mode, parts);
        Map<String, byte[]> written = write(source, files, 5 + files);
        try (S3AsyncClient s3 = client(mode, parts);
                S3TransferManager transfers = transfers(s3)) {
            var up = transfers
                    .uploadDirectory(
                            u -> u.source(source).bucket(target().bucket()).s3Prefix(prefix))
                    .completionFuture()
                    .join();
            assertEquals(List.of(), up.failedTransfers());
            var down = transfers
                    .downloadDirectory(d -> d.destination(read)
                            .bucket(target().bucket())
                            .listObjectsV2RequestTransformer(list -> list.prefix(prefix + "/")))
                    .completionFuture()
                    .join();
            assertEquals(List.of(), down.failedTransfers());
            List<String> listed = new ArrayList<>();
            s3.listObjectsV2Paginator(list ->
                            list.bucket(target().bucket()).prefix(prefix + "/").maxKeys(300))
                    .contents()
                    .map(S3Object::key)
                    .subscribe(listed::add)
                    .join();
            assertEquals(
                    written.keySet().stream()
                            .map(name -> prefix + "/" + name)
                            .sorted()
                            .toList(),
                    listed.stream().sorted().toList());
            String some = written.keySet().iterator().next();
            assertEquals(
                    written.get(some).length,
                    s3.headObject(head(prefix + "/" + some)).join().contentLength());
        }
        Map<String, byte[]> back = read(read);
        assertEquals(written.keySet(), back.keySet());
        written.forEach((name, plain) -> assertArrayEquals(plain, back.get(name), name));
    }

    /** Small files of 0 to 4,000 bytes in nested directories, some with names that are encoded on the way. */
    private static Map<String, byte[]> write(Path directory, int files, int seed) throws IOException {
        Random random = new Random(seed);
        Map<String, byte[]> written = new TreeMap<>();
        for (int i = 0; i < files; i++) {
            byte[] plain = bytes(random.nextInt(), i == 0 ? 0 : random.nextInt(4_001));
            String name = "level " + i % 7 + "/b+" + i % 3 + "/file=" + i + (i % 2 == 0 ? ".txt" : " é&%.bin");
            Path file = directory.resolve(name);
            Files.createDirectories(file.getParent());
            Files.write(file, plain);
            written.put(name, plain);
        }
        return written;
    }

    private static Map<String, byte[]> read(Path directory) throws IOException {
        Map<String, byte[]> back = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                back.put(directory.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
            }
        }
        return back;
    }

    private S3AsyncClient client(Mode mode, Parts parts) {
        EncryptionMode encryption = mode == Mode.CLIENT_SIDE ? clientSide() : EncryptionMode.sseKms(target().kmsKey());
        EnvelopeS3AsyncClient envelope = EnvelopeS3AsyncClient.builder()
                .wrapping(parts == Parts.BENEATH ? multipart : target().s3Async())
                .policy(EncryptionPolicy.always(encryption))
                .writeGuard(guard())
                .build();
        return parts == Parts.ABOVE
                ? MultipartS3AsyncClient.create(
                        envelope, MultipartConfiguration.builder().build(), true)
                : envelope;
    }

    /**
     * Whether the SDK's multipart client splits the caller's own body. Then listeners are not held to anything: it tells them of bodies that are empty or of
     * unknown length wrongly without a client that encrypts, too.
     */
    private static boolean splits(Mode mode, Parts parts) {
        return parts == Parts.ABOVE || (parts == Parts.BENEATH && mode == Mode.SSE_KMS);
    }

    private static S3TransferManager transfers(S3AsyncClient s3) {
        return S3TransferManager.builder().s3Client(s3).build();
    }

    private static String name(String what, Mode mode, Parts parts) {
        return what + "-" + mode + "-" + parts;
    }

    /** What lies in the bucket is ciphertext under a client-side mode, and under the key under SSE-KMS. */
    private void assertStored(String key, Mode mode, byte[] plain) {
        var stored = target().s3().getObjectAsBytes(get(key));
        switch (mode) {
            case CLIENT_SIDE -> assertFalse(Arrays.equals(plain, stored.asByteArrayUnsafe()), key);
            case SSE_KMS -> assertEquals(target().kmsKey(), stored.response().ssekmsKeyId());
        }
    }

    /** Soon: the SDK's multipart client says that a transfer failed before it aborts the upload. */
    private void assertNoUploadLeft() {
        for (String bucket : List.of(target().bucket(), OTHER_BUCKET)) {
            for (int i = 0; i < 3_000 && !uploads(bucket).isEmpty(); i++) {
                LockSupport.parkNanos(10_000_000);
            }
            assertEquals(List.of(), uploads(bucket));
        }
    }

    private List<MultipartUpload> uploads(String bucket) {
        return target().s3().listMultipartUploads(b -> b.bucket(bucket)).uploads();
    }

    private static Stream<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause);
    }

    private static AsyncRequestBody unknown(byte[] plain) {
        List<ByteBuffer> pieces = new ArrayList<>();
        for (int from = 0; from < plain.length; from += 100_000) {
            pieces.add(ByteBuffer.wrap(plain, from, Math.min(100_000, plain.length - from))
                    .slice());
        }
        return AsyncRequestBody.fromPublisher(SdkPublisher.fromIterable(pieces));
    }
}
