package dev.s3envelope.interop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.KeyringException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.cache.DataKeyCache;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.kms.S3ecKmsKeyring;
import dev.s3envelope.local.EventLog;
import dev.s3envelope.local.LocalAccount;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalKey;
import dev.s3envelope.local.LocalUser;
import dev.s3envelope.s3.CachingS3ecMaterials;
import dev.s3envelope.s3.EnvelopeS3Client;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.encryption.s3.CommitmentPolicy;
import software.amazon.encryption.s3.S3AsyncEncryptionClient;
import software.amazon.encryption.s3.S3EncryptionClient;
import software.amazon.encryption.s3.algorithms.AlgorithmSuite;
import software.amazon.encryption.s3.materials.CryptographicMaterialsManager;
import software.amazon.encryption.s3.materials.DecryptMaterialsRequest;
import software.amazon.encryption.s3.materials.DecryptionMaterials;
import software.amazon.encryption.s3.materials.EncryptedDataKey;
import software.amazon.encryption.s3.materials.EncryptionMaterials;
import software.amazon.encryption.s3.materials.EncryptionMaterialsRequest;
import software.amazon.encryption.s3.materials.KmsKeyring;

/** The S3 Encryption Client itself, with its KMS keyring behind our cache, on LocalAws. */
class CachingS3ecMaterialsTest {
    private static final AlgorithmSuite V3 = AlgorithmSuite.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY;
    private static final AlgorithmSuite V2 = AlgorithmSuite.ALG_AES_256_GCM_IV12_TAG16_NO_KDF;
    private static final String BUCKET = "documents";

    private LocalAws aws;
    private LocalUser alice;
    private LocalKey key;
    private DataKeyCache cache;
    private CachingS3ecMaterials materials;

    @BeforeEach
    void start() {
        aws = LocalAws.start();
        LocalAccount account = aws.account("111122223333");
        alice = account.createUser("alice").allow("kms:*").allow("s3:*");
        key = account.createKey();
        aws.s3(alice).createBucket(b -> b.bucket(BUCKET));
        cache = DataKeyCache.builder().build();
        materials = CachingS3ecMaterials.builder()
                .cache(cache)
                .client(aws.kms(alice))
                .key(key.arn())
                .build();
    }

    @AfterEach
    void stop() {
        cache.close();
        aws.close();
    }

    private S3Client sync(CryptographicMaterialsManager manager) {
        return S3EncryptionClient.builderV4()
                .wrappedClient(aws.s3(alice))
                .wrappedAsyncClient(aws.s3Async(alice))
                .cryptoMaterialsManager(manager)
                .encryptionAlgorithm(V3)
                .commitmentPolicy(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
                .build();
    }

    private S3AsyncClient async(CryptographicMaterialsManager manager, AlgorithmSuite suite) {
        return S3AsyncEncryptionClient.builderV4()
                .wrappedClient(aws.s3Async(alice))
                .cryptoMaterialsManager(manager)
                .encryptionAlgorithm(suite)
                .commitmentPolicy(
                        suite == V3
                                ? CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT
                                : CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT)
                .build();
    }

    private S3Client stock() {
        return S3EncryptionClient.builderV4()
                .wrappedClient(aws.s3(alice))
                .wrappedAsyncClient(aws.s3Async(alice))
                .keyring(KmsKeyring.builder()
                        .kmsClient(aws.kms(alice))
                        .wrappingKeyId(key.arn())
                        .build())
                .build();
    }

    private Map<String, Integer> kmsCalls(EventLog.Mark since) {
        return aws.events().since(since).service("kms").counts();
    }

    private static byte[] content(int i) {
        return Messages.random(i, 1_000 + i);
    }

    @Test
    void aHundredPutsAndGets_costTwoCalls_andTheStockClientReadsThem() {
        S3Client s3 = sync(materials);
        EventLog.Mark start = aws.events().mark();
        for (int i = 0; i < 100; i++) {
            String name = "o" + i;
            s3.putObject(b -> b.bucket(BUCKET).key(name), RequestBody.fromBytes(content(i)));
        }
        for (int i = 0; i < 100; i++) {
            assertArrayEquals(content(i), read(s3, "o" + i));
        }
        assertEquals(Map.of("kms:Decrypt", 1, "kms:GenerateDataKey", 1), kmsCalls(start));

        S3Client stock = stock();
        for (int i = 0; i < 100; i += 9) {
            assertArrayEquals(content(i), read(stock, "o" + i));
        }
    }

    @Test
    void asyncClient_isServedFromTheCacheToo() {
        S3AsyncClient s3 = async(materials, V3);
        EventLog.Mark start = aws.events().mark();
        for (int i = 0; i < 10; i++) {
            String name = "a" + i;
            s3.putObject(b -> b.bucket(BUCKET).key(name), AsyncRequestBody.fromBytes(content(i)))
                    .join();
            assertArrayEquals(content(i), read(s3, name));
        }
        assertEquals(Map.of("kms:Decrypt", 1, "kms:GenerateDataKey", 1), kmsCalls(start));
    }

    @Test
    void everyObject_hasAMessageIdAndSoAContentKeyOfItsOwn() {
        S3Client s3 = sync(materials);
        Set<String> wrapped = new HashSet<>();
        Set<String> messageIds = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            s3.putObject(b -> b.bucket(BUCKET).key("same"), RequestBody.fromString("the same"));
            Map<String, String> stored =
                    aws.s3(alice).headObject(b -> b.bucket(BUCKET).key("same")).metadata();
            assertEquals("115", stored.get("x-amz-c"), "the committing suite");
            wrapped.add(assertNotNullText(stored.get("x-amz-3")));
            messageIds.add(assertNotNullText(stored.get("x-amz-i")));
        }
        assertEquals(1, wrapped.size(), "one data key");
        assertEquals(20, messageIds.size(), "a message id for each object");
    }

