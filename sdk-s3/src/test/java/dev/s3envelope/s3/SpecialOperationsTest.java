package dev.s3envelope.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.IllegalKeyException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.PolicyViolationException;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.keyring.RawAesKeyring;
import dev.s3envelope.core.mode.BucketKey;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.mode.ContextPairs;
import dev.s3envelope.core.mode.DsseKms;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.mode.SseKms;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.policy.ObjectMatcher;
import dev.s3envelope.core.policy.PolicyRule;
import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.core.ssec.SseCKeySource;
import java.security.SecureRandom;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.s3.model.CreateSessionRequest;
import software.amazon.awssdk.services.s3.model.EncryptionType;
import software.amazon.awssdk.services.s3.model.PutBucketEncryptionRequest;
import software.amazon.awssdk.services.s3.model.PutObjectAnnotationRequest;
import software.amazon.awssdk.services.s3.model.RenameObjectRequest;
import software.amazon.awssdk.services.s3.model.RestoreObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Request;
import software.amazon.awssdk.services.s3.model.SelectObjectContentRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionRule;
import software.amazon.awssdk.services.s3.model.UpdateObjectEncryptionRequest;
import software.amazon.awssdk.services.s3.model.WriteGetObjectResponseRequest;

/** The operations that state or depend on encryption in a way of their own. */
@NullUnmarked
class SpecialOperationsTest {
    private static final String KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    private static final SseKms KMS = EncryptionMode.sseKms(KEY);

