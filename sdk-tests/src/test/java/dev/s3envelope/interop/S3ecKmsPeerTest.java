package dev.s3envelope.interop;

import static dev.s3envelope.interop.Messages.join;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.KeyringException;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.DataKey;
import dev.s3envelope.core.keyring.RequestCredentials;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.s3ec.HoldBack;
import dev.s3envelope.core.s3ec.S3ecAesKeyring;
import dev.s3envelope.core.s3ec.S3ecDecryptor;
import dev.s3envelope.core.s3ec.S3ecEncryptor;
import dev.s3envelope.core.s3ec.S3ecEnvelope;
import dev.s3envelope.core.s3ec.S3ecKeyring;
import dev.s3envelope.core.s3ec.S3ecMaterials;
import dev.s3envelope.core.s3ec.S3ecMetadata;
import dev.s3envelope.core.s3ec.S3ecSuite;
import dev.s3envelope.core.s3ec.VerifiedPlaintext;
import dev.s3envelope.local.Event;
import dev.s3envelope.local.EventLog;
import dev.s3envelope.local.LocalAccount;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalKey;
import dev.s3envelope.local.LocalUser;
import dev.s3envelope.s3.EnvelopeS3AsyncClient;
import dev.s3envelope.s3.EnvelopeS3Client;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.kms.model.DisabledException;
import software.amazon.awssdk.services.kms.model.IncorrectKeyException;
import software.amazon.awssdk.services.kms.model.InvalidCiphertextException;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.encryption.s3.CommitmentPolicy;
import software.amazon.encryption.s3.S3AsyncEncryptionClient;
import software.amazon.encryption.s3.algorithms.AlgorithmSuite;
import software.amazon.encryption.s3.materials.KmsKeyring;

/** amazon-s3-encryption-client-java with its KMS keyring and ours, both ways, on one LocalAws. */
class S3ecKmsPeerTest {
    private static final CryptoProvider JDK = CryptoProvider.jdk();
    private static final S3ecSuite V3 = S3ecSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY;
    private static final Map<String, String> CONTEXT = Map.of("tenant", "seven", "path", "a/b c");

    /** The peer reads it, but writes it into a header as it is, so that its signature is refused. */
    private static final Map<String, String> BEYOND_ASCII = Map.of("path", "d\u00e9p\u00f4t \u2713");

    private static final byte[] PLAINTEXT = Messages.random(7, 100_003);

    private static LocalAws aws;
    private static LocalAccount account;
    private static LocalUser alice;
    private static LocalKey key;
    private static S3Client s3;

    @BeforeAll
    static void start() {
        aws = LocalAws.start();
        account = aws.account("111122223333");
        alice = account.createUser("alice").allow("kms:*").allow("s3:*");
        key = account.createKey();
        s3 = aws.s3(alice);
        s3.createBucket(b -> b.bucket("documents"));
    }

    @AfterAll
    static void stop() {
        aws.close();
    }

    static Stream<Arguments> flavorsAndSuites() {
        return Stream.of(Flavor.values())
                .flatMap(flavor -> Stream.of(S3ecSuite.values()).map(suite -> Arguments.of(flavor, suite)));
    }

    private static S3AsyncClient peer(S3ecSuite writes) {
        boolean v3 = writes == V3;
        return S3AsyncEncryptionClient.builderV4()
                .wrappedClient(aws.s3Async(alice))
                .keyring(KmsKeyring.builder()
                        .kmsClient(aws.kms(alice))
                        .wrappingKeyId(key.arn())
                        .build())
                .encryptionAlgorithm(
                        v3
                                ? AlgorithmSuite.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY
                                : AlgorithmSuite.ALG_AES_256_GCM_IV12_TAG16_NO_KDF)
                .commitmentPolicy(
                        v3
                                ? CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT
                                : CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT)
                .build();
    }

    private static S3ecKeyring ours(Flavor flavor) {
        return flavor.s3ec(aws, alice).key(key.arn()).build();
    }

    private static void peerPuts(S3ecSuite suite, String name) {
        peer(suite)
                .putObject(
                        b -> b.bucket("documents")
                                .key(name)
                                .overrideConfiguration(
                                        S3AsyncEncryptionClient.withAdditionalEncryptionContext(CONTEXT)),
                        AsyncRequestBody.fromBytes(PLAINTEXT))
                .join();
    }

    private static void wePut(S3ecKeyring keyring, String name) {
        wePut(keyring, name, CONTEXT);
    }