    @Test
    void stockClientsObjects_areReadWithOneCallForEachDataKey() {
        S3Client stock = stock();
        stock.putObject(b -> b.bucket(BUCKET).key("theirs"), RequestBody.fromBytes(content(1)));
        S3Client s3 = sync(materials);
        EventLog.Mark start = aws.events().mark();
        for (int i = 0; i < 5; i++) {
            assertArrayEquals(content(1), read(s3, "theirs"));
        }
        assertEquals(Map.of("kms:Decrypt", 1), kmsCalls(start));
    }

    @Test
    void ourClient_readsThem() {
        sync(materials).putObject(b -> b.bucket(BUCKET).key("for-us"), RequestBody.fromBytes(content(3)));
        EnvelopeS3Client ours = EnvelopeS3Client.builder()
                .wrapping(aws.s3(alice))
                .policy(EncryptionPolicy.always(EncryptionMode.bucketDefault()))
                .s3ecKeyring(S3ecKmsKeyring.builder()
                        .client(aws.kms(alice))
                        .key(key.arn())
                        .build())
                .build();
        assertArrayEquals(content(3), read(ours, "for-us"));
    }

    @Test
    void suiteWithoutKeyDerivation_isNeverCached() {
        S3AsyncClient s3 = async(materials, V2);
        EventLog.Mark start = aws.events().mark();
        Set<String> wrapped = new HashSet<>();
        for (int i = 0; i < 4; i++) {
            s3.putObject(b -> b.bucket(BUCKET).key("v2"), AsyncRequestBody.fromBytes(content(i)))
                    .join();
            Map<String, String> stored =
                    aws.s3(alice).headObject(b -> b.bucket(BUCKET).key("v2")).metadata();
            assertEquals("AES/GCM/NoPadding", stored.get("x-amz-cek-alg"));
            wrapped.add(assertNotNullText(stored.get("x-amz-key-v2")));
            assertArrayEquals(content(i), read(s3, "v2"));
        }
        assertEquals(Map.of("kms:Decrypt", 4, "kms:GenerateDataKey", 4), kmsCalls(start));
        assertEquals(4, wrapped.size(), "a data key for each object");
        assertEquals(0, cache.statistics().entries());
    }

