package dev.s3envelope.s3;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.KeyringException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.cache.DataKeyCache;
import dev.s3envelope.core.keyring.DataKey;
import dev.s3envelope.core.keyring.EncryptionContext;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.keyring.WrappedKey;
import dev.s3envelope.core.s3ec.S3ecKmsContext;
import dev.s3envelope.core.s3ec.S3ecSuite;
import dev.s3envelope.core.s3ec.S3ecWrapping;
import dev.s3envelope.kms.KmsKeyring;
import dev.s3envelope.s3.internal.clientside.Stages;
import java.security.Provider;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.model.S3Request;
import software.amazon.encryption.s3.S3EncryptionClient;
import software.amazon.encryption.s3.algorithms.AlgorithmSuite;
import software.amazon.encryption.s3.materials.CryptographicMaterialsManager;
import software.amazon.encryption.s3.materials.DecryptMaterialsRequest;
import software.amazon.encryption.s3.materials.DecryptionMaterials;
import software.amazon.encryption.s3.materials.EncryptedDataKey;
import software.amazon.encryption.s3.materials.EncryptionMaterials;
import software.amazon.encryption.s3.materials.EncryptionMaterialsRequest;
import software.amazon.encryption.s3.materials.S3Keyring;

/**
 * A {@link DataKeyCache} for applications that stay with amazon-s3-encryption-client-java: KMS is asked once per bucket, encryption context and
 * window instead of once per object. The objects are those of that client's own KMS keyring, and it reads them without this class.
 *
 * <pre>{@code
 * S3Client s3 = S3EncryptionClient.builderV4()
 *         .cryptoMaterialsManager(CachingS3ecMaterials.builder().cache(cache).client(kms).key(keyArn).build())
 *         .build();
 * }</pre>
 *
 * <ul>
 *   <li><b>Why a data key may serve many objects.</b> Under the committing suite (0x0073, V3) it encrypts none. Each object has a content key of its
 *       own, HKDF-SHA-512 of the data key with the object's random message id of 224 bits, and that key one fixed nonce, used once. Two objects
 *       would have to draw the same message id: among 2^32 objects, the most that {@link dev.s3envelope.core.cache.CacheLimits} admits under one data key, at
 *       odds below 2^-160. Source: {@code s3-encryption/encryption.md} of the AWS Encryption SDK specification.
 *   <li><b>What is never cached.</b> The suite without key derivation (0x0072, V2), where a data key encrypts content itself: KMS is asked for every object.
 *   <li><b>What is checked on a hit.</b> As on a miss: the context the request gives ({@code withAdditionalEncryptionContext}) must be
 *       the one stored with the object, before the cache is asked; and the cache is keyed by the whole context, suite and bucket.
 *   <li><b>What sharing means.</b> Whoever learns a data key can read all objects of its bucket, context and window. As ever with that client, an object
 *       is not bound to its name. A permission that was taken away goes unnoticed for at most the age.
 *   <li><b>Whose copies are zeroed.</b> The cache's, when its last user is done. That client's materials are mutable and hold copies of their own, so that an
 *       eviction takes nothing from a transfer under way; it does not zero them, cached or not.
 * </ul>
 *
 * <p>Reads that client's {@code kms+context} wrapping; {@code kms} of V1, AES and RSA keys are refused. KMS is called with the KMS client's credentials, as
 * that client's own keyring does, on the calling thread: that client asks on an event loop when it reads, so that only a {@link KmsClient} will do. Safe for use
 * by several threads; cache and client stay the caller's to close.
 */
public final class CachingS3ecMaterials implements CryptographicMaterialsManager {
    private final Keyring keyring;
    private final KeyArn key;
    private final @Nullable Provider cryptoProvider;

    private CachingS3ecMaterials(Keyring keyring, KeyArn key, @Nullable Provider cryptoProvider) {
        this.keyring = keyring;
        this.key = key;
        this.cryptoProvider = cryptoProvider;
    }

    /** Starts without cache, client and key. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public EncryptionMaterials getEncryptionMaterials(EncryptionMaterialsRequest request) {
        S3ecSuite suite = suite(request.encryptionAlgorithm());
        Map<String, String> given = new HashMap<>(request.encryptionContext());
        given.putAll(callers(request.s3Request()));
        Map<String, String> context = S3ecKmsContext.forWrite(suite, given);
        long length = request.plaintextLength();
        try (dev.s3envelope.core.keyring.EncryptionMaterials made =
                Stages.join(keyring.generate(new dev.s3envelope.core.keyring.EncryptionMaterialsRequest(
                        derivation(suite),
                        EncryptionContext.of(context),
                        bucket(request.s3Request()),
                        length < 0 ? OptionalLong.empty() : OptionalLong.of(length))))) {
            EncryptedDataKey wrapped = EncryptedDataKey.builder()
                    .keyProviderId(S3Keyring.KEY_PROVIDER_ID)
                    .keyProviderInfo(S3ecWrapping.KMS_CONTEXT.v2Name())
                    .encryptedDataKey(made.wrappedKeys().get(0).ciphertext())
                    .build();
            return withPlaintext(
                    made.dataKey(),
                    plaintext -> EncryptionMaterials.builder()
                            .s3Request(request.s3Request())
                            .algorithmSuite(request.encryptionAlgorithm())
                            .encryptionContext(context)
                            .encryptedDataKeys(List.of(wrapped))
                            .plaintextDataKey(plaintext)
                            .plaintextLength(length)
                            .cryptoProvider(cryptoProvider)
                            .build());
        }
    }

    @Override
    public DecryptionMaterials decryptMaterials(DecryptMaterialsRequest request) {
        S3ecSuite suite = suite(request.algorithmSuite());
        WrappedKey wrapped = WrappedKey.kms(key.text(), onlyKey(request).encryptedDatakey());
        Map<String, String> context =
                S3ecKmsContext.forRead(suite, request.encryptionContext(), callers(request.s3Request()));
        try (DataKey dataKey = Stages.join(keyring.unwrap(new dev.s3envelope.core.keyring.DecryptionMaterialsRequest(
                derivation(suite), EncryptionContext.of(context), List.of(wrapped), bucket(request.s3Request()))))) {
            return withPlaintext(
                    dataKey,
                    plaintext -> DecryptionMaterials.builder()
                            .s3Request(request.s3Request())
                            .algorithmSuite(request.algorithmSuite())
                            .encryptionContext(context)
                            .materialsDescription(request.materialsDescription())
                            .plaintextDataKey(plaintext)
                            .ciphertextLength(request.ciphertextLength())
                            .contentRange(request.contentRange())
                            .keyCommitment(request.keyCommitment())
                            .cryptoProvider(cryptoProvider)
                            .build());
        }
    }

    /** The builders of the materials copy the key; ours is zeroed. */
    private static <M> M withPlaintext(DataKey dataKey, Function<byte[], M> build) {
        byte[] plaintext = dataKey.use(secret -> secret.getEncoded());
        try {
            return build.apply(plaintext);
        } finally {
            Arrays.fill(plaintext, (byte) 0);
        }
    }