    private final Recorder recorder = new Recorder();

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void updateTakesAFullKeyArnOnly(Flavor flavor) {
        Object client = client(flavor, EncryptionPolicy.always(EncryptionMode.sseS3()));
        for (String key : new String[] {
            "alias/app", "1234abcd-12ab-34cd-56ef-1234567890ab", "arn:aws:kms:us-east-1:111122223333:alias/app"
        }) {
            assertThrows(IllegalKeyException.class, () -> Flavor.send(client, update(key)), key);
        }
        assertTrue(recorder.requests().isEmpty());
        Flavor.send(client, update(KEY));
        UpdateObjectEncryptionRequest sent = recorder.last();
        assertEquals(KEY, sent.objectEncryption().ssekms().kmsKeyArn());
        assertNull(sent.objectEncryption().ssekms().bucketKeyEnabled());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void updateObeysAnEnforcingRule_andTakesItsBucketKey(Flavor flavor) {
        Object enforcing = client(
                flavor,
                enforced(SseKms.builder(KeyArn.parse(KEY))
                        .bucketKey(BucketKey.ENABLED)
                        .build()));
        Flavor.send(enforcing, update(KEY));
        assertEquals(
                true,
                recorder.<UpdateObjectEncryptionRequest>last()
                        .objectEncryption()
                        .ssekms()
                        .bucketKeyEnabled());
        assertThrows(
                PolicyViolationException.class,
                () -> Flavor.send(enforcing, update(KEY.replace("1234abcd", "9999abcd"))));
        assertThrows(
                PolicyViolationException.class,
                () -> Flavor.send(client(flavor, enforced(EncryptionMode.sseS3())), update(KEY)));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void updateOfAnObjectEncryptedOnTheClient_isDecidedByTheModeBeneath(Flavor flavor) {
        Keyring keyring = new RawAesKeyring(CryptoProvider.jdk(), new SecureRandom(), "tests", "main", new byte[32]);
        ClientSide overKms = ClientSide.builder("main", keyring)
                .over(EncryptionMode.sseKms(KEY))
                .build();
        Object client = client(flavor, enforced(overKms));
        Flavor.send(client, update(KEY));
        assertEquals(
                KEY,
                recorder.<UpdateObjectEncryptionRequest>last()
                        .objectEncryption()
                        .ssekms()
                        .kmsKeyArn());
        assertThrows(
                PolicyViolationException.class, () -> Flavor.send(client, update(KEY.replace("1234abcd", "9999abcd"))));
        Object overS3 = client(
                flavor,
                enforced(overKms.toBuilder().over(EncryptionMode.sseS3()).build()));
        assertThrows(PolicyViolationException.class, () -> Flavor.send(overS3, update(KEY)));
        Object byDefault = client(flavor, EncryptionPolicy.always(overKms));
        Flavor.send(byDefault, update(KEY.replace("1234abcd", "9999abcd")));
        assertEquals(2, recorder.requests().size());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void renameIsRefused_whereTheNewNamesRuleEnforcesAnotherMode(Flavor flavor) {
        EncryptionPolicy policy = EncryptionPolicy.of(
                PolicyRule.enforce(
                        "vault", ObjectMatcher.builder().keyPrefix("vault/").build(), KMS),
                PolicyRule.byDefault("rest", ObjectMatcher.anything(), EncryptionMode.sseS3()));
        Object client = client(flavor, policy);
        assertThrows(OperationRefusedException.class, () -> Flavor.send(client, rename("/inbox/a", "vault/a")));
        Flavor.send(client, rename("vault%2Fb", "vault/a"));
        Flavor.send(client, rename("/vault/b", "inbox/a"));
        assertEquals(2, recorder.requests().size());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void bucketDefaultIsChecked_combinationKeyAndNumberOfRules(Flavor flavor) {
        Object client = client(flavor, EncryptionPolicy.always(EncryptionMode.bucketDefault()));
        assertThrows(IllegalEncryptionException.class, () -> Flavor.send(client, bucketDefault("AES256", KEY, null)));
        assertThrows(
                IllegalEncryptionException.class, () -> Flavor.send(client, bucketDefault("aws:kms:dsse", KEY, true)));
        assertThrows(IllegalKeyException.class, () -> Flavor.send(client, bucketDefault("aws:kms", "alias/app", null)));
        assertThrows(IllegalKeyException.class, () -> Flavor.send(client, bucketDefault("aws:kms", null, null)));
        assertThrows(
                IllegalEncryptionException.class,
                () -> Flavor.send(
                        client,
                        PutBucketEncryptionRequest.builder()
                                .bucket("reports")
                                .serverSideEncryptionConfiguration(c -> c.rules(
                                        BucketEncryption.rule(EncryptionMode.sseS3()),
                                        BucketEncryption.rule(EncryptionMode.sseS3())))
                                .build()));
        assertTrue(recorder.requests().isEmpty());
        PutBucketEncryptionRequest good = bucketDefault("aws:kms", KEY, true);
        Flavor.send(client, good);
        assertEquals(good, recorder.last());
        // S3 accepts this one and ignores the bucket key.
        Flavor.send(client, bucketDefault("AES256", null, true));
        assertEquals(2, recorder.requests().size());
    }

    @Test
    void bucketEncryptionBuildsOneRule_andOnlyWhatABucketCanHave() {
        ServerSideEncryptionRule rule = BucketEncryption.rule(
                SseKms.builder(KeyArn.parse(KEY)).bucketKey(BucketKey.ENABLED).build());
        assertEquals("aws:kms", rule.applyServerSideEncryptionByDefault().sseAlgorithmAsString());
        assertEquals(KEY, rule.applyServerSideEncryptionByDefault().kmsMasterKeyID());
        assertEquals(true, rule.bucketKeyEnabled());
        assertEquals(
                "aws:kms:dsse",
                BucketEncryption.rule(EncryptionMode.dsseKms(KEY))
                        .applyServerSideEncryptionByDefault()
                        .sseAlgorithmAsString());
        assertEquals(
                List.of(EncryptionType.SSE_C),
                BucketEncryption.configuration(EncryptionMode.sseS3(), true)
                        .rules()
                        .get(0)
                        .blockedEncryptionTypes()
                        .encryptionType());
        assertThrows(IllegalKeyException.class, () -> BucketEncryption.rule(EncryptionMode.sseKms("alias/app")));
        assertThrows(
                IllegalEncryptionException.class,
                () -> BucketEncryption.rule(DsseKms.builder(KeyArn.parse(KEY))
                        .context(ContextPairs.of("a", "b"))
                        .build()));
        assertThrows(IllegalEncryptionException.class, () -> BucketEncryption.rule(EncryptionMode.bucketDefault()));
        assertThrows(
                IllegalEncryptionException.class,
                () -> BucketEncryption.rule(
                        EncryptionMode.sseC(SseCKeySource.fixed("vault", SseCKey.of(new byte[32])))));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void restoreOutputGetsTheModeOfItsLocation(Flavor flavor) {
        EncryptionPolicy policy = EncryptionPolicy.of(
                PolicyRule.enforce(
                        "results", ObjectMatcher.builder().bucket("results").build(), KMS),
                PolicyRule.byDefault("rest", ObjectMatcher.anything(), EncryptionMode.sseS3()));
        Flavor.send(client(flavor, policy), restore(null));
        RestoreObjectRequest sent = recorder.last();
        assertEquals(
                "aws:kms",
                sent.restoreRequest().outputLocation().s3().encryption().encryptionTypeAsString());
        assertEquals(
                KEY, sent.restoreRequest().outputLocation().s3().encryption().kmsKeyId());
        assertEquals("out/", sent.restoreRequest().outputLocation().s3().prefix());
        assertThrows(PolicyViolationException.class, () -> Flavor.send(client(flavor, policy), restore("AES256")));
        SseCKeySource source = SseCKeySource.fixed("vault", SseCKey.of(new byte[32]));
        assertThrows(
                OperationRefusedException.class,
                () -> Flavor.send(client(flavor, EncryptionPolicy.always(EncryptionMode.sseC(source))), restore(null)));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void objectLambdaAnswersReportAnEncryptionThatExists(Flavor flavor) {
        Object client = client(flavor, EncryptionPolicy.always(EncryptionMode.sseS3()));
        WriteGetObjectResponseRequest.Builder answer =
                WriteGetObjectResponseRequest.builder().requestRoute("r").requestToken("t");
        assertThrows(
                IllegalEncryptionException.class,
                () -> Flavor.send(
                        client,
                        answer.sseCustomerAlgorithm("AES256")
                                .serverSideEncryption("aws:kms")
                                .build()));
        assertThrows(
                IllegalEncryptionException.class,
                () -> Flavor.send(
                        client,
                        answer.sseCustomerAlgorithm(null)
                                .serverSideEncryption("AES256")
                                .ssekmsKeyId(KEY)
                                .build()));
        WriteGetObjectResponseRequest good =
                answer.serverSideEncryption("aws:kms").ssekmsKeyId(KEY).build();
        Flavor.send(client, good);
        assertEquals(good, recorder.last());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void sessionsOfDirectoryBucketsStateALegalEncryption(Flavor flavor) {
        Object client = client(flavor, EncryptionPolicy.always(EncryptionMode.bucketDefault()));
        CreateSessionRequest.Builder session =
                CreateSessionRequest.builder().bucket("logs--use1-az4--x-s3").serverSideEncryption("aws:kms");
        assertThrows(
                IllegalKeyException.class,
                () -> Flavor.send(client, session.ssekmsKeyId("alias/app").build()));
        Flavor.send(client, session.ssekmsKeyId(KEY).build());
        assertEquals(KEY, recorder.<CreateSessionRequest>last().ssekmsKeyId());
    }

    private Object client(Flavor flavor, EncryptionPolicy policy) {
        return flavor.open(recorder, builder -> builder.policy(policy));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void whatS3WouldDoWithCiphertextOrPlaintext_isRefused_whereTheClientEncrypts(Flavor flavor) {
        Keyring keyring = new RawAesKeyring(CryptoProvider.jdk(), new SecureRandom(), "tests", "main", new byte[32]);
        Object client = client(flavor, EncryptionPolicy.always(EncryptionMode.clientSide("main", keyring)));
        List<S3Request> requests = List.of(
                SelectObjectContentRequest.builder()
                        .bucket("reports")
                        .key("k")
                        .expression("select * from s3object")
                        .build(),
                PutObjectAnnotationRequest.builder().bucket("reports").key("k").build(),
                rename("/inbox/a", "inbox/b"));
        for (S3Request request : requests) {
            if (Flavor.offers(client, request.getClass())) {
                assertThrows(OperationRefusedException.class, () -> Flavor.send(client, request), request.toString());
            }
        }
        assertTrue(recorder.requests().isEmpty());
    }

    private static EncryptionPolicy enforced(EncryptionMode mode) {
        return EncryptionPolicy.of(PolicyRule.enforce("all", ObjectMatcher.anything(), mode));
    }

    private static S3Request update(String key) {
        return UpdateObjectEncryptionRequest.builder()
                .bucket("reports")
                .key("k")
                .objectEncryption(e -> e.ssekms(s -> s.kmsKeyArn(key)))
                .build();
    }

    private static S3Request rename(String source, String key) {
        return RenameObjectRequest.builder()
                .bucket("logs--use1-az4--x-s3")
                .key(key)
                .renameSource(source)
                .build();
    }

    private static PutBucketEncryptionRequest bucketDefault(String algorithm, String key, Boolean bucketKey) {
        return PutBucketEncryptionRequest.builder()
                .bucket("reports")
                .serverSideEncryptionConfiguration(c -> c.rules(r -> r.bucketKeyEnabled(bucketKey)
                        .applyServerSideEncryptionByDefault(
                                d -> d.sseAlgorithm(algorithm).kmsMasterKeyID(key))))
                .build();
    }

    private static S3Request restore(String encryption) {
        return RestoreObjectRequest.builder()
                .bucket("archive")
                .key("k")
                .restoreRequest(r -> r.outputLocation(o -> o.s3(
                        s -> s.bucketName("results").prefix("out/").encryption(e -> e.encryptionType(encryption)))))
                .build();
    }
}
