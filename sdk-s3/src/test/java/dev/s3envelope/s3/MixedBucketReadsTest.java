package dev.s3envelope.s3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.InsecureTransportException;
import dev.s3envelope.core.access.AccessReport;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.policy.ObjectMatcher;
import dev.s3envelope.core.policy.PolicyRule;
import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.core.ssec.SseCKeySource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Request;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;

/** One bucket with objects of all kinds: which reads carry an SSE-C key, and which one. */
@NullUnmarked
class MixedBucketReadsTest {
    private static final SseCKey NEW = key(1);
    private static final SseCKey OLD = key(2);
    private static final SseCKey OLDEST = key(3);
    private static final SseCKeySource RING = SseCKeySource.fixed("ring", NEW, List.of(OLD, OLDEST));

    private final Map<String, SseCKey> objects = new HashMap<>();

    private static SseCKey key(int fill) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) fill);
        return SseCKey.of(bytes);
    }

    private static Stream<Arguments> readsOfBothClients() {
        return Stream.of(Flavor.values())
                .flatMap(flavor -> Stream.<S3Request>of(
                                GetObjectRequest.builder()
                                        .bucket("mixed")
                                        .key("object")
                                        .build(),
                                HeadObjectRequest.builder()
                                        .bucket("mixed")
                                        .key("object")
                                        .build(),
                                GetObjectAttributesRequest.builder()
                                        .bucket("mixed")
                                        .key("object")
                                        .build(),
                                CopyObjectRequest.builder()
                                        .sourceBucket("mixed")
                                        .sourceKey("object")
                                        .destinationBucket("elsewhere")
                                        .destinationKey("copy")
                                        .build(),
                                UploadPartCopyRequest.builder()
                                        .copySource("mixed/object")
                                        .destinationBucket("elsewhere")
                                        .destinationKey("copy")
                                        .uploadId("u")
                                        .build())
                        .map(request -> Arguments.of(flavor, request)));
    }

    @ParameterizedTest(name = "{0} #{index}")
    @MethodSource("readsOfBothClients")
    void readsASseCObject_whereThePolicySaysOtherwise(Flavor flavor, S3Request read) {
        objects.put("object", NEW);
        Recorder recorder = new Recorder().answer(this::s3);
        Object client = client(flavor, recorder, mostlySseS3());
        Flavor.send(client, read);
        assertEquals(List.of("none", "new"), keysSent(recorder));
        Flavor.send(client, read);
        assertEquals(List.of("none", "new", "new"), keysSent(recorder), "learned");
    }

    @ParameterizedTest(name = "{0} #{index}")
    @MethodSource("readsOfBothClients")
    void readsAnObjectWithoutAKey_whereThePolicySaysSseC(Flavor flavor, S3Request read) {
        Recorder recorder = new Recorder().answer(this::s3);
        Object client = client(flavor, recorder, mostlySseC());
        Flavor.send(client, read);
        assertEquals(List.of("new", "none"), keysSent(recorder));
        Flavor.send(client, read);
        assertEquals(List.of("new", "none", "none"), keysSent(recorder), "learned");
    }

    @ParameterizedTest(name = "{0} #{index}")
    @MethodSource("readsOfBothClients")
    void findsARotatedKey_andLearnsIt(Flavor flavor, S3Request read) {
        objects.put("object", OLDEST);
        Recorder recorder = new Recorder().answer(this::s3);
        Object client = client(flavor, recorder, mostlySseC());
        Flavor.send(client, read);
        assertEquals(List.of("new", "old", "oldest"), keysSent(recorder));
        Flavor.send(client, read);
        assertEquals(List.of("new", "old", "oldest", "oldest"), keysSent(recorder), "learned");
    }

    @ParameterizedTest(name = "{0} #{index}")
    @MethodSource("readsOfBothClients")
    void surfacesTheFirstFailure_whenNoKeyOpensTheObject(Flavor flavor, S3Request read) {
        objects.put("object", key(9));
        Recorder recorder = new Recorder().answer(this::s3);
        S3Exception refused =
                assertThrows(S3Exception.class, () -> Flavor.send(client(flavor, recorder, mostlySseC()), read));
        assertEquals(403, refused.statusCode());
        assertEquals(List.of("new", "old", "oldest"), keysSent(recorder));
        // Beside the report on the first failure.
        assertEquals(2, attached(refused, S3Exception.class).size());
        assertTrue(AccessReport.of(refused).isPresent());
    }

    private static <X extends Throwable> List<X> attached(Throwable failure, Class<X> type) {
        return Arrays.stream(failure.getSuppressed())
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    @ParameterizedTest(name = "{0} #{index}")
    @MethodSource("readsOfBothClients")
    void sendsNoEncryptionHeaderAndNothingTwice_whenNothingIsSseC(Flavor flavor, S3Request read) {
        objects.put("object", NEW);
        Recorder recorder = new Recorder().answer(this::s3);
        EncryptionPolicy policy = EncryptionPolicy.always(EncryptionMode.sseS3());
        assertThrows(S3Exception.class, () -> Flavor.send(client(flavor, recorder, policy), read));
        assertEquals(List.of("none"), keysSent(recorder));
    }

    @ParameterizedTest(name = "{0} #{index}")
    @MethodSource("readsOfBothClients")
    void neverRepeatsOtherFailures(Flavor flavor, S3Request read) {
        for (S3Exception failure : List.of(
                Recorder.failure(403, "AccessDenied", "Access Denied"),
                Recorder.failure(404, "NoSuchKey", "The specified key does not exist."),
                Recorder.failure(400, "InvalidArgument", "Something else."),
                Recorder.failure(503, "SlowDown", "Please reduce your request rate."))) {
            Recorder recorder = new Recorder().answer(request -> failure);
            assertThrows(S3Exception.class, () -> Flavor.send(client(flavor, recorder, mostlySseC()), read));
            assertEquals(1, recorder.requests().size(), failure.getMessage());
        }
    }

    @ParameterizedTest(name = "{0} #{index}")
    @MethodSource("readsOfBothClients")
    void learnsAnew_whenTheObjectChangedBehindOurBack(Flavor flavor, S3Request read) {
        objects.put("object", NEW);
        Recorder recorder = new Recorder().answer(this::s3);
        Object client = client(flavor, recorder, mostlySseS3());
        Flavor.send(client, read);
        objects.remove("object");
        Flavor.send(client, read);
        assertEquals(List.of("none", "new", "new", "none"), keysSent(recorder));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void forgetsWhatItLearned_whenTheObjectIsOverwritten(Flavor flavor) {
        objects.put("object", NEW);
        Recorder recorder = new Recorder().answer(this::s3);
        Object client = client(flavor, recorder, mostlySseS3());
        GetObjectRequest get =
                GetObjectRequest.builder().bucket("mixed").key("object").build();
        Flavor.send(client, get);
        Flavor.send(
                client, PutObjectRequest.builder().bucket("mixed").key("object").build());
        objects.remove("object");
        Flavor.send(client, get);
        assertEquals(List.of("none", "new", "none", "none"), keysSent(recorder));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void sendsACallersOwnKeyWithItsMd5_andTriesNoOther(Flavor flavor) {
        objects.put("object", NEW);
        Recorder recorder = new Recorder().answer(this::s3);
        GetObjectRequest get = GetObjectRequest.builder()
                .bucket("mixed")
                .key("object")
                .sseCustomerAlgorithm("AES256")
                .sseCustomerKey(OLD.keyBase64())
                .build();
        assertThrows(S3Exception.class, () -> Flavor.send(client(flavor, recorder, mostlySseC()), get));
        assertEquals(List.of("old"), keysSent(recorder));
        assertEquals(OLD.md5Base64(), recorder.<GetObjectRequest>last().sseCustomerKeyMD5());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void overrideNamesTheKeyOfARead_orThatThereIsNone(Flavor flavor) {
        objects.put("object", OLD);
        Recorder recorder = new Recorder().answer(this::s3);
        Object client = client(flavor, recorder, mostlySseC());
        SseCKeySource mine = SseCKeySource.fixed("mine", OLD);
        Flavor.send(client, get(EncryptionOverride.mode(EncryptionMode.sseC(mine))));
        assertEquals(List.of("old"), keysSent(recorder));
        assertThrows(
                S3Exception.class, () -> Flavor.send(client, get(EncryptionOverride.mode(EncryptionMode.sseS3()))));
        assertEquals(List.of("old", "none"), keysSent(recorder));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void readOnlySourcesOpenWhatTheirKeysWrote(Flavor flavor) {
        objects.put("object", OLD);
        Recorder recorder = new Recorder().answer(this::s3);
        Object client = flavor.open(
                recorder,
                b -> b.policy(EncryptionPolicy.always(EncryptionMode.sseS3())).readKeySource(RING));
        Flavor.send(client, get(null));
        assertEquals(List.of("none", "new", "old"), keysSent(recorder));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void sendsNoKeyOverPlainHttp_evenWhenS3AsksForOne(Flavor flavor) {
        objects.put("object", NEW);
        Recorder recorder = new Recorder().answer(this::s3).endpoint("http://storage.example");
        S3Exception refused =
                assertThrows(S3Exception.class, () -> Flavor.send(client(flavor, recorder, mostlySseS3()), get(null)));
        assertEquals(List.of("none"), keysSent(recorder));
        assertEquals(1, attached(refused, InsecureTransportException.class).size());
        assertThrows(
                InsecureTransportException.class, () -> Flavor.send(client(flavor, recorder, mostlySseC()), get(null)));
        assertEquals(1, recorder.requests().size());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void keepsEveryOtherField_onRepeatedReads(Flavor flavor) {
        objects.put("object", NEW);
        Recorder recorder = new Recorder().answer(this::s3);
        GetObjectRequest get = GetObjectRequest.builder()
                .bucket("mixed")
                .key("object")
                .range("bytes=3-9")
                .ifMatch("etag")
                .versionId("v1")
                .overrideConfiguration(o -> o.putHeader("x-trace", "7"))
                .build();
        Flavor.send(client(flavor, recorder, mostlySseS3()), get);
        GetObjectRequest sent = recorder.last();
        assertEquals(
                get,
                sent.toBuilder()
                        .sseCustomerAlgorithm(null)
                        .sseCustomerKey(null)
                        .sseCustomerKeyMD5(null)
                        .build());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void leavesNoLiveKeyBehind(Flavor flavor) {
        objects.put("object", OLD);
        List<SseCKey> lent = new ArrayList<>();
        SseCKeySource counting = SseCKeySource.from("counting", object -> {
            List<SseCKey> keys = List.of(NEW.copy(), OLD.copy());
            lent.addAll(keys);
            return keys;
        });
        Recorder recorder = new Recorder().answer(this::s3);
        Flavor.send(client(flavor, recorder, EncryptionPolicy.always(EncryptionMode.sseC(counting))), get(null));
        assertFalse(lent.isEmpty());
        assertTrue(lent.stream().allMatch(SseCKey::isDestroyed));
        assertArrayEquals(new byte[] {2, 2}, Arrays.copyOf(OLD.bytes(), 2));
    }

    private static GetObjectRequest get(EncryptionOverride override) {
        GetObjectRequest.Builder get =
                GetObjectRequest.builder().bucket("mixed").key("object");
        return override == null
                ? get.build()
                : get.overrideConfiguration(override).build();
    }

    private static EncryptionPolicy mostlySseS3() {
        return EncryptionPolicy.of(
                PolicyRule.byDefault(
                        "vault", ObjectMatcher.builder().tag("vault", "yes").build(), EncryptionMode.sseC(RING)),
                PolicyRule.byDefault("rest", ObjectMatcher.anything(), EncryptionMode.sseS3()));
    }

    private static EncryptionPolicy mostlySseC() {
        return EncryptionPolicy.of(
                PolicyRule.byDefault(
                        "mixed", ObjectMatcher.builder().bucket("mixed").build(), EncryptionMode.sseC(RING)),
                PolicyRule.byDefault("rest", ObjectMatcher.anything(), EncryptionMode.sseS3()));
    }

    private static Object client(Flavor flavor, Recorder recorder, EncryptionPolicy policy) {
        return flavor.open(recorder, builder -> builder.policy(policy));
    }

    /** Refuses reads as S3 does, in words for all but HEAD, which has none. */
    private Object s3(S3Request request) {
        if (request instanceof PutObjectRequest) {
            return null;
        }
        boolean head = request instanceof HeadObjectRequest;
        String sent = keyOf(request);
        SseCKey has = objects.get("object");
        if (has == null && sent != null) {
            return failure(head, 400, "InvalidRequest", "The encryption parameters are not applicable to this object.");
        }
        if (has != null && sent == null) {
            return failure(
                    head,
                    400,
                    "InvalidRequest",
                    "The object was stored using a form of Server Side Encryption. The correct parameters must be"
                            + " provided to retrieve the object.");
        }
        if (has != null && !has.keyBase64().equals(sent)) {
            return failure(
                    head,
                    403,
                    "AccessDenied",
                    "Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret key.");
        }
        return null;
    }

    private static S3Exception failure(boolean head, int status, String code, String message) {
        return head
                ? (S3Exception) S3Exception.builder()
                        .message(status == 400 ? "Bad Request" : "Forbidden")
                        .statusCode(status)
                        .build()
                : Recorder.failure(status, code, message);
    }

    private static String keyOf(S3Request request) {
        return request.getValueForField("CopySourceSSECustomerKey", String.class)
                .or(() -> request.getValueForField("SSECustomerKey", String.class))
                .orElse(null);
    }

    private static List<String> keysSent(Recorder recorder) {
        Map<String, String> names =
                Map.of(NEW.keyBase64(), "new", OLD.keyBase64(), "old", OLDEST.keyBase64(), "oldest");
        return recorder.requests().stream()
                .map(MixedBucketReadsTest::keyOf)
                .map(key -> key == null
                        ? "none"
                        : names.getOrDefault(key, Base64.getEncoder().encodeToString(new byte[0])))
                .toList();
    }
}