    @Test
    void anotherContextThanTheStoredOne_isRefusedOnAHit() {
        Map<String, String> tenant = Map.of("tenant", "seven");
        S3AsyncClient s3 = async(materials, V3);
        s3.putObject(with(tenant, "t"), AsyncRequestBody.fromBytes(content(5))).join();
        assertArrayEquals(content(5), read(s3, getWith(tenant, "t")));
        EventLog.Mark warm = aws.events().mark();
        assertArrayEquals(content(5), read(s3, getWith(tenant, "t")));

        for (Map<String, String> other :
                List.of(Map.<String, String>of(), Map.of("tenant", "eight"), Map.of("tenant", "seven", "more", "x"))) {
            Throwable refused = assertThrows(RuntimeException.class, () -> read(s3, getWith(other, "t")));
            assertTrue(hasCause(refused, IntegrityException.class), () -> "not refused for its context: " + refused);
        }
        assertEquals(Map.of(), kmsCalls(warm), "neither the hits nor the refusals asked KMS");
    }

    @Test
    void contextsAndBuckets_haveDataKeysOfTheirOwn() {
        aws.s3(alice).createBucket(b -> b.bucket("other"));
        EventLog.Mark start = aws.events().mark();
        for (int i = 0; i < 3; i++) {
            for (String bucket : List.of(BUCKET, "other")) {
                for (String tenant : List.of("seven", "eight")) {
                    encrypt(PutObjectRequest.builder()
                            .bucket(bucket)
                            .key("k" + i)
                            .overrideConfiguration(
                                    S3AsyncEncryptionClient.withAdditionalEncryptionContext(Map.of("tenant", tenant)))
                            .build());
                }
            }
        }
        assertEquals(Map.of("kms:GenerateDataKey", 4), kmsCalls(start));
    }

    @Test
    void materialsAreCopies_thatNeitherEvictionNorTheirUserChangesForOthers() {
        EncryptionMaterials first = encrypt(plain("a"));
        EncryptionMaterials second = encrypt(plain("b"));
        byte[] dataKey = first.plaintextDataKey();
        first.setKeyCommitment(new byte[28]);
        Arrays.fill(first.dataKey().getEncoded(), (byte) 0);
        EncryptedDataKey wrapped = second.encryptedDataKeys().get(0);
        Arrays.fill(wrapped.encryptedDatakey(), (byte) 0);

        cache.invalidateAll();

        assertArrayEquals(dataKey, first.plaintextDataKey(), "what is in use stays");
        assertArrayEquals(dataKey, second.plaintextDataKey());
        assertFalse(Arrays.equals(new byte[32], dataKey));
        assertNotNull(second.encryptionContext());
        assertArrayEquals(
                dataKey,
                decrypt(V3, second.encryptedDataKeys(), second.encryptionContext())
                        .plaintextDataKey());
        assertFalse(Arrays.equals(dataKey, encrypt(plain("c")).plaintextDataKey()), "a new one after the eviction");
    }

    @Test
    void rangesInCounterMode_useTheSameCachedKey() {
        EncryptionMaterials made = encrypt(plain("a"));
        EventLog.Mark start = aws.events().mark();
        for (AlgorithmSuite suite : List.of(V3, AlgorithmSuite.ALG_AES_256_CTR_HKDF_SHA512_COMMIT_KEY)) {
            DecryptionMaterials opened = decrypt(suite, made.encryptedDataKeys(), made.encryptionContext());
            assertArrayEquals(made.plaintextDataKey(), opened.plaintextDataKey());
            assertEquals(suite, opened.algorithmSuite());
        }
        assertEquals(Map.of("kms:Decrypt", 1), kmsCalls(start));
    }

    @ParameterizedTest
    @EnumSource(
            value = AlgorithmSuite.class,
            names = {"ALG_AES_256_GCM_IV12_TAG16_NO_KDF", "ALG_AES_256_CTR_IV16_TAG16_NO_KDF"})
    void contextOfTheOtherSuite_isRefused(AlgorithmSuite suite) {
        EncryptionMaterials made = encrypt(plain("a"));
        assertThrows(
                IntegrityException.class,
                () -> decrypt(suite, made.encryptedDataKeys(), made.encryptionContext()),
                "metadata rewritten to a suite without commitment");
    }

