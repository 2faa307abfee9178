package dev.s3envelope.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.KeyringException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.keyring.RawAesKeyring;
import dev.s3envelope.core.message.IdentityCheck;
import dev.s3envelope.core.message.LayoutHint;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.core.ssec.SseCKeySource;
import dev.s3envelope.s3.ClientSideObject;
import dev.s3envelope.s3.EncryptionOverride;
import dev.s3envelope.s3.EnvelopeBuilder;
import dev.s3envelope.s3.EnvelopeS3Presigner;
import dev.s3envelope.s3.ReadAs;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.model.ObjectAttributes;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Objects encrypted on the client: written, read whole and in ranges, and described in plaintext terms, through both clients. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ClientSideContract {
    static final int FRAME = 4096;
    private static final int[] SIZES = {
        0, 1, 15, FRAME - 1, FRAME, FRAME + 1, 3 * FRAME, 100_003, 1 << 20, (1 << 20) + 1, 3 * (1 << 20) + 7
    };

    Target target;

    abstract Target open();

    @BeforeAll
    void openTarget() {
        target = open();
    }

    @AfterAll
    void closeTarget() {
        if (target != null) {
            target.close();
        }
    }

    static byte[] bytes(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static Keyring keyring(int seed) {
        return new RawAesKeyring(CryptoProvider.jdk(), new SecureRandom(), "contract", "key " + seed, bytes(seed, 32));
    }

    private static final Keyring KEYRING = keyring(7);

    static ClientSide.Builder mode() {
        return ClientSide.builder("contract", KEYRING).frameLength(FRAME);
    }

    Calls client(Calls.Kind kind, EncryptionMode mode) {
        return client(kind, mode, builder -> {});
    }

    Calls client(Calls.Kind kind, EncryptionMode mode, Consumer<EnvelopeBuilder<?>> settings) {
        return kind.open(target, builder -> {
            builder.policy(EncryptionPolicy.always(mode));
            settings.accept(builder);
        });
    }

    PutObjectRequest put(String key) {
        return PutObjectRequest.builder().bucket(target.bucket()).key(key).build();
    }

    GetObjectRequest get(String key) {
        return GetObjectRequest.builder().bucket(target.bucket()).key(key).build();
    }

    GetObjectRequest get(String key, String range) {
        return get(key).toBuilder().range(range).build();
    }

    HeadObjectRequest head(String key) {
        return HeadObjectRequest.builder().bucket(target.bucket()).key(key).build();
    }

    ResponseBytes<GetObjectResponse> stored(String key) {
        return target.s3().getObjectAsBytes(get(key));
    }

    /** Puts bytes where they are as an attacker with write access to the bucket would. */
    void replace(String key, byte[] bytes, Map<String, String> metadata) {
        target.s3().putObject(put(key).toBuilder().metadata(metadata).build(), RequestBody.fromBytes(bytes));
    }

    static Stream<Arguments> sizes() {
        return Stream.of(Calls.Kind.values())
                .flatMap(kind -> Arrays.stream(SIZES).mapToObj(size -> Arguments.of(kind, size)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("sizes")
    void anObjectOfAnyLengthReadsBack_andIsDescribedAsPlaintext(Calls.Kind kind, int size) {
        Calls s3 = client(kind, mode().build());
        byte[] body = bytes(size, size);
        String key = kind + "/size/" + size;
        s3.put(put(key).toBuilder().metadata(Map.of("colour", "blue")).build(), body);

        ResponseBytes<GetObjectResponse> read = s3.get(get(key));
        assertArrayEquals(body, read.asByteArray());
        assertEquals(size, read.response().contentLength());
        assertEquals(Map.of("colour", "blue"), read.response().metadata());
        ClientSideObject facts = ClientSideObject.of(read.response()).orElseThrow();
        assertEquals(Optional.of(IdentityCheck.MATCHED), facts.identity());

        ResponseBytes<GetObjectResponse> raw = stored(key);
        assertEquals(raw.asByteArray().length, facts.storedLength().orElseThrow());
        assertTrue(LayoutHint.parse(raw.response().metadata().get(LayoutHint.METADATA_NAME))
                .isPresent());
        if (size >= 64) {
            assertFalse(new String(raw.asByteArray(), java.nio.charset.StandardCharsets.ISO_8859_1)
                    .contains(new String(body, 0, 64, java.nio.charset.StandardCharsets.ISO_8859_1)));
        }

        HeadObjectResponse head = s3.head(head(key));
        assertEquals(size, head.contentLength());
        assertEquals(Map.of("colour", "blue"), head.metadata());
        assertEquals(
                raw.asByteArray().length,
                ClientSideObject.of(head).orElseThrow().storedLength().orElseThrow());
        assertEquals(
                size,
                s3.attributes(GetObjectAttributesRequest.builder()
                                .bucket(target.bucket())
                                .key(key)
                                .objectAttributes(ObjectAttributes.OBJECT_SIZE, ObjectAttributes.E_TAG)
                                .build())
                        .objectSize());
    }

    static Stream<Arguments> ranges() {
        return Stream.of(Calls.Kind.values())
                .flatMap(kind -> Stream.of(
                                "bytes=0-0",
                                "bytes=0-4095",
                                "bytes=4095-4096",
                                "bytes=4096-8191",
                                "bytes=5000-",
                                "bytes=-5",
                                "bytes=-1000000",
                                "bytes=20000-20001",
                                "bytes=20001-99999999",
                                "bytes=0-99999999",
                                "bytes=7-3",
                                "bytes=0-1,5-6",
                                "items=0-1",
                                "bytes=20002-",
                                "bytes=20002-20003",
                                "bytes=-0")
                        .map(range -> Arguments.of(kind, range)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("ranges")
    void everyFormOfRange_isAnsweredAsS3AnswersItForPlaintext(Calls.Kind kind, String range) {
        assumeFalse(range.equals("bytes=7-3") && target.lacks().contains(Target.Lack.BACKWARD_RANGES));
        byte[] body = bytes(3, 20_002);
        String plain = kind + "/range/plain";
        String key = kind + "/range/sealed";
        replace(plain, body, Map.of());
        Calls s3 = client(kind, mode().build());
        s3.put(put(key), body);

        Answer expected = answer(() -> target.s3().getObjectAsBytes(get(plain, range)));
        assertEquals(expected, answer(() -> s3.get(get(key, range))));
        // Once more, now that the layout is known; and of the plain object through the same client.
        assertEquals(expected, answer(() -> s3.get(get(key, range))));
        assertEquals(expected, answer(() -> s3.get(get(plain, range))));
    }

    /** What a caller sees of a read. */
    record Answer(int status, String code, Long length, String contentRange, String bytes) {}

    static Answer answer(java.util.function.Supplier<ResponseBytes<GetObjectResponse>> call) {
        try {
            ResponseBytes<GetObjectResponse> read = call.get();
            return new Answer(
                    0,
                    "",
                    read.response().contentLength(),
                    read.response().contentRange(),
                    Base64.getEncoder().encodeToString(read.asByteArray()));
        } catch (S3Exception e) {
            return new Answer(e.statusCode(), e.awsErrorDetails().errorCode(), null, null, "");
        }
    }

    @ParameterizedTest
    @EnumSource
    void rangesOfAnEmptyObject_areNotSatisfiable(Calls.Kind kind) {
        Calls s3 = client(kind, mode().build());
        String key = kind + "/empty";
        s3.put(put(key), new byte[0]);
        for (String range : List.of("bytes=0-", "bytes=0-0", "bytes=-1")) {
            assertEquals(416, answer(() -> s3.get(get(key, range))).status());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFlippedBit_isRefused_wholeAndInARange(Calls.Kind kind) {
        Calls s3 = client(kind, mode().build());
        String key = kind + "/flipped";
        s3.put(put(key), bytes(4, 5 * FRAME));
        ResponseBytes<GetObjectResponse> raw = stored(key);
        Random random = new Random(11);
        for (int i = 0; i < 12; i++) {
            byte[] changed = raw.asByteArray();
            int at = random.nextInt(changed.length);
            changed[at] ^= (byte) (1 << random.nextInt(8));
            replace(key, changed, raw.response().metadata());
            assertThrows(IntegrityOrKey.class, () -> refused(() -> s3.get(get(key))), "bit at " + at);
            assertThrows(
                    IntegrityOrKey.class,
                    () -> refused(() -> s3.get(get(key, "bytes=0-" + (5 * FRAME - 1)))),
                    "bit at " + at);
        }
    }

    /** A changed header can also look like one for another key, context or suite. */
    static final class IntegrityOrKey extends Exception {
        private static final long serialVersionUID = 1L;

        IntegrityOrKey(Throwable cause) {
            super(cause);
        }
    }

    private static void refused(Runnable read) throws IntegrityOrKey {
        try {
            read.run();
        } catch (IntegrityException | KeyringException | OperationRefusedException e) {
            throw new IntegrityOrKey(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTruncatedObject_isRefused(Calls.Kind kind) {
        Calls s3 = client(kind, mode().build());
        String key = kind + "/truncated";
        s3.put(put(key), bytes(4, 3 * FRAME));
        ResponseBytes<GetObjectResponse> raw = stored(key);
        byte[] whole = raw.asByteArray();
        int header = LayoutHint.parse(raw.response().metadata().get("envelope"))
                .orElseThrow()
                .headerLength();
        for (int length : new int[] {0, 10, header, header + FRAME + 32, header + 2 * (FRAME + 32), whole.length - 1}) {
            replace(key, Arrays.copyOf(whole, length), raw.response().metadata());
            assertThrows(IntegrityException.class, () -> s3.get(get(key)), "cut to " + length);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anObjectMovedToAnotherKey_isRefused_unlessReadAsWhatItWas(Calls.Kind kind) {
        Calls s3 = client(kind, mode().build());
        String key = kind + "/moved/from";
        String to = kind + "/moved/to";
        byte[] body = bytes(5, 10_000);
        s3.put(put(key), body);
        ResponseBytes<GetObjectResponse> raw = stored(key);
        replace(to, raw.asByteArray(), raw.response().metadata());

        IntegrityException refusal = assertThrows(IntegrityException.class, () -> s3.get(get(to)));
        assertTrue(String.valueOf(refusal.getMessage()).contains(to), refusal::getMessage);
        assertThrows(IntegrityException.class, () -> s3.get(get(to, "bytes=1-2")));
        GetObjectRequest readAs = get(to).toBuilder()
                .overrideConfiguration(o -> ReadAs.object(target.bucket(), key).accept(o))
                .build();
        assertArrayEquals(body, s3.get(readAs).asByteArray());
        GetObjectRequest anyName = get(to, "bytes=1-2").toBuilder()
                .overrideConfiguration(o -> ReadAs.anyName().accept(o))
                .build();
        ResponseBytes<GetObjectResponse> read = s3.get(anyName);
        assertArrayEquals(Arrays.copyOfRange(body, 1, 3), read.asByteArray());
        assertEquals(
                Optional.of(IdentityCheck.NOT_ASKED),
                ClientSideObject.of(read.response()).orElseThrow().identity());
    }

    @ParameterizedTest
    @EnumSource
    void theModeBeneath_isWhatS3Applies(Calls.Kind kind) {
        byte[] body = bytes(6, 9_999);
        SseCKeySource source = SseCKeySource.fixed("beneath", SseCKey.of(bytes(8, 32)));
        Map<String, ClientSide> modes = Map.of(
                "AES256", mode().over(EncryptionMode.sseS3()).build(),
                "aws:kms", mode().over(EncryptionMode.sseKms(target.kmsKey())).build(),
                "aws:kms:dsse",
                        mode().over(EncryptionMode.dsseKms(target.kmsKey())).build());
        modes.forEach((expected, mode) -> {
            Calls s3 = client(kind, mode);
            String key = kind + "/beneath/" + expected;
            s3.put(put(key), body);
            assertEquals(expected, stored(key).response().serverSideEncryptionAsString());
            assertArrayEquals(body, s3.get(get(key)).asByteArray());
        });
        Calls s3 = client(kind, mode().over(EncryptionMode.sseC(source)).build());
        String key = kind + "/beneath/sse-c";
        s3.put(put(key), body);
        assertArrayEquals(body, s3.get(get(key)).asByteArray());
        assertArrayEquals(
                Arrays.copyOfRange(body, 5000, 6001),
                s3.get(get(key, "bytes=5000-6000")).asByteArray());
        assertThrows(S3Exception.class, () -> stored(key), "S3 wants the key beneath");
    }

    @ParameterizedTest
    @EnumSource
    void oneClientReadsPlainServerSideAndClientSideObjects(Calls.Kind kind) {
        Calls s3 = client(kind, mode().build());
        byte[] body = bytes(9, 5_000);
        replace(kind + "/mixed/plain", body, Map.of("colour", "red"));
        s3.put(
                put(kind + "/mixed/kms").toBuilder()
                        .overrideConfiguration(o -> EncryptionOverride.mode(EncryptionMode.sseKms(target.kmsKey()))
                                .accept(o))
                        .build(),
                body);
        s3.put(put(kind + "/mixed/sealed"), body);
        for (String name : List.of("plain", "kms", "sealed")) {
            assertArrayEquals(body, s3.get(get(kind + "/mixed/" + name)).asByteArray());
            assertArrayEquals(
                    Arrays.copyOfRange(body, 4_000, 4_500),
                    s3.get(get(kind + "/mixed/" + name, "bytes=4000-4499")).asByteArray());
            assertEquals(5_000, s3.head(head(kind + "/mixed/" + name)).contentLength());
        }
        assertEquals(
                Optional.empty(),
                ClientSideObject.of(s3.get(get(kind + "/mixed/plain")).response()));
    }

    @ParameterizedTest
    @EnumSource
    void aPlaintextObjectInPlaceOfASealedOne_isRefused_whereClientSideIsRequired(Calls.Kind kind) {
        Calls s3 = client(kind, mode().build(), builder -> builder.requireClientSide(true));
        String key = kind + "/swapped";
        s3.put(put(key), bytes(1, 100));
        assertEquals(100, s3.get(get(key)).asByteArray().length);
        replace(key, bytes(2, 100), Map.of());
        assertThrows(IntegrityException.class, () -> s3.get(get(key)));
        assertThrows(IntegrityException.class, () -> s3.get(get(key, "bytes=0-9")));
    }

    @ParameterizedTest
    @EnumSource
    void aReplacedObject_isReadAnew_thoughItsLayoutWasRemembered(Calls.Kind kind) {
        Calls s3 = client(kind, mode().build());
        Calls other = client(kind, mode().frameLength(2 * FRAME).build());
        String key = kind + "/replaced";
        byte[] first = bytes(1, 50_000);
        byte[] second = bytes(2, 70_000);
        s3.put(put(key), first);
        assertArrayEquals(
                Arrays.copyOfRange(first, 30_000, 30_010),
                s3.get(get(key, "bytes=30000-30009")).asByteArray());
        other.put(put(key), second);
        assertArrayEquals(
                Arrays.copyOfRange(second, 60_000, 60_010),
                s3.get(get(key, "bytes=60000-60009")).asByteArray());
        replace(key, first, Map.of());
        assertArrayEquals(
                Arrays.copyOfRange(first, 30_000, 30_010),
                s3.get(get(key, "bytes=30000-30009")).asByteArray());
        s3.put(put(key), second);
        assertArrayEquals(
                Arrays.copyOfRange(second, 60_000, 60_010),
                s3.get(get(key, "bytes=60000-60009")).asByteArray());
    }

    @ParameterizedTest
    @EnumSource
    void checksumsOfThePlaintext_areVerifiedHere(Calls.Kind kind) throws Exception {
        Calls s3 = client(kind, mode().build());
        for (int size : new int[] {0, 1_000, 2_000_000}) {
            byte[] body = bytes(size, size);
            String md5 = Base64.getEncoder()
                    .encodeToString(
                            java.security.MessageDigest.getInstance("MD5").digest(body));
            String key = kind + "/checksum/" + size;
            s3.put(put(key).toBuilder().contentMD5(md5).build(), body);
            assertArrayEquals(body, s3.get(get(key)).asByteArray());
            String wrong = kind + "/checksum/wrong/" + size;
            assertThrows(
                    IntegrityException.class,
                    () -> s3.put(put(wrong).toBuilder().contentMD5(md5).build(), bytes(size + 1, Math.max(1, size))));
            assertThrows(S3Exception.class, () -> stored(wrong));
        }
        assertThrows(
                OperationRefusedException.class,
                () -> s3.put(
                        put(kind + "/checksum/unknown").toBuilder()
                                .checksumCRC64NVME("AAAAAAAAAAA=")
                                .build(),
                        new byte[1]));
    }

    @ParameterizedTest
    @EnumSource
    void conditionsOfTheRequest_reachS3(Calls.Kind kind) {
        Calls s3 = client(kind, mode().build());
        String key = kind + "/conditions";
        String etag = s3.put(put(key), bytes(1, 10_000)).eTag();
        assertEquals(
                412,
                assertThrows(
                                S3Exception.class,
                                () -> s3.put(
                                        put(key).toBuilder().ifNoneMatch("*").build(), bytes(2, 10_000)))
                        .statusCode());
        assertEquals(
                304,
                assertThrows(
                                S3Exception.class,
                                () -> s3.get(get(key, "bytes=5000-5001").toBuilder()
                                        .ifNoneMatch(etag)
                                        .build()))
                        .statusCode());
        assertEquals(
                412,
                assertThrows(
                                S3Exception.class,
                                () -> s3.get(get(key, "bytes=5000-5001").toBuilder()
                                        .ifMatch("\"0123456789abcdef0123456789abcdef\"")
                                        .build()))
                        .statusCode());
        assertEquals(
                404,
                assertThrows(S3Exception.class, () -> s3.get(get(key + "/none", "bytes=0-1")))
                        .statusCode());
    }

    @ParameterizedTest
    @EnumSource
    void partOneOfAnObjectPutInOne_isTheWholeObject(Calls.Kind kind) {
        assumeFalse(target.lacks().contains(Target.Lack.PARTS_OF_OBJECTS));
        Calls s3 = client(kind, mode().build());
        String key = kind + "/part";
        byte[] body = bytes(1, 10_000);
        s3.put(put(key), body);
        ResponseBytes<GetObjectResponse> part =
                s3.get(get(key).toBuilder().partNumber(1).build());
        assertArrayEquals(body, part.asByteArray());
        assertEquals("bytes 0-9999/10000", part.response().contentRange());
        HeadObjectResponse head = s3.head(head(key).toBuilder().partNumber(1).build());
        assertEquals(10_000, head.contentLength());
        assertEquals("bytes 0-9999/10000", head.contentRange());
    }

    @ParameterizedTest
    @EnumSource
    void theMarkerOfEncryptedObjects_isNotTheCallersToSet(Calls.Kind kind) {
        Calls s3 = client(kind, mode().build());
        for (String name : List.of("envelope", "Envelope", "x-amz-iv")) {
            assertThrows(
                    IllegalEncryptionException.class,
                    () -> s3.put(
                            put(kind + "/marker").toBuilder()
                                    .metadata(Map.of(name, "v"))
                                    .build(),
                            new byte[1]));
        }
    }

    @ParameterizedTest
    @EnumSource
    void withoutTheKey_nothingIsReadAndTheErrorNamesTheObject(Calls.Kind kind) {
        String key = kind + "/other-key";
        client(kind, mode().build()).put(put(key), bytes(1, 100));
        Calls other = client(
                kind, ClientSide.builder("other", keyring(8)).frameLength(FRAME).build());
        assertThrows(KeyringException.class, () -> other.get(get(key)));
        Calls both = client(
                kind,
                ClientSide.builder("other", keyring(8)).frameLength(FRAME).build(),
                builder -> builder.readKeyring(KEYRING));
        assertEquals(100, both.get(get(key)).asByteArray().length);
    }

    private CopyObjectRequest.Builder copy(String from, String to) {
        return CopyObjectRequest.builder()
                .sourceBucket(target.bucket())
                .sourceKey(from)
                .destinationBucket(target.bucket())
                .destinationKey(to);
    }

    @ParameterizedTest
    @EnumSource
    void aCopyUnderTheSameName_keepsItsMarker_thoughItsMetadataIsReplaced(Calls.Kind kind) {
        Calls s3 = client(kind, mode().over(EncryptionMode.sseS3()).build());
        String key = kind + "/copied";
        byte[] body = bytes(1, 10_000);
        s3.put(put(key).toBuilder().metadata(Map.of("colour", "blue")).build(), body);
        s3.copy(copy(key, key)
                .metadataDirective(MetadataDirective.REPLACE)
                .metadata(Map.of("colour", "red"))
                .build());
        ResponseBytes<GetObjectResponse> read = s3.get(get(key));
        assertArrayEquals(body, read.asByteArray());
        assertEquals(Map.of("colour", "red"), read.response().metadata());
    }

    @org.junit.jupiter.api.Test
    void presignedUrlsOfSealedObjects_areRefused() {
        EnvelopeS3Presigner presigner = EnvelopeS3Presigner.builder()
                .wrapping(target.presigner())
                .policy(EncryptionPolicy.always(mode().build()))
                .build();
        assertThrows(
                OperationRefusedException.class,
                () -> presigner.presignPutObject(
                        b -> b.putObjectRequest(put("signed")).signatureDuration(Duration.ofMinutes(1))));
        assertThrows(
                OperationRefusedException.class,
                () -> presigner.presignGetObject(
                        b -> b.getObjectRequest(get("signed")).signatureDuration(Duration.ofMinutes(1))));
    }
}
