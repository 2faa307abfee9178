package dev.s3envelope.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.RawAesKeyring;
import dev.s3envelope.core.message.ObjectIdentity;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.policy.ObjectMatcher;
import dev.s3envelope.core.policy.PolicyRule;
import dev.s3envelope.core.ssec.SseCKeySource;
import dev.s3envelope.local.EventLog;
import dev.s3envelope.s3.ClientSideObject;
import dev.s3envelope.s3.EncryptionOverride;
import dev.s3envelope.s3.ReadAs;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.AnnotationDirective;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.StorageClass;
import software.amazon.awssdk.services.s3.model.Tag;
import software.amazon.awssdk.services.s3.model.TaggingDirective;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/** Copies whose source or destination is encrypted on the client: by S3 where the ciphertext can stay, through the client where not. */
class ClientSideCopiesTest {
    private static final byte[] BODY = ClientSideFixture.bytes(200_003, 1);
    private static LocalAwsTarget target;
    private static ClientSide other;

    @BeforeAll
    static void start() {
        ClientSideFixture.start();
        target = ClientSideFixture.target;
        other = EncryptionMode.clientSide(
                "other",
                new RawAesKeyring(
                        CryptoProvider.detect(),
                        new SecureRandom(),
                        "tests",
                        "second",
                        ClientSideFixture.bytes(32, 99)));
    }

    @AfterAll
    static void stop() {
        ClientSideFixture.stop();
    }

    /** Client-side under {@code sealed/}, under another key in {@code other/}, free to move in {@code free/}; the rest is S3's. */
    private static Calls client(Calls.Kind kind) {
        return kind.open(
                target,
                builder -> builder.policy(EncryptionPolicy.of(
                        rule("sealed/", ClientSideFixture.mode()),
                        rule("other/", other),
                        rule(
                                "free/",
                                ClientSideFixture.mode().toBuilder()
                                        .identity(ObjectIdentity.OFF)
                                        .build()),
                        rule("open/", EncryptionMode.sseS3()),
                        PolicyRule.byDefault("rest", ObjectMatcher.anything(), EncryptionMode.sseS3()))));
    }

    private static PolicyRule rule(String prefix, EncryptionMode mode) {
        return PolicyRule.enforce(
                prefix, ObjectMatcher.builder().keyPrefix(prefix).build(), mode);
    }

    private static PutObjectRequest.Builder put(String key) {
        return PutObjectRequest.builder().bucket(target.bucket()).key(key);
    }

    private static GetObjectRequest get(String key) {
        return GetObjectRequest.builder().bucket(target.bucket()).key(key).build();
    }

    private static CopyObjectRequest.Builder copy(String from, String to) {
        return CopyObjectRequest.builder()
                .sourceBucket(target.bucket())
                .sourceKey(from)
                .destinationBucket(target.bucket())
                .destinationKey(to);
    }

    private static int calls(String operation, Runnable during) {
        EventLog.Mark mark = target.aws().events().mark();
        during.run();
        return target.aws().events().since(mark).operation(operation).size();
    }