    @Test
    void whatIsNotOurs_isRefused() {
        EncryptionMaterials made = encrypt(plain("a"));
        EncryptedDataKey v1 = EncryptedDataKey.builder()
                .keyProviderId("S3Keyring")
                .keyProviderInfo("kms")
                .encryptedDataKey(new byte[16])
                .build();
        assertThrows(KeyringException.class, () -> decrypt(V3, List.of(v1), made.encryptionContext()));
        assertThrows(
                OperationRefusedException.class,
                () -> decrypt(
                        AlgorithmSuite.ALG_AES_256_CBC_IV16_NO_KDF,
                        made.encryptedDataKeys(),
                        made.encryptionContext()));
        assertThrows(
                IllegalEncryptionException.class,
                () -> encrypt(PutObjectRequest.builder()
                        .bucket(BUCKET)
                        .key("reserved")
                        .overrideConfiguration(S3AsyncEncryptionClient.withAdditionalEncryptionContext(
                                Map.of("aws:x-amz-cek-alg", "AES/GCM/NoPadding")))
                        .build()));
    }

    @Test
    void multipartUpload_takesItsKeyFromTheCache() {
        S3Client s3 = sync(materials);
        s3.putObject(plain("warm"), RequestBody.fromString("warm"));
        EventLog.Mark start = aws.events().mark();
        String upload =
                s3.createMultipartUpload(b -> b.bucket(BUCKET).key("parts")).uploadId();
        byte[] part = Messages.random(9, 5 << 20);
        String eTag = s3.uploadPart(
                        b -> b.bucket(BUCKET)
                                .key("parts")
                                .uploadId(upload)
                                .partNumber(1)
                                .contentLength((long) part.length)
                                .sdkPartType(software.amazon.awssdk.services.s3.model.SdkPartType.LAST),
                        RequestBody.fromBytes(part))
                .eTag();
        s3.completeMultipartUpload(b -> b.bucket(BUCKET)
                .key("parts")
                .uploadId(upload)
                .multipartUpload(m -> m.parts(p -> p.partNumber(1).eTag(eTag))));
        assertEquals(Map.of(), kmsCalls(start));
        assertArrayEquals(part, read(stock(), "parts"));
    }

    private EncryptionMaterials encrypt(PutObjectRequest request) {
        return materials.getEncryptionMaterials(EncryptionMaterialsRequest.builder()
                .s3Request(request)
                .encryptionAlgorithm(V3)
                .plaintextLength(10)
                .build());
    }

    private DecryptionMaterials decrypt(
            AlgorithmSuite suite, List<EncryptedDataKey> wrapped, Map<String, String> context) {
        return materials.decryptMaterials(DecryptMaterialsRequest.builder()
                .s3Request(GetObjectRequest.builder().bucket(BUCKET).key("k").build())
                .algorithmSuite(suite)
                .encryptedDataKeys(wrapped)
                .encryptionContext(context)
                .ciphertextLength(26)
                .build());
    }

    private static PutObjectRequest plain(String name) {
        return PutObjectRequest.builder().bucket(BUCKET).key(name).build();
    }

    private static PutObjectRequest with(Map<String, String> context, String name) {
        return plain(name).toBuilder()
                .overrideConfiguration(S3AsyncEncryptionClient.withAdditionalEncryptionContext(context))
                .build();
    }

    private static GetObjectRequest getWith(Map<String, String> context, String name) {
        GetObjectRequest.Builder request =
                GetObjectRequest.builder().bucket(BUCKET).key(name);
        return context.isEmpty()
                ? request.build()
                : request.overrideConfiguration(S3AsyncEncryptionClient.withAdditionalEncryptionContext(context))
                        .build();
    }

    private static byte[] read(S3Client s3, String name) {
        return s3.getObjectAsBytes(b -> b.bucket(BUCKET).key(name)).asByteArray();
    }

    private static byte[] read(S3AsyncClient s3, String name) {
        return read(s3, getWith(Map.of(), name));
    }

    private static byte[] read(S3AsyncClient s3, GetObjectRequest request) {
        return s3.getObject(request, AsyncResponseTransformer.toBytes()).join().asByteArray();
    }

    private static boolean hasCause(Throwable failure, Class<? extends Throwable> type) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (type.isInstance(t)) {
                return true;
            }
        }
        return false;
    }

    private static String assertNotNullText(@Nullable String text) {
        return assertInstanceOf(String.class, text);
    }
}
