package dev.s3envelope.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.guard.BucketDirectory;
import dev.s3envelope.core.guard.WriteGuard;
import dev.s3envelope.core.mode.BucketKey;
import dev.s3envelope.core.mode.ContextPairs;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.mode.SseKms;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.policy.ObjectMatcher;
import dev.s3envelope.core.policy.PolicyRule;
import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.core.ssec.SseCKeySource;
import dev.s3envelope.s3.BucketEncryption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListPartsRequest;
import software.amazon.awssdk.services.s3.model.ObjectAttributes;
import software.amazon.awssdk.services.s3.model.PutBucketEncryptionRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/** Objects under every server-side mode: written, read, copied and uploaded in parts, through both clients. */
abstract class ServerSideModesContract extends ContractSuite {
    private static final int MIB = 1 << 20;
    private static final SseCKey CURRENT = key(1);
    private static final SseCKey FORMER = key(2);

    /** The modes, each by the word that names it in keys and reports. */
    private Map<String, EncryptionMode> modes() {
        KeyArn key = KeyArn.parse(target().kmsKey());
        Map<String, EncryptionMode> modes = new TreeMap<>();
        modes.put("sse-s3", EncryptionMode.sseS3());
        modes.put("sse-kms", EncryptionMode.sseKms(key));
        modes.put(
                "sse-kms-bucket-key",
                SseKms.builder(key).bucketKey(BucketKey.ENABLED).build());
        modes.put(
                "sse-kms-context",
                SseKms.builder(key).context(ContextPairs.of("tenant", "blue")).build());
        modes.put("aws-s3", EncryptionMode.awsManagedKms());
        modes.put("dsse", EncryptionMode.dsseKms(key));
        modes.put("sse-c", EncryptionMode.sseC(SseCKeySource.fixed("current", CURRENT)));
        modes.put("bucket-default", EncryptionMode.bucketDefault());
        return modes;
    }

