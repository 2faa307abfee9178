package dev.s3envelope.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.IllegalKeyException;
import dev.s3envelope.core.InsecureTransportException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.PolicyViolationException;
import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.guard.BucketDirectory;
import dev.s3envelope.core.guard.CallerIdentity;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Request;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** What the clients put on requests that write objects; sections 3 and 5 of the fact sheet, the client's side of each rule. */
@NullUnmarked
class WriteModesTest {
    private static final String KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    private static final String OTHER = "arn:aws:kms:us-east-1:111122223333:key/9999abcd-12ab-34cd-56ef-1234567890ab";
    private static final AccountId ACCOUNT = AccountId.of("111122223333");
    private static final byte[] SECRET = new byte[32];
    private static final SseCKeySource SOURCE = SseCKeySource.fixed("backup", SseCKey.of(SECRET));
    private static final ContextPairs CONTEXT = ContextPairs.of("tenant", "blue");

    private static Stream<Arguments> modes() {
        Map<String, EncryptionMode> modes = Map.of(
                "AES256|null|null|null|null",
                EncryptionMode.sseS3(),
                "aws:kms|" + KEY + "|null|null|null",
                EncryptionMode.sseKms(KEY),
                "aws:kms|" + KEY + "|" + CONTEXT.headerValue() + "|true|null",
                SseKms.builder(EncryptionMode.sseKms(KEY).key().orElseThrow())
                        .bucketKey(BucketKey.ENABLED)
                        .context(CONTEXT)
                        .build(),
                "aws:kms|" + KEY + "|null|false|null",
                SseKms.builder(EncryptionMode.sseKms(KEY).key().orElseThrow())
                        .bucketKey(BucketKey.DISABLED)
                        .build(),
                "aws:kms|null|null|null|null",
                EncryptionMode.awsManagedKms(),
                "aws:kms:dsse|" + KEY + "|null|null|null",
                EncryptionMode.dsseKms(KEY),
                "null|null|null|null|AES256",
                EncryptionMode.sseC(SOURCE),
                "null|null|null|null|null",
                EncryptionMode.bucketDefault());
        return Stream.of(Flavor.values())
                .flatMap(flavor -> modes.entrySet().stream()
                        .flatMap(mode -> Stream.<S3Request>of(put(), create(), copy())
                                .map(request -> Arguments.of(flavor, request, mode.getValue(), mode.getKey()))));
    }

