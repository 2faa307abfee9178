package dev.s3envelope.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.s3ec.HoldBack;
import dev.s3envelope.s3.ClientSideObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectAttributes;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.SdkPartType;

/** Objects that amazon-s3-encryption-client-java wrote, V2 and V3, in one PUT and in parts, read and described by both clients. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class S3ecReadsTest {
    private static final int MIB = 1 << 20;

    @TempDir
    Path spool;

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

    static Stream<Arguments> peers() {
        return Stream.of(S3ecKey.values())
                .flatMap(key -> Stream.of(true, false)
                        .flatMap(v3 -> Stream.of(Calls.Kind.values()).map(kind -> Arguments.of(key, v3, kind))));
    }

    private Calls client(S3ecKey key, Calls.Kind kind) {
        return kind.open(target, builder -> {
            builder.policy(EncryptionPolicy.always(EncryptionMode.bucketDefault()));
            for (S3ecKey each : S3ecKey.values()) {
                if (each == key || each == S3ecKey.AES) {
                    builder.s3ecKeyring(each.ours(target, kind));
                }
            }
            builder.holdBack(HoldBack.defaults().withMemoryLimit(MIB).withDirectory(spool));
        });
    }

    private GetObjectRequest get(String key) {
        return GetObjectRequest.builder().bucket(target.bucket()).key(key).build();
    }

    private void putInParts(S3Client peer, String key, byte[] body, int partSize) {
        String id = peer.createMultipartUpload(
                        b -> b.bucket(target.bucket()).key(key).metadata(Map.of("mine", "kept")))
                .uploadId();
        List<CompletedPart> parts = new ArrayList<>();
        for (int from = 0; from < body.length; from += partSize) {
            int number = parts.size() + 1;
            int to = Math.min(body.length, from + partSize);
            String eTag = peer.uploadPart(
                            b -> b.bucket(target.bucket())
                                    .key(key)
                                    .uploadId(id)
                                    .partNumber(number)
                                    .sdkPartType(to == body.length ? SdkPartType.LAST : SdkPartType.DEFAULT),
                            RequestBody.fromBytes(Arrays.copyOfRange(body, from, to)))
                    .eTag();
            parts.add(CompletedPart.builder().partNumber(number).eTag(eTag).build());
        }
        peer.completeMultipartUpload(
                b -> b.bucket(target.bucket()).key(key).uploadId(id).multipartUpload(m -> m.parts(parts)));
    }

    private void assertReads(Calls s3, String key, byte[] plain, boolean v3, Random random) {
        ResponseBytes<GetObjectResponse> whole = s3.get(get(key));
        assertArrayEquals(plain, whole.asByteArray(), key);
        assertEquals(plain.length, whole.response().contentLength());
        assertEquals(Map.of("mine", "kept"), whole.response().metadata());
        String format = v3 ? "s3-encryption-client-v3" : "s3-encryption-client-v2";
        assertEquals(format, ClientSideObject.of(whole.response()).orElseThrow().format());

        HeadObjectResponse head = s3.head(
                HeadObjectRequest.builder().bucket(target.bucket()).key(key).build());
        assertEquals(plain.length, head.contentLength());
        assertEquals(Map.of("mine", "kept"), head.metadata());
        assertEquals(format, ClientSideObject.of(head).orElseThrow().format());
        assertEquals(
                plain.length + 16L,
                ClientSideObject.of(head).orElseThrow().storedLength().orElseThrow());
        assertEquals(
                plain.length,
                s3.attributes(GetObjectAttributesRequest.builder()
                                .bucket(target.bucket())
                                .key(key)
                                .objectAttributes(ObjectAttributes.OBJECT_SIZE, ObjectAttributes.E_TAG)
                                .build())
                        .objectSize());

        int from = random.nextInt(plain.length);
        int to = from + random.nextInt(plain.length - from);
        assertRange(s3, key, plain, "bytes=" + from + "-" + to, from, to + 1);
        assertRange(s3, key, plain, "bytes=" + from + "-", from, plain.length);
        assertRange(s3, key, plain, "bytes=-" + (to - from + 1), plain.length - (to - from + 1), plain.length);
        assertRange(s3, key, plain, "bytes=0-0", 0, 1);
        assertRange(s3, key, plain, "bytes=0-999999999999", 0, plain.length);
        S3Exception past = assertThrows(
                S3Exception.class,
                () -> s3.get(get(key).toBuilder()
                        .range("bytes=" + plain.length + "-")
                        .build()));
        assertEquals(416, past.statusCode());
    }

    private void assertRange(Calls s3, String key, byte[] plain, String range, int from, int to) {
        ResponseBytes<GetObjectResponse> part =
                s3.get(get(key).toBuilder().range(range).build());
        assertArrayEquals(Arrays.copyOfRange(plain, from, to), part.asByteArray(), key + " " + range);
        assertEquals(
                "bytes " + from + "-" + (to - 1) + "/" + plain.length,
                part.response().contentRange());
        assertEquals(to - from, part.response().contentLength());
    }

    @ParameterizedTest
    @MethodSource("peers")
    void readsWhatTheStockClientWroteInOnePut(S3ecKey wrapping, boolean v3, Calls.Kind kind) {
        long seed = System.nanoTime();
        System.out.println("S3ecReadsTest seed " + seed);
        Random random = new Random(seed);
        S3Client peer = wrapping.peer(target, v3);
        Calls s3 = client(wrapping, kind);
        int[] sizes = {1, 16, 65_535, 65_536, 65_537, MIB, MIB + 65_537, 1 + random.nextInt(3 * MIB)};
        for (int size : sizes) {
            String key = wrapping + "/" + v3 + "/" + kind + "/" + size;
            byte[] plain = ClientSideContract.bytes(seed + size, size);
            peer.putObject(
                    b -> b.bucket(target.bucket()).key(key).metadata(Map.of("mine", "kept")),
                    RequestBody.fromBytes(plain));
            assertReads(s3, key, plain, v3, random);
        }
    }

    @ParameterizedTest
    @MethodSource("peers")
    void readsWhatTheStockClientWroteInParts(S3ecKey wrapping, boolean v3, Calls.Kind kind) {
        long seed = System.nanoTime();
        System.out.println("S3ecReadsTest seed " + seed);
        Random random = new Random(seed);
        String key = wrapping + "/" + v3 + "/" + kind + "/parts";
        byte[] plain = ClientSideContract.bytes(seed, 10 * MIB + 1 + random.nextInt(3 * MIB));
        putInParts(wrapping.peer(target, v3), key, plain, 5 * MIB);

        Calls s3 = client(wrapping, kind);
        assertReads(s3, key, plain, v3, random);
        assertThrows(
                OperationRefusedException.class,
                () -> s3.get(get(key).toBuilder().partNumber(2).build()));
    }

    @ParameterizedTest
    @EnumSource
    void isRefusedWithTheWrapping_whereNoKeyOfThatKindIsGiven(Calls.Kind kind) {
        String key = kind + "/rsa";
        S3ecKey.RSA
                .peer(target, true)
                .putObject(b -> b.bucket(target.bucket()).key(key), RequestBody.fromBytes(new byte[10]));
        OperationRefusedException refused = assertThrows(
                OperationRefusedException.class, () -> client(S3ecKey.AES, kind).get(get(key)));
        assertTrue(String.valueOf(refused.getMessage()).contains("RSA"), refused.getMessage());
    }
}
