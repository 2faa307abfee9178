package dev.s3envelope.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.mode.ContextPairs;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.policy.KeySources;
import dev.s3envelope.local.Event;
import dev.s3envelope.local.EventLog;
import dev.s3envelope.s3.ClientSideObject;
import dev.s3envelope.s3.EnvelopeS3AsyncClient;
import dev.s3envelope.s3.EnvelopeS3Client;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.encryption.s3.S3AsyncEncryptionClient;

/** Objects written in the S3 Encryption Client's V3 format by rule, and read by amazon-s3-encryption-client-java and by us. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class S3ecWritesTest {
    private static final int MIB = 1 << 20;
    private static final int PIECE = 32 * 1024;
    private static final long FIVE_GIB = 5L << 30;

    private LocalAwsTarget target;

    @BeforeAll
    void open() {
        target = new LocalAwsTarget();
    }

    @AfterAll
    void close() {
        if (target != null) {
            target.close();
        }
    }

    private Calls client(Calls.Kind kind, ClientSide mode) {
        return kind.open(target, builder -> builder.policy(EncryptionPolicy.always(mode)));
    }

    private ClientSide.Builder mode(S3ecKey key, Calls.Kind kind) {
        return ClientSide.s3ecBuilder("exchange", key.ours(target, kind));
    }

    private PutObjectRequest put(String key) {
        return PutObjectRequest.builder().bucket(target.bucket()).key(key).build();
    }

    private GetObjectRequest get(String key) {
        return GetObjectRequest.builder().bucket(target.bucket()).key(key).build();
    }

    private HeadObjectRequest head(String key) {
        return HeadObjectRequest.builder().bucket(target.bucket()).key(key).build();
    }

    private byte[] stored(String key) {
        return target.s3()
                .getObjectAsBytes(b -> b.bucket(target.bucket()).key(key))
                .asByteArray();
    }

    private Map<String, String> metadata(String key) {
        return target.s3().headObject(b -> b.bucket(target.bucket()).key(key)).metadata();
    }

    private byte[] peerReads(S3ecKey wrapping, String key) {
        return wrapping.peer(target, true)
                .getObjectAsBytes(b -> b.bucket(target.bucket()).key(key))
                .asByteArray();
    }

    static Stream<Arguments> keysAndKinds() {
        return Stream.of(S3ecKey.values())
                .flatMap(key -> Stream.of(Calls.Kind.values()).map(kind -> Arguments.of(key, kind)));
    }

    @ParameterizedTest
    @MethodSource("keysAndKinds")
    void theStockClientReadsOurs_aroundEveryBoundary(S3ecKey wrapping, Calls.Kind kind) {
        Calls s3 = client(kind, mode(wrapping, kind).build());
        long seed = System.nanoTime();
        System.out.println("S3ecWritesTest seed " + seed);
        Random random = new Random(seed);
        int[] sizes = IntStream.concat(
                        IntStream.of(
                                0, 1, 15, 16, 17, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE - 1, 2 * PIECE, MIB - 1, MIB),
                        IntStream.of(
                                MIB + 1,
                                MIB + PIECE - 1,
                                MIB + PIECE,
                                MIB + PIECE + 1,
                                MIB + random.nextInt(2 * MIB),
                                random.nextInt(MIB)))
                .toArray();
        for (int size : sizes) {
            String key = wrapping + "/" + kind + "/" + size;
            byte[] plain = ClientSideContract.bytes(seed + size, size);
            s3.put(put(key).toBuilder().metadata(Map.of("mine", "kept")).build(), plain);

            byte[] ciphertext = stored(key);
            assertEquals(size + 16, ciphertext.length);
            assertFalse(size > 20 && Arrays.equals(plain, Arrays.copyOf(ciphertext, size)), "ciphertext at rest");
            assertArrayEquals(plain, peerReads(wrapping, key), key);

            ResponseBytes<GetObjectResponse> read = s3.get(get(key));
            assertArrayEquals(plain, read.asByteArray(), key);
            assertEquals(Map.of("mine", "kept"), read.response().metadata());
            HeadObjectResponse head = s3.head(head(key));
            assertEquals(size, head.contentLength());
            assertEquals(Map.of("mine", "kept"), head.metadata());
            assertEquals(
                    "s3-encryption-client-v3",
                    ClientSideObject.of(head).orElseThrow().format());
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyObjectHasADataKeyOfItsOwn_andKmsSeesTheModesContextAlone(Calls.Kind kind) {
        Map<String, String> context = Map.of("tenant", "seven");
        Calls s3 = client(
                kind, mode(S3ecKey.KMS, kind).context(ContextPairs.of(context)).build());
        EventLog.Mark start = target.aws().events().mark();
        for (int i = 0; i < 3; i++) {
            s3.put(put(kind + "/context/" + i), new byte[100]);
        }
        List<Event> calls = target.aws().events().since(start).service("kms").list();
        assertEquals(
                List.of("GenerateDataKey", "GenerateDataKey", "GenerateDataKey"),
                calls.stream().map(Event::operation).toList());
        calls.forEach(
                call -> assertEquals(Map.of("tenant", "seven", "aws:x-amz-cek-alg", "115"), call.encryptionContext()));
        assertEquals(
                3,
                IntStream.range(0, 3)
                        .mapToObj(i -> metadata(kind + "/context/" + i).get("x-amz-3"))
                        .distinct()
                        .count());
        byte[] read = S3ecKey.KMS
                .peer(target, true)
                .getObjectAsBytes(b -> b.bucket(target.bucket())
                        .key(kind + "/context/0")
                        .overrideConfiguration(S3AsyncEncryptionClient.withAdditionalEncryptionContext(context)))
                .asByteArray();
        assertArrayEquals(new byte[100], read);
        assertArrayEquals(new byte[100], s3.get(get(kind + "/context/1")).asByteArray());
    }

    @Test
    void aRuleOfAPolicyFileWritesIt() {
        EncryptionPolicy policy = EncryptionPolicy.fromJson(
                """
                {"version": 1, "rules": [
                  {"name": "partner", "match": {"keyPrefix": "partner/"}, "strength": "enforce",
                   "mode": {"type": "client-side", "keyring": "exchange", "format": "s3-encryption-client-v3", "over": {"type": "sse-s3"}}},
                  {"name": "rest", "strength": "default", "mode": {"type": "client-side", "keyring": "ours"}}]}
                """,
                KeySources.none()
                        .withS3ecKeyring("exchange", S3ecKey.AES.ours(target, Calls.Kind.SYNC))
                        .withKeyring("ours", ClientSideContract.keyring(3)));
        byte[] plain = ClientSideContract.bytes(5, 5_000);
        for (Calls.Kind kind : Calls.Kind.values()) {
            Calls s3 = kind.open(target, builder -> builder.policy(policy));
            s3.put(put("partner/" + kind), plain);
            s3.put(put("own/" + kind), plain);
            assertArrayEquals(plain, peerReads(S3ecKey.AES, "partner/" + kind));
            assertTrue(metadata("own/" + kind).containsKey("envelope"));
            assertFalse(metadata("partner/" + kind).containsKey("envelope"));
            for (String key : List.of("partner/" + kind, "own/" + kind)) {
                assertArrayEquals(plain, s3.get(get(key)).asByteArray());
            }
        }
    }

    @Test
    void everyKindOfSyncBodyIsEncrypted(@TempDir Path directory) throws IOException {
        byte[] plain = ClientSideContract.bytes(6, 3 * MIB + 5);
        Path file = Files.write(directory.resolve("body"), plain);
        try (EnvelopeS3Client s3 = EnvelopeS3Client.builder()
                .wrapping(target.s3())
                .policy(EncryptionPolicy.always(
                        mode(S3ecKey.AES, Calls.Kind.SYNC).build()))
                .build()) {
            s3.putObject(put("sync/bytes"), RequestBody.fromBytes(plain));
            s3.putObject(put("sync/file"), RequestBody.fromFile(file));
            s3.putObject(put("sync/buffer"), RequestBody.fromByteBuffer(ByteBuffer.wrap(plain)));
            try (InputStream in = Files.newInputStream(file)) {
                s3.putObject(put("sync/stream"), RequestBody.fromInputStream(in, plain.length));
            }
            s3.putObject(
                    put("sync/provider"),
                    RequestBody.fromContentProvider(
                            () -> new ByteArrayInputStream(plain), plain.length, "application/octet-stream"));
            for (String form : List.of("bytes", "file", "buffer", "stream", "provider")) {
                assertArrayEquals(plain, peerReads(S3ecKey.AES, "sync/" + form), form);
            }
        }
    }

    @Test
    void everyKindOfAsyncBodyIsEncrypted(@TempDir Path directory) throws IOException {
        byte[] plain = ClientSideContract.bytes(7, 3 * MIB + 5);
        Path file = Files.write(directory.resolve("body"), plain);
        try (EnvelopeS3AsyncClient s3 = EnvelopeS3AsyncClient.builder()
                .wrapping(target.s3Async())
                .policy(EncryptionPolicy.always(
                        mode(S3ecKey.RSA, Calls.Kind.ASYNC).build()))
                .build()) {
            s3.putObject(put("async/bytes"), AsyncRequestBody.fromBytes(plain)).join();
            s3.putObject(put("async/file"), AsyncRequestBody.fromFile(file)).join();
            s3.putObject(
                            put("async/publisher").toBuilder()
                                    .contentLength((long) plain.length)
                                    .build(),
                            AsyncRequestBody.fromPublisher(AsyncRequestBody.fromBytes(plain)))
                    .join();
            for (String form : List.of("bytes", "file", "publisher")) {
                assertArrayEquals(plain, peerReads(S3ecKey.RSA, "async/" + form), form);
            }
        }
    }

    @Test
    void bodiesOfUnknownLength_areRefusedBeforeAnythingIsSent() {
        EventLog.Mark start = target.aws().events().mark();
        try (EnvelopeS3Client sync = EnvelopeS3Client.builder()
                        .wrapping(target.s3())
                        .policy(EncryptionPolicy.always(
                                mode(S3ecKey.KMS, Calls.Kind.SYNC).build()))
                        .build();
                EnvelopeS3AsyncClient async = EnvelopeS3AsyncClient.builder()
                        .wrapping(target.s3Async())
                        .policy(EncryptionPolicy.always(
                                mode(S3ecKey.KMS, Calls.Kind.ASYNC).build()))
                        .build()) {
            assertThrows(
                    OperationRefusedException.class,
                    () -> sync.putObject(
                            put("unknown"),
                            RequestBody.fromContentProvider(
                                    () -> new ByteArrayInputStream(new byte[10]), "application/octet-stream")));
            CompletionException failure = assertThrows(
                    CompletionException.class,
                    () -> async.putObject(
                                    put("unknown"),
                                    AsyncRequestBody.fromPublisher(AsyncRequestBody.fromBytes(new byte[10])))
                            .join());
            assertEquals(OperationRefusedException.class, failure.getCause().getClass());
        }
        assertEquals(List.of(), target.aws().events().since(start).list());
    }

    @ParameterizedTest
    @EnumSource
    void whatFitsNoPut_isRefusedBeforeAnythingIsSent(Calls.Kind kind) {
        EventLog.Mark start = target.aws().events().mark();
        ClientSide mode = mode(S3ecKey.KMS, kind).build();
        for (long length : new long[] {FIVE_GIB - 15, FIVE_GIB, (64L << 30) - 31, 1L << 40}) {
            OperationRefusedException refused = assertThrows(OperationRefusedException.class, () -> {
                if (kind == Calls.Kind.SYNC) {
                    EnvelopeS3Client.builder()
                            .wrapping(target.s3())
                            .policy(EncryptionPolicy.always(mode))
                            .build()
                            .putObject(
                                    put("large"),
                                    RequestBody.fromContentProvider(
                                            InputStream::nullInputStream, length, "application/octet-stream"));
                } else {
                    join(() -> EnvelopeS3AsyncClient.builder()
                            .wrapping(target.s3Async())
                            .policy(EncryptionPolicy.always(mode))
                            .build()
                            .putObject(put("large"), announced(length))
                            .join());
                }
            });
            assertTrue(String.valueOf(refused.getMessage()).contains(Long.toString(length)), refused.getMessage());
        }
        assertEquals(List.of(), target.aws().events().since(start).list());
    }

    private static void join(Runnable call) {
        try {
            call.run();
        } catch (CompletionException e) {
            throw (RuntimeException) e.getCause();
        }
    }

    private static AsyncRequestBody announced(long length) {
        AsyncRequestBody empty = AsyncRequestBody.empty();
        return new AsyncRequestBody() {
            @Override
            public Optional<Long> contentLength() {
                return Optional.of(length);
            }

            @Override
            public void subscribe(org.reactivestreams.Subscriber<? super ByteBuffer> subscriber) {
                empty.subscribe(subscriber);
            }
        };
    }

    @ParameterizedTest
    @EnumSource
    void multipartUploads_areRefusedWithTheReason(Calls.Kind kind) {
        Calls s3 = client(kind, mode(S3ecKey.AES, kind).build());
        OperationRefusedException refused = assertThrows(
                OperationRefusedException.class,
                () -> s3.create(CreateMultipartUploadRequest.builder()
                        .bucket(target.bucket())
                        .key("parts")
                        .build()));
        assertTrue(String.valueOf(refused.getMessage()).contains("one tag"), refused.getMessage());
        assertTrue(target.s3()
                .listMultipartUploads(b -> b.bucket(target.bucket()).prefix("parts"))
                .uploads()
                .isEmpty());
    }

    @ParameterizedTest
    @EnumSource
    void checksumsOfThePlaintext_areVerifiedAndNotSent(Calls.Kind kind) {
        Calls s3 = client(kind, mode(S3ecKey.AES, kind).build());
        for (int size : new int[] {1000, 2 * MIB}) {
            byte[] plain = ClientSideContract.bytes(size, size);
            CRC32 crc = new CRC32();
            crc.update(plain);
            String right = Base64.getEncoder()
                    .encodeToString(
                            ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
            String key = kind + "/checked/" + size;
            s3.put(put(key).toBuilder().checksumCRC32(right).build(), plain);
            assertArrayEquals(plain, peerReads(S3ecKey.AES, key));
            assertThrows(
                    IntegrityException.class,
                    () -> s3.put(
                            put(key + "/wrong").toBuilder()
                                    .checksumCRC32("AAAAAA==")
                                    .build(),
                            plain));
            assertThrows(
                    EnvelopeException.class,
                    () -> s3.put(
                            put(key + "/short").toBuilder()
                                    .contentLength(size + 1L)
                                    .build(),
                            plain));
        }
        assertEquals(
                2,
                target.s3()
                        .listObjectsV2(b -> b.bucket(target.bucket()).prefix(kind + "/checked/"))
                        .keyCount());
    }

    @ParameterizedTest
    @EnumSource
    void metadataThatMarksSuchObjects_isRefused(Calls.Kind kind) {
        Calls s3 = client(kind, mode(S3ecKey.AES, kind).build());
        for (String name : List.of("x-amz-c", "X-Amz-Key-V2", "envelope")) {
            assertThrows(
                    IllegalEncryptionException.class,
                    () -> s3.put(
                            put("marked").toBuilder()
                                    .metadata(Map.of(name, "x"))
                                    .build(),
                            new byte[1]));
        }
    }

    @ParameterizedTest
    @EnumSource
    void anObjectThatWasChanged_isRefusedByUs(Calls.Kind kind) {
        Calls s3 = client(kind, mode(S3ecKey.AES, kind).build());
        byte[] plain = ClientSideContract.bytes(8, 200_000);
        String key = kind + "/tampered";
        s3.put(put(key), plain);
        byte[] changed = stored(key);
        changed[100] ^= 1;
        Map<String, String> marks = metadata(key);
        target.s3().putObject(put(key).toBuilder().metadata(marks).build(), RequestBody.fromBytes(changed));

        assertThrows(IntegrityException.class, () -> s3.get(get(key)));
    }

    @ParameterizedTest
    @EnumSource
    void aPlaintextObjectInItsPlace_isRefusedWhereThatIsDemanded(Calls.Kind kind) {
        S3Client raw = target.s3();
        raw.putObject(put(kind + "/swapped"), RequestBody.fromBytes(new byte[10]));
        Calls s3 = kind.open(target, builder -> {
            builder.policy(EncryptionPolicy.always(mode(S3ecKey.AES, kind).build()));
            builder.requireClientSide(true);
        });
        assertThrows(IntegrityException.class, () -> s3.get(get(kind + "/swapped")));
    }

    @ParameterizedTest
    @EnumSource
    void isSealedOverTheModeBeneath(Calls.Kind kind) {
        Calls s3 = client(
                kind,
                mode(S3ecKey.AES, kind)
                        .over(EncryptionMode.sseKms(target.kmsKey()))
                        .build());
        byte[] plain = ClientSideContract.bytes(9, 10_000);
        s3.put(put(kind + "/over"), plain);
        HeadObjectResponse head = s3.head(head(kind + "/over"));
        assertEquals(target.kmsKey(), head.ssekmsKeyId());
        assertArrayEquals(plain, peerReads(S3ecKey.AES, kind + "/over"));
    }
}