    @ParameterizedTest(name = "{0} {2} #{index}")
    @MethodSource("modes")
    void sendsExactlyTheHeadersOfTheMode(Flavor flavor, S3Request request, EncryptionMode mode, String headers) {
        Recorder recorder = new Recorder();
        Flavor.send(client(flavor, recorder, EncryptionPolicy.always(mode)), request);
        assertEquals(headers, headers(recorder.last()));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void computesTheMd5OfTheCustomersKey(Flavor flavor) {
        Recorder recorder = new Recorder();
        Flavor.send(client(flavor, recorder, EncryptionPolicy.always(EncryptionMode.sseC(SOURCE))), put());
        PutObjectRequest sent = recorder.last();
        assertEquals(Base64.getEncoder().encodeToString(SECRET), sent.sseCustomerKey());
        assertEquals("cLyPS3KoaSFGi/joRB3OUQ==", sent.sseCustomerKeyMD5());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void lastRuleDecides_whenNoOtherMatches_andSizeAndTypeComeFromTheBody(Flavor flavor) {
        EncryptionPolicy policy = EncryptionPolicy.of(
                PolicyRule.byDefault(
                        "small text",
                        ObjectMatcher.builder().maxSize(4).contentType("text/*").build(),
                        EncryptionMode.sseKms(KEY)),
                PolicyRule.byDefault("rest", ObjectMatcher.anything(), EncryptionMode.sseS3()));
        Recorder recorder = new Recorder();
        Object client = client(flavor, recorder, policy);
        // The harness sends the four bytes "body" as text/plain.
        Flavor.send(client, put());
        assertEquals("aws:kms", recorder.<PutObjectRequest>last().serverSideEncryptionAsString());
        Flavor.send(client, put().toBuilder().contentType("image/png").build());
        assertEquals("AES256", recorder.<PutObjectRequest>last().serverSideEncryptionAsString());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void tagsAndMetadataDecide(Flavor flavor) {
        EncryptionPolicy policy = EncryptionPolicy.of(
                PolicyRule.byDefault(
                        "secret",
                        ObjectMatcher.builder()
                                .tag("class", "secret")
                                .metadata("team", "a*")
                                .build(),
                        EncryptionMode.dsseKms(KEY)),
                PolicyRule.byDefault("rest", ObjectMatcher.anything(), EncryptionMode.sseS3()));
        Recorder recorder = new Recorder();
        Object client = client(flavor, recorder, policy);
        Flavor.send(
                client,
                put().toBuilder()
                        .tagging("x=y&class=secret")
                        .metadata(Map.of("Team", "alpha"))
                        .build());
        assertEquals("aws:kms:dsse", recorder.<PutObjectRequest>last().serverSideEncryptionAsString());
        Flavor.send(client, put().toBuilder().metadata(Map.of("Team", "alpha")).build());
        assertEquals("AES256", recorder.<PutObjectRequest>last().serverSideEncryptionAsString());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void explicitHeadersWin_underADefaultRule(Flavor flavor) {
        Recorder recorder = new Recorder();
        Flavor.send(
                client(flavor, recorder, EncryptionPolicy.always(EncryptionMode.sseS3())),
                put().toBuilder()
                        .serverSideEncryption("aws:kms")
                        .ssekmsKeyId(OTHER)
                        .build());
        assertEquals("aws:kms|" + OTHER + "|null|null|null", headers(recorder.last()));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void overrideWins_underADefaultRule_andReachesTheWireAlongWithTheRestOfTheConfiguration(Flavor flavor) {
        Recorder recorder = new Recorder();
        PutObjectRequest request = put().toBuilder()
                .overrideConfiguration(o -> {
                    o.putHeader("x-trace", "1");
                    EncryptionOverride.mode(EncryptionMode.dsseKms(KEY)).accept(o);
                })
                .build();
        Flavor.send(client(flavor, recorder, EncryptionPolicy.always(EncryptionMode.sseS3())), request);
        assertEquals("aws:kms:dsse|" + KEY + "|null|null|null", headers(recorder.last()));
        assertEquals(request.overrideConfiguration(), recorder.last().overrideConfiguration());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void enforcingRuleRefusesWhatSaysOtherwise_andNamesItself(Flavor flavor) {
        EncryptionPolicy policy = EncryptionPolicy.of(
                PolicyRule.enforce("payroll is kms", ObjectMatcher.anything(), EncryptionMode.sseKms(KEY)));
        for (Consumer<PutObjectRequest.Builder> wish : List.<Consumer<PutObjectRequest.Builder>>of(
                r -> r.serverSideEncryption(ServerSideEncryption.AES256),
                r -> r.serverSideEncryption("aws:kms"),
                r -> r.serverSideEncryption("aws:kms").ssekmsKeyId(OTHER),
                r -> r.sseCustomerAlgorithm("AES256")
                        .sseCustomerKey(Base64.getEncoder().encodeToString(SECRET)),
                r -> r.overrideConfiguration(EncryptionOverride.mode(EncryptionMode.bucketDefault())))) {
            Recorder recorder = new Recorder();
            PutObjectRequest.Builder request = put().toBuilder();
            wish.accept(request);
            PolicyViolationException refused = assertThrows(
                    PolicyViolationException.class,
                    () -> Flavor.send(client(flavor, recorder, policy), request.build()));
            assertTrue(refused.getMessage().contains("payroll is kms"), refused.getMessage());
            assertTrue(recorder.requests().isEmpty());
        }
        Recorder recorder = new Recorder();
        Flavor.send(
                client(flavor, recorder, policy),
                put().toBuilder()
                        .serverSideEncryption("aws:kms")
                        .ssekmsKeyId(KEY)
                        .build());
        assertEquals(1, recorder.requests().size());
    }

    private static Stream<Arguments> illegal() {
        String key = Base64.getEncoder().encodeToString(SECRET);
        Map<String, Consumer<PutObjectRequest.Builder>> rows = Map.of(
                "SSE-C trio and an SSE header",
                r -> r.sseCustomerAlgorithm("AES256").sseCustomerKey(key).serverSideEncryption("AES256"),
                "key id without aws:kms",
                r -> r.ssekmsKeyId(KEY),
                "key id with AES256",
                r -> r.serverSideEncryption("AES256").ssekmsKeyId(KEY),
                "bucket key with DSSE",
                r -> r.serverSideEncryption("aws:kms:dsse").ssekmsKeyId(KEY).bucketKeyEnabled(true),
                "context that is no base64 of JSON",
                r -> r.serverSideEncryption("aws:kms").ssekmsKeyId(KEY).ssekmsEncryptionContext("tenant=blue"),
                "SSE-C algorithm other than AES256",
                r -> r.sseCustomerAlgorithm("aes256").sseCustomerKey(key),
                "SSE-C key of 16 bytes",
                r -> r.sseCustomerAlgorithm("AES256")
                        .sseCustomerKey(Base64.getEncoder().encodeToString(new byte[16])),
                "SSE-C MD5 of another key",
                r -> r.sseCustomerAlgorithm("AES256").sseCustomerKey(key).sseCustomerKeyMD5("AAAAAAAAAAAAAAAAAAAAAA=="),
                "aws:fsx, which is no choice of a caller",
                r -> r.serverSideEncryption("aws:fsx"),
                "raw encryption header beside the fields",
                r -> r.overrideConfiguration(o -> o.putHeader("X-Amz-Server-Side-Encryption", "AES256")));
        return Stream.of(Flavor.values())
                .flatMap(flavor ->
                        rows.entrySet().stream().map(row -> Arguments.of(flavor, row.getKey(), row.getValue())));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("illegal")
    void refusesBeforeAnyCall_whatS3DoesNotCombine(
            Flavor flavor, String row, Consumer<PutObjectRequest.Builder> fields) {
        Recorder recorder = new Recorder();
        PutObjectRequest.Builder request = put().toBuilder();
        fields.accept(request);
        assertThrows(
                IllegalEncryptionException.class,
                () -> Flavor.send(
                        client(flavor, recorder, EncryptionPolicy.always(EncryptionMode.bucketDefault())),
                        request.build()));
        assertTrue(recorder.requests().isEmpty());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void bucketKeyAloneGoesWithTheBucketDefaultAndWithAKmsRule_andNotWithOthers(Flavor flavor) {
        PutObjectRequest request = put().toBuilder().bucketKeyEnabled(true).build();
        Recorder recorder = new Recorder();
        Flavor.send(client(flavor, recorder, EncryptionPolicy.always(EncryptionMode.bucketDefault())), request);
        assertEquals("null|null|null|true|null", headers(recorder.last()));
        Flavor.send(client(flavor, recorder, EncryptionPolicy.always(EncryptionMode.sseKms(KEY))), request);
        assertEquals("aws:kms|" + KEY + "|null|true|null", headers(recorder.last()));
        assertThrows(
                IllegalEncryptionException.class,
                () -> Flavor.send(client(flavor, recorder, EncryptionPolicy.always(EncryptionMode.sseS3())), request));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void neverSendsACustomersKeyOverPlainHttp_exceptToLoopback(Flavor flavor) {
        EncryptionPolicy policy = EncryptionPolicy.always(EncryptionMode.sseC(SOURCE));
        Recorder plain = new Recorder().endpoint("http://storage.example");
        assertThrows(InsecureTransportException.class, () -> Flavor.send(client(flavor, plain, policy), put()));
        assertTrue(plain.requests().isEmpty());
        Recorder loopback = new Recorder().endpoint("http://127.0.0.1:9000");
        Flavor.send(client(flavor, loopback, policy), put());
        assertEquals(1, loopback.requests().size());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void refusesAliasesIdsAndTheManagedKey_whenTheOwnerIsNotTheCaller(Flavor flavor) {
        WriteGuard guard = WriteGuard.builder()
                .callerIdentity(CallerIdentity.of(ACCOUNT))
                .bucketDirectory(BucketDirectory.builder()
                        .bucket("theirs", AccountId.of("444455556666"), "us-east-1")
                        .build())
                .resolveSameAccountNames(true)
                .build();
        for (EncryptionMode mode : List.of(
                EncryptionMode.sseKms("alias/app"),
                EncryptionMode.sseKms("arn:aws:kms:us-east-1:111122223333:alias/app"),
                EncryptionMode.sseKms("1234abcd-12ab-34cd-56ef-1234567890ab"),
                EncryptionMode.sseKms("alias/aws/s3"),
                EncryptionMode.awsManagedKms(),
                EncryptionMode.dsseKms("alias/app"))) {
            Recorder recorder = new Recorder();
            Object client = flavor.open(
                    recorder, b -> b.policy(EncryptionPolicy.always(mode)).writeGuard(guard));
            assertThrows(
                    IllegalKeyException.class,
                    () -> Flavor.send(client, put().toBuilder().bucket("theirs").build()),
                    mode.toString());
            assertTrue(recorder.requests().isEmpty());
        }
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void refusesAKeyOfAnotherRegionThanTheBucket(Flavor flavor) {
        Recorder recorder = new Recorder();
        String elsewhere = KEY.replace("us-east-1", "eu-west-1");
        assertThrows(
                IllegalKeyException.class,
                () -> Flavor.send(
                        client(flavor, recorder, EncryptionPolicy.always(EncryptionMode.sseKms(elsewhere))), put()));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void callerIsUnknown_whenTheRequestBringsItsOwnCredentials(Flavor flavor) {
        Recorder recorder = new Recorder();
        Object client = client(flavor, recorder, EncryptionPolicy.always(EncryptionMode.awsManagedKms()));
        Flavor.send(client, put());
        PutObjectRequest foreign = put().toBuilder()
                .overrideConfiguration(o -> o.credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create("other", "secret"))))
                .build();
        assertThrows(IllegalKeyException.class, () -> Flavor.send(client, foreign));
        assertEquals(1, recorder.requests().size());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void refusesACallersOtherExpectedOwner(Flavor flavor) {
        Recorder recorder = new Recorder();
        Object client = client(flavor, recorder, EncryptionPolicy.always(EncryptionMode.sseS3()));
        assertThrows(
                OperationRefusedException.class,
                () -> Flavor.send(
                        client,
                        put().toBuilder().expectedBucketOwner("999999999999").build()));
        assertThrows(
                EnvelopeException.class,
                () -> Flavor.send(
                        client,
                        put().toBuilder()
                                .overrideConfiguration(o -> o.putHeader("x-amz-expected-bucket-owner", "999999999999"))
                                .build()));
        assertTrue(recorder.requests().isEmpty());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void copyIsEncryptedForItsDestination_andKnowsMetadataOnlyWhenItReplacesIt(Flavor flavor) {
        EncryptionPolicy policy = EncryptionPolicy.of(
                PolicyRule.byDefault(
                        "secret",
                        ObjectMatcher.builder().metadata("class", "secret").build(),
                        EncryptionMode.sseKms(KEY)),
                PolicyRule.byDefault("rest", ObjectMatcher.anything(), EncryptionMode.sseS3()));
        Recorder recorder = new Recorder();
        Object client = client(flavor, recorder, policy);
        CopyObjectRequest copy =
                copy().toBuilder().metadata(Map.of("class", "secret")).build();
        Flavor.send(client, copy);
        assertEquals("AES256", recorder.<CopyObjectRequest>last().serverSideEncryptionAsString());
        Flavor.send(
                client,
                copy.toBuilder().metadataDirective(MetadataDirective.REPLACE).build());
        assertEquals("aws:kms", recorder.<CopyObjectRequest>last().serverSideEncryptionAsString());
        assertEquals(ACCOUNT.digits(), recorder.<CopyObjectRequest>last().expectedSourceBucketOwner());
    }

    @Test
    void refusesToBeBuilt_withoutAClientOrAPolicy() {
        assertThrows(
                EnvelopeException.class,
                () -> EnvelopeS3Client.builder()
                        .policy(EncryptionPolicy.always(EncryptionMode.sseS3()))
                        .build());
        assertThrows(
                EnvelopeException.class,
                () -> EnvelopeS3Client.builder().wrapping(new Recorder().sync()).build());
    }

    @Test
    void closesTheWrappedClient_onlyWhenTold() {
        Recorder recorder = new Recorder();
        EnvelopeS3Client.Builder builder = EnvelopeS3Client.builder()
                .wrapping(recorder.sync())
                .policy(EncryptionPolicy.always(EncryptionMode.sseS3()));
        builder.build().close();
        assertTrue(!recorder.calls().contains("close"));
        builder.closeWrapped(true).build().close();
        assertTrue(recorder.calls().contains("close"));
    }

    @Test
    void fileAndConsumerOverloadsAreTransformedToo() throws Exception {
        Recorder recorder = new Recorder();
        Path file = Files.createTempFile("envelope", ".txt");
        try (EnvelopeS3Client client =
                (EnvelopeS3Client) client(Flavor.SYNC, recorder, EncryptionPolicy.always(EncryptionMode.sseKms(KEY)))) {
            client.putObject(put(), file);
            client.putObject(r -> r.bucket("reports").key("k"), RequestBody.empty());
            client.putObject(r -> r.bucket("reports").key("k"), file);
            client.copyObject(r -> r.sourceBucket("reports")
                    .sourceKey("a")
                    .destinationBucket("reports")
                    .destinationKey("b"));
        } finally {
            Files.delete(file);
        }
        assertEquals(4, recorder.requests().size());
        recorder.requests().forEach(sent -> assertEquals("aws:kms|" + KEY + "|null|null|null", headers(sent)));
        assertNull(recorder.<CopyObjectRequest>last().copySourceSSECustomerKey());
    }

    private static PutObjectRequest put() {
        return PutObjectRequest.builder().bucket("reports").key("q3.csv").build();
    }

    private static CreateMultipartUploadRequest create() {
        return CreateMultipartUploadRequest.builder()
                .bucket("reports")
                .key("q3.csv")
                .build();
    }

    private static CopyObjectRequest copy() {
        return CopyObjectRequest.builder()
                .sourceBucket("reports")
                .sourceKey("old.csv")
                .destinationBucket("reports")
                .destinationKey("q3.csv")
                .build();
    }

    private static Object client(Flavor flavor, Recorder recorder, EncryptionPolicy policy) {
        WriteGuard guard = WriteGuard.builder()
                .callerIdentity(CallerIdentity.of(ACCOUNT))
                .bucketDirectory(
                        BucketDirectory.builder().allOthersOwnedBy(ACCOUNT).build())
                .build();
        return flavor.open(recorder, builder -> builder.policy(policy).writeGuard(guard));
    }

    private static String headers(S3Request request) {
        return Stream.of(
                        "ServerSideEncryption",
                        "SSEKMSKeyId",
                        "SSEKMSEncryptionContext",
                        "BucketKeyEnabled",
                        "SSECustomerAlgorithm")
                .map(field -> String.valueOf(
                        request.getValueForField(field, Object.class).orElse(null)))
                .reduce((a, b) -> a + "|" + b)
                .orElseThrow();
    }
}