    private static void wePut(S3ecKeyring keyring, String name, Map<String, String> context) {
        try (S3ecMaterials materials = join(keyring.generate(V3, context));
                S3ecEncryptor encryptor =
                        S3ecEncryptor.start(JDK, new SecureRandom(), materials, OptionalLong.of(PLAINTEXT.length))) {
            byte[] out = new byte[S3ecEncryptor.outputSize(PLAINTEXT.length) + S3ecEncryptor.outputSize(0)];
            int n = encryptor.update(PLAINTEXT, 0, PLAINTEXT.length, out, 0);
            n += encryptor.finish(out, n);
            byte[] body = Arrays.copyOf(out, n);
            s3.putObject(
                    b -> b.bucket("documents").key(name).metadata(S3ecMetadata.toMetadata(encryptor.envelope())),
                    RequestBody.fromBytes(body));
        }
    }

    private static S3ecEnvelope envelope(String name) {
        return S3ecMetadata.parse(
                s3.headObject(b -> b.bucket("documents").key(name)).metadata());
    }

    private static byte[] weGet(S3ecKeyring keyring, String name, Map<String, String> context) {
        ResponseBytes<GetObjectResponse> stored =
                s3.getObjectAsBytes(b -> b.bucket("documents").key(name));
        S3ecEnvelope envelope = S3ecMetadata.parse(stored.response().metadata());
        byte[] body = stored.asByteArray();
        try (DataKey dataKey = join(keyring.unwrap(envelope, context));
                S3ecDecryptor decryptor = S3ecDecryptor.start(
                        JDK, envelope, dataKey, OptionalLong.of(body.length), HoldBack.defaults())) {
            decryptor.update(body, 0, body.length);
            try (VerifiedPlaintext plaintext = decryptor.finish()) {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                plaintext.transferTo(out);
                return out.toByteArray();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void peerReadsOurs_inV3(Flavor flavor) {
        String name = "ours-" + flavor;
        EventLog.Mark start = aws.events().mark();
        wePut(ours(flavor), name, BEYOND_ASCII);

        byte[] read = peer(V3).getObject(
                        b -> b.bucket("documents")
                                .key(name)
                                .overrideConfiguration(
                                        S3AsyncEncryptionClient.withAdditionalEncryptionContext(BEYOND_ASCII)),
                        AsyncResponseTransformer.toBytes())
                .join()
                .asByteArray();

        assertArrayEquals(PLAINTEXT, read);
        Map<String, String> sent = new HashMap<>(BEYOND_ASCII);
        sent.put("aws:x-amz-cek-alg", "115");
        List<Event> calls = aws.events().since(start).service("kms").list();
        assertEquals(
                List.of("GenerateDataKey", "Decrypt"),
                calls.stream().map(Event::operation).toList());
        calls.forEach(call -> assertEquals(sent, call.encryptionContext()));
    }

    @ParameterizedTest
    @MethodSource("flavorsAndSuites")
    void readsThePeers_inV3AndV2(Flavor flavor, S3ecSuite suite) {
        String name = "theirs-" + flavor + suite;
        peerPuts(suite, name);

        assertEquals(suite, envelope(name).suite());
        assertArrayEquals(PLAINTEXT, weGet(ours(flavor), name, CONTEXT));
    }

    @ParameterizedTest
    @MethodSource("flavorsAndSuites")
    void isRefused_whenTheReaderExpectsAnotherContext(Flavor flavor, S3ecSuite suite) {
        String name = "context-" + flavor + suite;
        peerPuts(suite, name);
        EventLog.Mark start = aws.events().mark();

        for (Map<String, String> other : List.of(Map.<String, String>of(), Map.of("tenant", "eight", "path", "x"))) {
            assertThrows(IntegrityException.class, () -> weGet(ours(flavor), name, other));
        }
        assertEquals(List.of(), aws.events().since(start).service("kms").list());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void isRefusedByKms_whenStoredContextAndExpectationWereBothChanged(Flavor flavor) {
        String name = "forged-" + flavor;
        wePut(ours(flavor), name);
        Map<String, String> metadata = new HashMap<>(
                s3.headObject(b -> b.bucket("documents").key(name)).metadata());
        metadata.put("x-amz-t", "{\"aws:x-amz-cek-alg\":\"115\",\"tenant\":\"eight\"}");
        S3ecEnvelope forged = S3ecMetadata.parse(metadata);

        assertThrows(
                InvalidCiphertextException.class, () -> join(ours(flavor).unwrap(forged, Map.of("tenant", "eight"))));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void refusesTheReservedKey_andOtherWrappings(Flavor flavor) {
        assertThrows(
                IllegalEncryptionException.class,
                () -> join(ours(flavor).generate(V3, Map.of("aws:x-amz-cek-alg", "115"))));
        S3ecKeyring local = new S3ecAesKeyring(JDK, new SecureRandom(), new byte[32]);
        wePut(local, "local-" + flavor);

        KeyringException failure = assertThrows(
                KeyringException.class, () -> join(ours(flavor).unwrap(envelope("local-" + flavor), Map.of())));
        assertTrue(String.valueOf(failure.getMessage()).contains("AES/GCM"), failure.getMessage());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void triesItsKeysInOrder_untilKmsKnowsTheRightOne(Flavor flavor) {
        String name = "second-" + flavor;
        wePut(ours(flavor), name);
        LocalKey newer = account.createKey();
        S3ecKeyring both = flavor.s3ec(aws, alice)
                .key(newer.arn())
                .alsoOpenWith(KeyArn.parse(key.arn()))
                .build();
        S3ecKeyring newerOnly = flavor.s3ec(aws, alice).key(newer.arn()).build();

        assertArrayEquals(PLAINTEXT, weGet(both, name, CONTEXT));
        assertThrows(IncorrectKeyException.class, () -> weGet(newerOnly, name, CONTEXT));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void givesTheOriginalException_whenTheKeyIsDisabled(Flavor flavor) {
        LocalKey mine = account.createKey();
        S3ecKeyring keyring = flavor.s3ec(aws, alice)
                .key(mine.arn())
                .alsoOpenWith(KeyArn.parse(key.arn()))
                .build();
        wePut(keyring, "disabled-" + flavor);
        mine.disable();

        assertThrows(DisabledException.class, () -> weGet(keyring, "disabled-" + flavor, CONTEXT));
        assertThrows(DisabledException.class, () -> wePut(keyring, "disabled-" + flavor));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void signsWithTheCredentialsOfTheRequest(Flavor flavor) {
        LocalUser bob = account.createUser("bob-" + flavor).allow("kms:Decrypt", key.arn());
        wePut(ours(flavor), "bob-" + flavor);
        S3ecKeyring asBob = join(ours(flavor).onBehalfOf(RequestCredentials.of(bob.credentialsProvider())));
        EventLog.Mark start = aws.events().mark();

        assertArrayEquals(PLAINTEXT, weGet(asBob, "bob-" + flavor, CONTEXT));
        KmsException denied = assertThrows(KmsException.class, () -> join(asBob.generate(V3, CONTEXT)));

        assertEquals("AccessDeniedException", denied.awsErrorDetails().errorCode());
        aws.events()
                .since(start)
                .service("kms")
                .list()
                .forEach(call -> assertEquals(bob.arn(), call.principalArn().orElseThrow()));
    }

    @ParameterizedTest
    @EnumSource(S3ecSuite.class)
    void clientsReadThePeers_onBehalfOfTheRequest(S3ecSuite suite) {
        LocalUser carol = account.createUser("carol-" + suite).allow("s3:*").allow("kms:Decrypt", key.arn());
        peerPuts(suite, "clients");
        EncryptionPolicy policy = EncryptionPolicy.always(EncryptionMode.bucketDefault());
        GetObjectRequest asCarol = GetObjectRequest.builder()
                .bucket("documents")
                .key("clients")
                .overrideConfiguration(o -> o.credentialsProvider(carol.credentialsProvider()))
                .build();
        EventLog.Mark start = aws.events().mark();

        assertArrayEquals(
                PLAINTEXT,
                EnvelopeS3Client.builder()
                        .wrapping(s3)
                        .policy(policy)
                        .s3ecKeyring(ours(Flavor.SYNC))
                        .build()
                        .getObjectAsBytes(asCarol)
                        .asByteArray());
        try (EnvelopeS3AsyncClient client = EnvelopeS3AsyncClient.builder()
                .wrapping(aws.s3Async(alice))
                .policy(policy)
                .s3ecKeyring(ours(Flavor.ASYNC))
                .build()) {
            assertArrayEquals(
                    PLAINTEXT,
                    join(client.getObject(asCarol, AsyncResponseTransformer.toBytes()))
                            .asByteArray());
        }

        List<Event> calls = aws.events().since(start).list();
        assertEquals(4, calls.size());
        calls.forEach(call -> assertEquals(carol.arn(), call.principalArn().orElseThrow()));
    }
}