    Stream<Arguments> modesOfBothClients() {
        return Stream.of(Calls.Kind.values())
                .flatMap(kind -> modes().keySet().stream().map(mode -> Arguments.of(kind, mode)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("modesOfBothClients")
    void anObjectReadsBack_wholeAndInRanges_andHeadTellsItsMode(Calls.Kind kind, String mode) throws Exception {
        Calls s3 = client(kind, EncryptionPolicy.always(modes().get(mode)));
        byte[] body = bytes(mode.hashCode(), 100_003);
        String key = kind + "/whole/" + mode;
        String etag = s3.put(put(key), body).eTag();

        assertArrayEquals(body, s3.get(get(key)).asByteArray());
        assertArrayEquals(
                Arrays.copyOfRange(body, 70, 90_001),
                s3.get(get(key).toBuilder().range("bytes=70-90000").build()).asByteArray());
        assertArrayEquals(
                Arrays.copyOfRange(body, body.length - 5, body.length),
                s3.get(get(key).toBuilder().range("bytes=-5").build()).asByteArray());
        HeadObjectResponse head = s3.head(head(key));
        assertEquals(body.length, head.contentLength());
        assertMode(mode, head);
        assertEquals(
                body.length,
                s3.attributes(GetObjectAttributesRequest.builder()
                                .bucket(target().bucket())
                                .key(key)
                                .objectAttributes(ObjectAttributes.OBJECT_SIZE)
                                .build())
                        .objectSize());
        String md5 = HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(body));
        if (!target().etagsTellTheMode()) {
            return;
        }
        if (mode.equals("sse-s3")) {
            assertEquals("\"" + md5 + "\"", etag);
        } else if (mode.startsWith("sse-kms") || mode.equals("sse-c")) {
            assertNotEquals("\"" + md5 + "\"", etag, "an ETag that is an MD5 only under SSE-S3");
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("modesOfBothClients")
    void anEmptyObjectReadsBack(Calls.Kind kind, String mode) {
        Calls s3 = client(kind, EncryptionPolicy.always(modes().get(mode)));
        String key = kind + "/empty/" + mode;
        s3.put(put(key), new byte[0]);
        assertEquals(0, s3.get(get(key)).asByteArray().length);
        assertMode(mode, s3.head(head(key)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("modesOfBothClients")
    void anUploadInPartsReadsBack_partsOutOfOrderAndFromACopy(Calls.Kind kind, String mode) {
        Calls s3 = client(kind, EncryptionPolicy.always(modes().get(mode)));
        byte[] first = bytes(1, 5 * MIB);
        byte[] second = bytes(2, 5 * MIB);
        byte[] last = bytes(3, 12_345);
        String source = kind + "/parts-source/" + mode;
        s3.put(put(source), second);
        String key = kind + "/parts/" + mode;
        String upload = s3.create(CreateMultipartUploadRequest.builder()
                        .bucket(target().bucket())
                        .key(key)
                        .build())
                .uploadId();
        CompletedPart three = part(s3, key, upload, 3, last);
        CompletedPart one = part(s3, key, upload, 1, first);
        String copied = s3.partCopy(UploadPartCopyRequest.builder()
                        .sourceBucket(target().bucket())
                        .sourceKey(source)
                        .destinationBucket(target().bucket())
                        .destinationKey(key)
                        .uploadId(upload)
                        .partNumber(2)
                        .build())
                .copyPartResult()
                .eTag();
        CompletedPart two = CompletedPart.builder().partNumber(2).eTag(copied).build();
        assertEquals(
                List.of(1, 2, 3),
                s3
                        .parts(ListPartsRequest.builder()
                                .bucket(target().bucket())
                                .key(key)
                                .uploadId(upload)
                                .build())
                        .parts()
                        .stream()
                        .map(part -> part.partNumber())
                        .toList());
        s3.complete(CompleteMultipartUploadRequest.builder()
                .bucket(target().bucket())
                .key(key)
                .uploadId(upload)
                .multipartUpload(m -> m.parts(one, two, three))
                .build());
        byte[] whole = s3.get(get(key)).asByteArray();
        assertEquals(first.length + second.length + last.length, whole.length);
        assertArrayEquals(first, Arrays.copyOfRange(whole, 0, 5 * MIB));
        assertArrayEquals(second, Arrays.copyOfRange(whole, 5 * MIB, 10 * MIB));
        assertArrayEquals(last, Arrays.copyOfRange(whole, 10 * MIB, whole.length));
        assertMode(mode, s3.head(head(key)));
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void aCopyIsEncryptedForItsDestination_fromEveryModeToEveryMode(Calls.Kind kind) {
        Map<String, EncryptionMode> modes = modes();
        List<PolicyRule> rules = new ArrayList<>();
        modes.forEach((name, mode) -> rules.add(PolicyRule.enforce(
                name,
                ObjectMatcher.builder().keyPrefix(kind + "/copy/" + name + "/").build(),
                mode)));
        rules.add(PolicyRule.byDefault("rest", ObjectMatcher.anything(), EncryptionMode.sseS3()));
        Calls s3 = client(kind, EncryptionPolicy.of(rules));
        for (String from : modes.keySet()) {
            byte[] body = bytes(from.hashCode(), 1_000);
            String source = kind + "/copy/" + from + "/source";
            s3.put(put(source), body);
            for (String to : modes.keySet()) {
                String destination = kind + "/copy/" + to + "/from-" + from;
                s3.copy(copy(source, destination));
                assertArrayEquals(body, s3.get(get(destination)).asByteArray(), from + " to " + to);
                assertMode(to, s3.head(head(destination)));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void oneClientReadsABucketOfAllModes_whateverItsPolicySays(Calls.Kind kind) {
        modes().forEach((name, mode) -> client(kind, EncryptionPolicy.always(mode))
                .put(put(kind + "/mixed/" + name), bytes(name.hashCode(), 300)));
        client(kind, EncryptionPolicy.always(EncryptionMode.sseC(SseCKeySource.fixed("former", FORMER))))
                .put(put(kind + "/mixed/former"), bytes(7, 300));
        SseCKeySource ring = SseCKeySource.fixed("ring", CURRENT, List.of(FORMER));
        for (EncryptionPolicy policy : List.of(
                EncryptionPolicy.always(EncryptionMode.sseS3()), EncryptionPolicy.always(EncryptionMode.sseC(ring)))) {
            Calls s3 = client(kind, policy, builder -> builder.readKeySource(ring));
            List<String> keys = s3
                    .list(ListObjectsV2Request.builder()
                            .bucket(target().bucket())
                            .prefix(kind + "/mixed/")
                            .build())
                    .contents()
                    .stream()
                    .map(S3Object::key)
                    .toList();
            assertEquals(modes().size() + 1, keys.size());
            for (String key : keys) {
                String name = key.substring(key.lastIndexOf('/') + 1);
                int seed = name.equals("former") ? 7 : name.hashCode();
                assertEquals(300, s3.head(head(key)).contentLength(), key);
                assertArrayEquals(bytes(seed, 300), s3.get(get(key)).asByteArray(), key);
                s3.copy(copy(key, kind + "/mixed-copies/" + name));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void anSseCObjectStaysShut_withoutItsKey(Calls.Kind kind) {
        client(kind, EncryptionPolicy.always(EncryptionMode.sseC(SseCKeySource.fixed("current", CURRENT))))
                .put(put(kind + "/shut"), bytes(1, 10));
        S3Exception none = assertThrows(
                S3Exception.class,
                () -> client(kind, EncryptionPolicy.always(EncryptionMode.sseS3()))
                        .get(get(kind + "/shut")));
        assertEquals(400, none.statusCode());
        S3Exception wrong = assertThrows(
                S3Exception.class,
                () -> client(kind, EncryptionPolicy.always(EncryptionMode.sseC(SseCKeySource.fixed("former", FORMER))))
                        .get(get(kind + "/shut")));
        assertEquals(403, wrong.statusCode());
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void theBucketDefaultDecides_whereTheModeSaysSo(Calls.Kind kind) {
        Calls s3 = client(kind, EncryptionPolicy.always(EncryptionMode.bucketDefault()));
        KeyArn key = KeyArn.parse(target().kmsKey());
        try {
            s3.bucketDefault(PutBucketEncryptionRequest.builder()
                    .bucket(target().bucket())
                    .serverSideEncryptionConfiguration(BucketEncryption.configuration(
                            SseKms.builder(key).bucketKey(BucketKey.ENABLED).build(), false))
                    .build());
            s3.put(put(kind + "/defaulted"), bytes(1, 10));
            HeadObjectResponse head = s3.head(head(kind + "/defaulted"));
            assertEquals("aws:kms", head.serverSideEncryptionAsString());
            assertEquals(target().kmsKey(), head.ssekmsKeyId());
            s3.copy(copy(kind + "/defaulted", kind + "/defaulted-copy"));
            assertEquals("aws:kms", s3.head(head(kind + "/defaulted-copy")).serverSideEncryptionAsString());
        } finally {
            s3.bucketDefault(PutBucketEncryptionRequest.builder()
                    .bucket(target().bucket())
                    .serverSideEncryptionConfiguration(BucketEncryption.configuration(EncryptionMode.sseS3(), false))
                    .build());
        }
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void s3RefusesABucketOfAnotherOwnerThanConfigured(Calls.Kind kind) {
        client(kind, EncryptionPolicy.always(EncryptionMode.sseS3())).put(put(kind + "/owned"), bytes(1, 10));
        WriteGuard mistaken = WriteGuard.builder()
                .bucketDirectory(BucketDirectory.builder()
                        .allOthersOwnedBy(AccountId.of("999999999999"))
                        .build())
                .build();
        Calls s3 =
                client(kind, EncryptionPolicy.always(EncryptionMode.sseS3()), builder -> builder.writeGuard(mistaken));
        for (Runnable call : List.<Runnable>of(
                () -> s3.put(put(kind + "/owned"), bytes(1, 10)),
                () -> s3.get(get(kind + "/owned")),
                () -> s3.copy(copy(kind + "/owned", kind + "/owned-copy")))) {
            assertEquals(403, assertThrows(S3Exception.class, call::run).statusCode());
        }
    }

    private void assertMode(String mode, HeadObjectResponse head) {
        String expected = switch (mode) {
            case "sse-c" -> null;
            case "dsse" -> "aws:kms:dsse";
            case "sse-s3", "bucket-default" -> "AES256";
            default -> "aws:kms";
        };
        assertEquals(expected, head.serverSideEncryptionAsString(), mode);
        assertEquals(mode.equals("sse-c") ? "AES256" : null, head.sseCustomerAlgorithm(), mode);
        assertEquals(mode.equals("sse-c") ? CURRENT.md5Base64() : null, head.sseCustomerKeyMD5(), mode);
        if (mode.startsWith("sse-kms") || mode.equals("dsse")) {
            assertEquals(target().kmsKey(), head.ssekmsKeyId(), mode);
        }
        if (mode.equals("aws-s3")) {
            assertTrue(head.ssekmsKeyId().contains(":key/"), "the managed key, by its ARN");
            assertNotEquals(target().kmsKey(), head.ssekmsKeyId());
        }
        if (mode.equals("sse-kms-bucket-key")) {
            assertEquals(true, head.bucketKeyEnabled());
        }
    }

    private CompletedPart part(Calls s3, String key, String upload, int number, byte[] body) {
        String etag = s3.part(
                        UploadPartRequest.builder()
                                .bucket(target().bucket())
                                .key(key)
                                .uploadId(upload)
                                .partNumber(number)
                                .build(),
                        body)
                .eTag();
        return CompletedPart.builder().partNumber(number).eTag(etag).build();
    }
}