    @ParameterizedTest
    @CsvSource({
        "SYNC,sealed/a,sealed/b", "SYNC,sealed/a,other/b", "SYNC,plain/a,sealed/b", "SYNC,sealed/a,open/b",
        "ASYNC,sealed/a,sealed/b", "ASYNC,sealed/a,other/b", "ASYNC,plain/a,sealed/b", "ASYNC,sealed/a,open/b"
    })
    void whatTheCiphertextDoesNotServe_isCopiedThroughTheClient(Calls.Kind kind, String from, String to) {
        Calls s3 = client(kind);
        for (int length : new int[] {0, 1, 70_000, 3_000_001}) {
            byte[] body = ClientSideFixture.bytes(length, length);
            s3.put(
                    put(from)
                            .metadata(Map.of("colour", "blue"))
                            .contentType("text/csv")
                            .build(),
                    body);
            EventLog.Mark mark = target.aws().events().mark();
            CopyObjectResponse answer = s3.copy(copy(from, to).build());
            assertEquals(
                    0, target.aws().events().since(mark).operation("CopyObject").size());
            ResponseBytes<GetObjectResponse> read = s3.get(get(to));
            assertArrayEquals(body, read.asByteArray());
            assertEquals(read.response().eTag(), answer.copyObjectResult().eTag());
            assertEquals(Map.of("colour", "blue"), read.response().metadata());
            assertEquals("text/csv", read.response().contentType());
            assertEquals(
                    !to.startsWith("open/"),
                    ClientSideObject.of(read.response()).isPresent());
            if (to.startsWith("sealed/")) {
                ClientSideFixture.assertReads(to, body);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCopyUnderTheSameNameOrOfAnUnboundMessage_isMadeByS3(Calls.Kind kind) {
        Calls s3 = client(kind);
        s3.put(put("free/a").build(), BODY);
        s3.put(put("sealed/same").metadata(Map.of("colour", "blue")).build(), BODY);
        assertEquals(
                1, calls("CopyObject", () -> s3.copy(copy("free/a", "free/b").build())));
        assertArrayEquals(ClientSideFixture.stored("free/a"), ClientSideFixture.stored("free/b"));
        byte[] before = ClientSideFixture.stored("sealed/same");
        s3.copy(copy("sealed/same", "sealed/same")
                .metadataDirective(MetadataDirective.REPLACE)
                .metadata(Map.of("colour", "red"))
                .build());
        assertArrayEquals(before, ClientSideFixture.stored("sealed/same"));
        ResponseBytes<GetObjectResponse> read = s3.get(get("sealed/same"));
        assertArrayEquals(BODY, read.asByteArray());
        assertEquals(Map.of("colour", "red"), read.response().metadata());
    }

    @ParameterizedTest
    @EnumSource
    void anObjectIsEncryptedAnewInItsPlace_whereItsRuleChanged(Calls.Kind kind) {
        Calls before = client(kind);
        before.put(put("sealed/rekeyed").build(), BODY);
        Calls after = kind.open(
                target,
                builder -> builder.policy(EncryptionPolicy.always(other))
                        .readKeyring(ClientSideFixture.mode().keyring().orElseThrow()));
        after.copy(copy("sealed/rekeyed", "sealed/rekeyed").build());
        Calls withoutTheOldKey = kind.open(target, builder -> builder.policy(EncryptionPolicy.always(other)));
        assertArrayEquals(BODY, withoutTheOldKey.get(get("sealed/rekeyed")).asByteArray());
    }

    @ParameterizedTest
    @EnumSource
    void aCopyOutOfClientSideEncryption_needsAWord(Calls.Kind kind) {
        Calls s3 = client(kind);
        s3.put(put("sealed/out").build(), BODY);
        OperationRefusedException refusal = assertThrows(
                OperationRefusedException.class,
                () -> s3.copy(copy("sealed/out", "rest/out").build()));
        assertTrue(String.valueOf(refusal.getMessage()).contains("EncryptionOverride"), refusal::getMessage);
        assertThrows(S3Exception.class, () -> ClientSideFixture.stored("rest/out"), "nothing was written");
        s3.copy(copy("sealed/out", "rest/said")
                .overrideConfiguration(EncryptionOverride.mode(EncryptionMode.sseKms(target.kmsKey())))
                .build());
        assertArrayEquals(BODY, ClientSideFixture.stored("rest/said"));
        s3.copy(copy("sealed/out", "rest/header").serverSideEncryption("AES256").build());
        assertArrayEquals(BODY, ClientSideFixture.stored("rest/header"));
    }

    @ParameterizedTest
    @EnumSource
    void anOverride_decidesOfTheDestination(Calls.Kind kind) {
        Calls s3 = client(kind);
        s3.put(put("rest/clear").build(), BODY);
        s3.copy(copy("rest/clear", "rest/sealed")
                .overrideConfiguration(EncryptionOverride.mode(ClientSideFixture.mode()))
                .build());
        ClientSideFixture.assertReads("rest/sealed", BODY);
    }

    @ParameterizedTest
    @EnumSource
    void metadataTagsAndHeaders_followTheDirectives(Calls.Kind kind) {
        Calls s3 = client(kind);
        Instant expires = Instant.now().plus(1, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS);
        s3.put(
                put("sealed/facts")
                        .metadata(Map.of("colour", "blue"))
                        .contentType("text/csv")
                        .cacheControl("no-store")
                        .contentLanguage("en")
                        .contentDisposition("attachment")
                        .expires(expires)
                        .tagging("team=a%20%26%20b&empty=")
                        .build(),
                BODY);
        s3.copy(copy("sealed/facts", "other/facts")
                .storageClass(StorageClass.STANDARD_IA)
                .build());
        GetObjectResponse copied = s3.get(get("other/facts")).response();
        assertEquals("no-store", copied.cacheControl());
        assertEquals("en", copied.contentLanguage());
        assertEquals("attachment", copied.contentDisposition());
        assertEquals(expires, copied.getValueForField("Expires", Instant.class).orElseThrow());
        assertEquals(StorageClass.STANDARD_IA, copied.storageClass());
        assertEquals(Map.of("team", "a & b", "empty", ""), tags("other/facts"));

        s3.copy(copy("sealed/facts", "other/replaced")
                .metadataDirective(MetadataDirective.REPLACE)
                .metadata(Map.of("colour", "red"))
                .contentType("text/plain")
                .taggingDirective(TaggingDirective.REPLACE)
                .tagging("team=c")
                .build());
        GetObjectResponse replaced = s3.get(get("other/replaced")).response();
        assertEquals(Map.of("colour", "red"), replaced.metadata());
        assertEquals("text/plain", replaced.contentType());
        assertEquals(null, replaced.cacheControl());
        assertEquals(Map.of("team", "c"), tags("other/replaced"));
        assertThrows(
                OperationRefusedException.class,
                () -> s3.copy(copy("sealed/facts", "other/annotated")
                        .annotationDirective(AnnotationDirective.COPY)
                        .build()));
    }

    private static Map<String, String> tags(String key) {
        return target.s3().getObjectTagging(b -> b.bucket(target.bucket()).key(key)).tagSet().stream()
                .collect(Collectors.toMap(Tag::key, Tag::value));
    }

    @ParameterizedTest
    @EnumSource
    void conditionsOnTheSource_areS3s(Calls.Kind kind) {
        Calls s3 = client(kind);
        String eTag = s3.put(put("sealed/conditions").build(), BODY).eTag();
        Instant past = Instant.now().minus(1, ChronoUnit.HOURS);
        List<UnaryOperator<CopyObjectRequest.Builder>> unmet = List.of(
                copy -> copy.copySourceIfMatch("\"0123456789abcdef0123456789abcdef\""),
                copy -> copy.copySourceIfNoneMatch(eTag),
                copy -> copy.copySourceIfUnmodifiedSince(past));
        for (String to : new String[] {"other/conditions", "sealed/conditions2"}) {
            for (UnaryOperator<CopyObjectRequest.Builder> condition : unmet) {
                S3Exception failure = assertThrows(
                        S3Exception.class,
                        () -> s3.copy(
                                condition.apply(copy("sealed/conditions", to)).build()));
                assertEquals(412, failure.statusCode());
                assertEquals("PreconditionFailed", failure.awsErrorDetails().errorCode());
            }
            s3.copy(copy("sealed/conditions", to)
                    .copySourceIfMatch(eTag)
                    .copySourceIfModifiedSince(past)
                    .build());
            assertArrayEquals(BODY, s3.get(get(to)).asByteArray());
            assertEquals(
                    412,
                    assertThrows(
                                    S3Exception.class,
                                    () -> s3.copy(copy("sealed/conditions", to)
                                            .ifNoneMatch("*")
                                            .build()))
                            .statusCode(),
                    "a condition on the destination");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aVersion_isCopiedAndNamedInTheAnswer(Calls.Kind kind) {
        Calls s3 = client(kind);
        String bucket = "versions-" + kind.name().toLowerCase(Locale.ROOT);
        target.s3().createBucket(b -> b.bucket(bucket));
        target.s3().putBucketVersioning(b -> b.bucket(bucket).versioningConfiguration(v -> v.status("Enabled")));
        String first = s3.put(put("sealed/v").bucket(bucket).build(), BODY).versionId();
        s3.put(put("sealed/v").bucket(bucket).build(), new byte[5]);
        CopyObjectResponse answer = s3.copy(copy("sealed/v", "other/v")
                .sourceBucket(bucket)
                .sourceVersionId(first)
                .destinationBucket(bucket)
                .build());
        assertEquals(first, answer.copySourceVersionId());
        ResponseBytes<GetObjectResponse> read =
                s3.get(get("other/v").toBuilder().bucket(bucket).build());
        assertArrayEquals(BODY, read.asByteArray());
        assertEquals(read.response().versionId(), answer.versionId());
        assertNotEquals(first, answer.versionId());
    }

    @ParameterizedTest
    @EnumSource
    void readAs_speaksOfTheSource(Calls.Kind kind) {
        Calls s3 = client(kind);
        s3.put(put("sealed/was").build(), BODY);
        ResponseBytes<GetObjectResponse> raw = target.s3().getObjectAsBytes(get("sealed/was"));
        target.s3()
                .putObject(
                        b -> b.bucket(target.bucket())
                                .key("sealed/moved")
                                .metadata(raw.response().metadata()),
                        RequestBody.fromBytes(raw.asByteArray()));
        assertThrows(
                IntegrityException.class,
                () -> s3.copy(copy("sealed/moved", "sealed/again").build()));
        s3.copy(copy("sealed/moved", "sealed/again")
                .overrideConfiguration(ReadAs.object(target.bucket(), "sealed/was"))
                .build());
        assertArrayEquals(BODY, s3.get(get("sealed/again")).asByteArray());
    }

    @ParameterizedTest
    @EnumSource
    void aDamagedSource_isNotCopied_andItsFailureIsSeen(Calls.Kind kind) {
        Calls s3 = client(kind);
        for (int length : new int[] {200_003, 3_000_001}) {
            s3.put(put("sealed/whole").build(), ClientSideFixture.bytes(length, 3));
            ResponseBytes<GetObjectResponse> raw = target.s3().getObjectAsBytes(get("sealed/whole"));
            byte[] changed = raw.asByteArray();
            changed[changed.length - 500] ^= 1;
            target.s3()
                    .putObject(
                            b -> b.bucket(target.bucket())
                                    .key("sealed/damaged")
                                    .metadata(raw.response().metadata()),
                            RequestBody.fromBytes(changed));
            assertThrows(
                    IntegrityException.class,
                    () -> s3.copy(copy("sealed/damaged", "other/damaged")
                            .overrideConfiguration(ReadAs.object(target.bucket(), "sealed/whole"))
                            .build()));
            assertThrows(S3Exception.class, () -> ClientSideFixture.stored("other/damaged"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void theModesBeneath_areThoseOfSourceAndDestination(Calls.Kind kind) {
        SseCKeySource source = SseCKeySource.fixed("beneath", ContractSuite.key(5));
        Calls s3 = kind.open(
                target,
                builder -> builder.policy(EncryptionPolicy.of(
                        rule("from/", ClientSideFixture.mode().withServerSide(EncryptionMode.sseC(source))),
                        rule("to/", ClientSideFixture.mode().withServerSide(EncryptionMode.sseKms(target.kmsKey()))),
                        PolicyRule.byDefault("rest", ObjectMatcher.anything(), EncryptionMode.sseS3()))));
        s3.put(put("from/a").build(), BODY);
        CopyObjectResponse answer = s3.copy(copy("from/a", "to/a").build());
        assertEquals("aws:kms", answer.serverSideEncryptionAsString());
        assertEquals(target.kmsKey(), answer.ssekmsKeyId());
        assertArrayEquals(BODY, s3.get(get("to/a")).asByteArray());
        s3.copy(copy("to/a", "from/b").build());
        assertArrayEquals(BODY, s3.get(get("from/b")).asByteArray());
    }

    @ParameterizedTest
    @EnumSource
    void aPartCopiedByS3_isRefused_whereItsSourceIsEncryptedOnTheClient(Calls.Kind kind) {
        Calls s3 = client(kind);
        s3.put(put("sealed/source").build(), BODY);
        s3.put(put("open/source").build(), BODY);
        String id = s3.create(upload("open/parts")).uploadId();
        UploadPartCopyRequest.Builder part = UploadPartCopyRequest.builder()
                .sourceBucket(target.bucket())
                .destinationBucket(target.bucket())
                .destinationKey("open/parts")
                .uploadId(id)
                .partNumber(1);
        OperationRefusedException refusal = assertThrows(
                OperationRefusedException.class,
                () -> s3.partCopy(part.sourceKey("sealed/source").build()));
        assertTrue(String.valueOf(refusal.getMessage()).contains("sealed/source"), refusal::getMessage);
        assertFalse(s3.partCopy(part.sourceKey("open/source").build())
                .copyPartResult()
                .eTag()
                .isEmpty());
    }

    @ParameterizedTest
    @EnumSource
    void anUploadInParts_isCopied_thoughItsMetadataHasNoLayout(Calls.Kind kind) {
        Calls s3 = client(kind);
        byte[] body = ClientSideFixture.bytes(5 * (1 << 20) + 17, 8);
        String id = s3.create(upload("sealed/upload")).uploadId();
        List<CompletedPart> parts = new ArrayList<>();
        for (int number = 1; number <= 2; number++) {
            int from = (number - 1) * 5 * (1 << 20);
            byte[] part = Arrays.copyOfRange(body, from, Math.min(body.length, from + 5 * (1 << 20)));
            int n = number;
            String tag = s3.part(
                            UploadPartRequest.builder()
                                    .bucket(target.bucket())
                                    .key("sealed/upload")
                                    .uploadId(id)
                                    .partNumber(n)
                                    .build(),
                            part)
                    .eTag();
            parts.add(CompletedPart.builder().partNumber(n).eTag(tag).build());
        }
        s3.complete(CompleteMultipartUploadRequest.builder()
                .bucket(target.bucket())
                .key("sealed/upload")
                .uploadId(id)
                .multipartUpload(m -> m.parts(parts))
                .build());
        client(kind).copy(copy("sealed/upload", "sealed/uploaded").build());
        ClientSideFixture.assertReads("sealed/uploaded", body);
        assertFalse(
                Arrays.equals(ClientSideFixture.stored("sealed/upload"), ClientSideFixture.stored("sealed/uploaded")));
    }

    private static CreateMultipartUploadRequest upload(String key) {
        return CreateMultipartUploadRequest.builder()
                .bucket(target.bucket())
                .key(key)
                .build();
    }
}
