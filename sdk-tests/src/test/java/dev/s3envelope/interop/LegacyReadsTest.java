package dev.s3envelope.interop;

import static dev.s3envelope.interop.Messages.join;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.s3ec.S3ecAesKeyring;
import dev.s3envelope.core.s3ec.S3ecKeyring;
import dev.s3envelope.local.EventLog;
import dev.s3envelope.local.LocalAccount;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalKey;
import dev.s3envelope.local.LocalUser;
import dev.s3envelope.s3.ClientSideObject;
import dev.s3envelope.s3.EnvelopeS3AsyncClient;
import dev.s3envelope.s3.EnvelopeS3Client;
import dev.s3envelope.s3.LegacyReads;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.kms.model.DisabledException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.encryption.s3.CommitmentPolicy;
import software.amazon.encryption.s3.S3EncryptionClient;
import software.amazon.encryption.s3.algorithms.AlgorithmSuite;
import software.amazon.encryption.s3.internal.InstructionFileConfig;
import software.amazon.encryption.s3.materials.AesKeyring;
import software.amazon.encryption.s3.materials.Keyring;
import software.amazon.encryption.s3.materials.KmsKeyring;
import software.amazon.encryption.s3.materials.PartialRsaKeyPair;
import software.amazon.encryption.s3.materials.RsaKeyring;

/** Legacy objects of the S3 Encryption Client, read from LocalAws through both clients. */
class LegacyReadsTest {
    private static final String BUCKET = "archive";
    private static final SecretKeySpec AES = new SecretKeySpec(Messages.random(4, 32), "AES");
    private static final byte[] PLAINTEXT = Messages.random(5, 70_001);

    private static LocalAws aws;
    private static LocalAccount account;
    private static LocalUser alice;
    private static S3Client s3;

    @BeforeAll
    static void start() {
        aws = LocalAws.start();
        account = aws.account("111122223333");
        alice = account.createUser("alice").allow("kms:*").allow("s3:*");
        s3 = aws.s3(alice);
        s3.createBucket(b -> b.bucket(BUCKET));
    }

    @AfterAll
    static void stop() {
        aws.close();
    }

    private static Keyring aes() {
        return AesKeyring.builder()
                .wrappingKey(AES)
                .enableLegacyWrappingAlgorithms(true)
                .build();
    }

    private static ResponseBytes<GetObjectResponse> answer(Flavor flavor, LegacyReads reads, GetObjectRequest request) {
        EncryptionPolicy policy = EncryptionPolicy.always(EncryptionMode.bucketDefault());
        if (flavor == Flavor.SYNC) {
            return EnvelopeS3Client.builder()
                    .wrapping(s3)
                    .policy(policy)
                    .legacyUnauthenticatedReads(reads)
                    .build()
                    .getObject(request, ResponseTransformer.toBytes());
        }
        try (EnvelopeS3AsyncClient client = EnvelopeS3AsyncClient.builder()
                .wrapping(aws.s3Async(alice))
                .policy(policy)
                .legacyUnauthenticatedReads(reads)
                .build()) {
            return join(client.getObject(request, AsyncResponseTransformer.toBytes()));
        }
    }

    private static byte[] read(Flavor flavor, LegacyReads reads, GetObjectRequest request) {
        return answer(flavor, reads, request).asByteArray();
    }

    private static GetObjectRequest get(String key) {
        return GetObjectRequest.builder().bucket(BUCKET).key(key).build();
    }