    private static EncryptedDataKey onlyKey(DecryptMaterialsRequest request) {
        List<EncryptedDataKey> keys = request.encryptedDataKeys();
        if (keys.size() != 1 || !keys.get(0).keyProviderInfo().equals(S3ecWrapping.KMS_CONTEXT.v2Name())) {
            throw new KeyringException("The object's data key is wrapped with "
                    + keys.stream().map(EncryptedDataKey::keyProviderInfo).toList()
                    + ", and this opens one wrapped with "
                    + S3ecWrapping.KMS_CONTEXT.v2Name()
                    + ". Read the object with the S3 Encryption Client's own keyring.");
        }
        return keys.get(0);
    }

    /** The format's suite; a range of an object is read with the counter mode that belongs to it. */
    private static S3ecSuite suite(AlgorithmSuite suite) {
        return switch (suite) {
            case ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY, ALG_AES_256_CTR_HKDF_SHA512_COMMIT_KEY ->
                S3ecSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY;
            case ALG_AES_256_GCM_IV12_TAG16_NO_KDF, ALG_AES_256_CTR_IV16_TAG16_NO_KDF -> S3ecSuite.AES_256_GCM_NO_KDF;
            case ALG_AES_256_CBC_IV16_NO_KDF ->
                throw new OperationRefusedException("Objects in AES-CBC have no authentication and are not read here."
                        + " Read them with the S3 Encryption Client's own keyring, and write them anew.");
        };
    }

    /** What the cache must know of a suite: how long its data keys are, and whether one may serve several objects. */
    private static dev.s3envelope.core.crypto.AlgorithmSuite derivation(S3ecSuite suite) {
        return suite.cacheable()
                ? dev.s3envelope.core.crypto.AlgorithmSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY
                : dev.s3envelope.core.crypto.AlgorithmSuite.AES_256_GCM_NO_KDF;
    }

    private static Map<String, String> callers(S3Request request) {
        return request.overrideConfiguration()
                .flatMap(override ->
                        override.executionAttributes().getOptionalAttribute(S3EncryptionClient.ENCRYPTION_CONTEXT))
                .orElse(Map.of());
    }

    private static Optional<String> bucket(S3Request request) {
        return request.getValueForField("Bucket", String.class);
    }

    /** Names the key. */
    @Override
    public String toString() {
        return "materials of the S3 Encryption Client, " + keyring;
    }

    /** Builds a {@link CachingS3ecMaterials}. Not safe for use by several threads. */
    public static final class Builder {
        private @Nullable DataKeyCache cache;
        private @Nullable KmsClient client;
        private @Nullable KeyArn key;
        private @Nullable Provider cryptoProvider;

        private Builder() {}

        /** Sets the cache; one may serve several of these and client-side modes too. Required. */
        public Builder cache(DataKeyCache cache) {
            this.cache = Objects.requireNonNull(cache, "cache");
            return this;
        }

        /** Sets the KMS client, of the key's Region. Required. */
        public Builder client(KmsClient client) {
            this.client = Objects.requireNonNull(client, "client");
            return this;
        }

        /**
         * Sets the key that wraps and unwraps data keys, as a full ARN. Required.
         *
         * @throws dev.s3envelope.core.IllegalKeyException if it is none
         */
        public Builder key(String keyArn) {
            this.key = KeyArn.parse(keyArn);
            return this;
        }

        /** Sets the JCA provider the S3 Encryption Client uses; as its own builder's {@code cryptoProvider}. The platform's by default. */
        public Builder cryptoProvider(Provider provider) {
            this.cryptoProvider = Objects.requireNonNull(provider, "provider");
            return this;
        }

        /**
         * The materials manager.
         *
         * @throws IllegalArgumentException if the client is of another Region than the key
         */
        public CachingS3ecMaterials build() {
            if (cache == null || client == null || key == null) {
                throw new EnvelopeException("Cached materials need a cache, a KMS client and the ARN of a key.");
            }
            Keyring kms = KmsKeyring.builder().client(client).generator(key).build();
            return new CachingS3ecMaterials(cache.over(kms), key, cryptoProvider);
        }
    }
}