    private static void putCbc(String name, String wrapAlgorithm, String keyEntry, Map<String, String> more) {
        try {
            SecretKeySpec dataKey = new SecretKeySpec(Messages.random(6, 32), "AES");
            byte[] iv = Messages.random(8, 16);
            Cipher content = Cipher.getInstance("AES/CBC/PKCS5Padding");
            content.init(Cipher.ENCRYPT_MODE, dataKey, new IvParameterSpec(iv));
            Cipher wrap = Cipher.getInstance(wrapAlgorithm);
            wrap.init(Cipher.WRAP_MODE, AES);
            Base64.Encoder base64 = Base64.getEncoder();
            Map<String, String> metadata = new HashMap<>(more);
            metadata.put(keyEntry, base64.encodeToString(wrap.wrap(dataKey)));
            metadata.put("x-amz-iv", base64.encodeToString(iv));
            metadata.put("x-amz-matdesc", "{}");
            metadata.put("x-amz-unencrypted-content-length", Integer.toString(PLAINTEXT.length));
            byte[] body = content.doFinal(PLAINTEXT);
            s3.putObject(b -> b.bucket(BUCKET).key(name).metadata(metadata), RequestBody.fromBytes(body));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static void putWithInstructionFile(String name, Keyring keyring, boolean v3) {
        S3EncryptionClient.builderV4()
                .wrappedClient(s3)
                .wrappedAsyncClient(aws.s3Async(alice))
                .keyring(keyring)
                .encryptionAlgorithm(
                        v3
                                ? AlgorithmSuite.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY
                                : AlgorithmSuite.ALG_AES_256_GCM_IV12_TAG16_NO_KDF)
                .commitmentPolicy(
                        v3
                                ? CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT
                                : CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT)
                .instructionFileConfig(InstructionFileConfig.builder()
                        .instructionFileClient(s3)
                        .enableInstructionFilePutObject(true)
                        .build())
                .build()
                .putObject(b -> b.bucket(BUCKET).key(name), RequestBody.fromBytes(PLAINTEXT));
    }

    private static void putCbcOfTheSecondFormat(String name) {
        putCbc(
                name,
                "AESWrap",
                "x-amz-key-v2",
                Map.of("x-amz-wrap-alg", "AESWrap", "x-amz-cek-alg", "AES/CBC/PKCS5Padding", "mine", "kept"));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void readsCbcContents_ofTheSecondFormat(Flavor flavor) {
        putCbcOfTheSecondFormat("cbc-v2");

        ResponseBytes<GetObjectResponse> answer = answer(flavor, LegacyReads.aes(AES), get("cbc-v2"));

        assertArrayEquals(PLAINTEXT, answer.asByteArray());
        assertEquals(PLAINTEXT.length, answer.response().contentLength());
        assertEquals(Map.of("mine", "kept"), answer.response().metadata());
        assertEquals(
                "s3-encryption-client-legacy",
                ClientSideObject.of(answer.response()).orElseThrow().format());
    }

    private static HeadObjectResponse head(Flavor flavor, String key) {
        EncryptionPolicy policy = EncryptionPolicy.always(EncryptionMode.bucketDefault());
        HeadObjectRequest request =
                HeadObjectRequest.builder().bucket(BUCKET).key(key).build();
        if (flavor == Flavor.SYNC) {
            return EnvelopeS3Client.builder()
                    .wrapping(s3)
                    .policy(policy)
                    .legacyUnauthenticatedReads(LegacyReads.aes(AES))
                    .build()
                    .headObject(request);
        }
        try (EnvelopeS3AsyncClient client = EnvelopeS3AsyncClient.builder()
                .wrapping(aws.s3Async(alice))
                .policy(policy)
                .legacyUnauthenticatedReads(LegacyReads.aes(AES))
                .build()) {
            return join(client.headObject(request));
        }
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void headSaysWhatTheMetadataSays(Flavor flavor) {
        putCbcOfTheSecondFormat("head-cbc-v2");
        putCbc("head-cbc-v1", "AES/ECB/PKCS5Padding", "x-amz-key", Map.of("mine", "kept"));
        for (String key : List.of("head-cbc-v2", "head-cbc-v1")) {
            HeadObjectResponse head = head(flavor, key);
            assertEquals(PLAINTEXT.length, head.contentLength());
            assertEquals(Map.of("mine", "kept"), head.metadata());
            ClientSideObject object = ClientSideObject.of(head).orElseThrow();
            assertEquals("s3-encryption-client-legacy", object.format());
            assertEquals(
                    (PLAINTEXT.length / 16 + 1) * 16L, object.storedLength().orElseThrow());
        }

        putWithInstructionFile("head-v3", aes(), true);
        HeadObjectResponse apart = head(flavor, "head-v3");
        assertEquals(PLAINTEXT.length, apart.contentLength());
        assertEquals(Map.of(), apart.metadata());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void headSaysNoLength_whereNothingTellsIt_andRefusesOneThatCannotBe(Flavor flavor) {
        putCbcOfTheSecondFormat("head-source");
        Map<String, String> metadata = new HashMap<>(
                s3.headObject(b -> b.bucket(BUCKET).key("head-source")).metadata());
        metadata.remove("x-amz-unencrypted-content-length");
        byte[] body = s3.getObjectAsBytes(get("head-source")).asByteArray();
        s3.putObject(b -> b.bucket(BUCKET).key("head-silent").metadata(metadata), RequestBody.fromBytes(body));
        assertNull(head(flavor, "head-silent").contentLength());

        for (String length : new String[] {Integer.toString(PLAINTEXT.length - 16), "-1", "9999999999999999999", "x"}) {
            metadata.put("x-amz-unencrypted-content-length", length);
            s3.putObject(b -> b.bucket(BUCKET).key("head-wrong").metadata(metadata), RequestBody.fromBytes(body));
            assertThrows(IntegrityException.class, () -> head(flavor, "head-wrong"), length);
        }
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void readsTheFirstFormat(Flavor flavor) {
        putCbc("cbc-v1", "AES/ECB/PKCS5Padding", "x-amz-key", Map.of());

        assertArrayEquals(PLAINTEXT, read(flavor, LegacyReads.aes(AES), get("cbc-v1")));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void isRefusedWithTheReason_whenTheOptionIsOff(Flavor flavor) {
        putCbcOfTheSecondFormat("off");
        EncryptionPolicy policy = EncryptionPolicy.always(EncryptionMode.bucketDefault());
        S3ecKeyring current = new S3ecAesKeyring(CryptoProvider.jdk(), new SecureRandom(), AES.getEncoded());

        OperationRefusedException failure = assertThrows(OperationRefusedException.class, () -> {
            if (flavor == Flavor.SYNC) {
                EnvelopeS3Client.builder()
                        .wrapping(s3)
                        .policy(policy)
                        .s3ecKeyring(current)
                        .build()
                        .getObjectAsBytes(get("off"));
                return;
            }
            try (EnvelopeS3AsyncClient client = EnvelopeS3AsyncClient.builder()
                    .wrapping(aws.s3Async(alice))
                    .policy(policy)
                    .s3ecKeyring(current)
                    .build()) {
                join(client.getObject(get("off"), AsyncResponseTransformer.toBytes()));
            }
        });
        assertTrue(String.valueOf(failure.getMessage()).contains("legacyUnauthenticatedReads"), failure.getMessage());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void readsObjects_withTheirEnvelopeInAnInstructionFile(Flavor flavor) {
        for (boolean v3 : new boolean[] {false, true}) {
            putWithInstructionFile("instructed", aes(), v3);

            assertArrayEquals(PLAINTEXT, read(flavor, LegacyReads.aes(AES), get("instructed")));
        }
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void givesNothingOut_whenAnAuthenticatedObjectWasChanged(Flavor flavor) {
        for (boolean v3 : new boolean[] {false, true}) {
            putWithInstructionFile("changed", aes(), v3);
            ResponseBytes<GetObjectResponse> stored = s3.getObjectAsBytes(get("changed"));
            byte[] body = stored.asByteArray();
            body[body.length - 1] ^= 1;
            s3.putObject(
                    b -> b.bucket(BUCKET)
                            .key("changed")
                            .metadata(stored.response().metadata()),
                    RequestBody.fromBytes(body));

            IntegrityException failure =
                    assertThrows(IntegrityException.class, () -> read(flavor, LegacyReads.aes(AES), get("changed")));
            assertTrue(String.valueOf(failure.getMessage()).contains(BUCKET + "/changed"), failure.getMessage());
        }
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void givesNothingOut_whenTheKeyIsAnother(Flavor flavor) {
        putWithInstructionFile("other-key", aes(), true);
        SecretKeySpec other = new SecretKeySpec(new byte[32], "AES");

        assertThrows(IntegrityException.class, () -> read(flavor, LegacyReads.aes(other), get("other-key")));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void takesARange_ofTheWholePlaintext(Flavor flavor) {
        putCbcOfTheSecondFormat("ranged");
        LegacyReads reads = LegacyReads.aes(AES);

        ResponseBytes<GetObjectResponse> middle = answer(
                flavor, reads, get("ranged").toBuilder().range("bytes=10-19").build());
        assertArrayEquals(Arrays.copyOfRange(PLAINTEXT, 10, 20), middle.asByteArray());
        assertEquals("bytes 10-19/" + PLAINTEXT.length, middle.response().contentRange());
        assertArrayEquals(
                Arrays.copyOfRange(PLAINTEXT, PLAINTEXT.length - 5, PLAINTEXT.length),
                read(flavor, reads, get("ranged").toBuilder().range("bytes=-5").build()));
        S3Exception past = assertThrows(
                S3Exception.class,
                () -> read(
                        flavor,
                        reads,
                        get("ranged").toBuilder()
                                .range("bytes=" + PLAINTEXT.length + "-")
                                .build()));
        assertEquals(416, past.statusCode());
        assertThrows(
                OperationRefusedException.class,
                () -> read(
                        flavor, reads, get("ranged").toBuilder().partNumber(1).build()));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void leavesOtherObjectsAlone(Flavor flavor) {
        s3.putObject(b -> b.bucket(BUCKET).key("plain"), RequestBody.fromString("plain"));
        EventLog.Mark start = aws.events().mark();

        assertEquals("plain", answer(flavor, LegacyReads.aes(AES), get("plain")).asUtf8String());

        assertEquals(3, aws.events().since(start).service("s3").size(), "HEAD, the look for an instruction file, GET");
        assertThrows(NoSuchKeyException.class, () -> read(flavor, LegacyReads.aes(AES), get("missing")));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void honoursConditions(Flavor flavor) {
        putCbcOfTheSecondFormat("conditional");
        String eTag = s3.headObject(b -> b.bucket(BUCKET).key("conditional")).eTag();

        assertArrayEquals(
                PLAINTEXT,
                read(
                        flavor,
                        LegacyReads.aes(AES),
                        get("conditional").toBuilder().ifMatch(eTag).build()));
        S3Exception unchanged = assertThrows(
                S3Exception.class,
                () -> read(
                        flavor,
                        LegacyReads.aes(AES),
                        get("conditional").toBuilder().ifNoneMatch(eTag).build()));
        assertEquals(304, unchanged.statusCode());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void isRefused_whenTheObjectIsLongerThanIsHeld(Flavor flavor) {
        putWithInstructionFile("long", aes(), true);
        LegacyReads small = LegacyReads.aes(AES).withMaxLength(PLAINTEXT.length);

        OperationRefusedException failure =
                assertThrows(OperationRefusedException.class, () -> read(flavor, small, get("long")));
        assertTrue(
                String.valueOf(failure.getMessage()).contains((PLAINTEXT.length + 16) + " bytes"),
                failure.getMessage());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void readsWithKms_andGivesItsExceptionWhenTheKeyIsDisabled(Flavor flavor) {
        LocalKey key = account.createKey();
        Keyring kms = KmsKeyring.builder()
                .kmsClient(aws.kms(alice))
                .wrappingKeyId(key.arn())
                .build();
        putWithInstructionFile("kms", kms, true);
        LegacyReads reads = LegacyReads.kms(aws.kms(alice), key.arn());

        assertArrayEquals(PLAINTEXT, read(flavor, reads, get("kms")));
        GetObjectRequest foreign = get("kms").toBuilder()
                .overrideConfiguration(o -> o.credentialsProvider(alice.credentialsProvider()))
                .build();
        assertThrows(OperationRefusedException.class, () -> read(flavor, reads, foreign));
        key.disable();
        assertThrows(DisabledException.class, () -> read(flavor, reads, get("kms")));
    }

    @Test
    void readsWithRsa() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair pair = generator.generateKeyPair();
        Keyring rsa = RsaKeyring.builder()
                .wrappingKeyPair(PartialRsaKeyPair.builder()
                        .publicKey(pair.getPublic())
                        .privateKey(pair.getPrivate())
                        .build())
                .build();
        putWithInstructionFile("rsa", rsa, false);

        assertArrayEquals(PLAINTEXT, read(Flavor.SYNC, LegacyReads.rsa(pair), get("rsa")));
    }
}
