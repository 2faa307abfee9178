package dev.s3envelope.core.s3ec;

import java.util.Map;
import javax.crypto.spec.SecretKeySpec;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.SdkPartType;
import software.amazon.encryption.s3.CommitmentPolicy;
import software.amazon.encryption.s3.S3AsyncEncryptionClient;
import software.amazon.encryption.s3.S3EncryptionClient;
import software.amazon.encryption.s3.algorithms.AlgorithmSuite;
import software.amazon.encryption.s3.materials.AesKeyring;
import software.amazon.encryption.s3.materials.Keyring;
import software.amazon.encryption.s3.materials.PartialRsaKeyPair;
import software.amazon.encryption.s3.materials.RsaKeyring;

/** amazon-s3-encryption-client-java on a {@link MapS3}. */
final class Peer {
    private final S3AsyncClient async;
    private final S3Client sync;

    private Peer(S3AsyncClient async, S3Client sync) {
        this.async = async;
        this.sync = sync;
    }

    static Keyring aes() {
        return AesKeyring.builder()
                .wrappingKey(new SecretKeySpec(Fixture.AES, "AES"))
                .build();
    }

    static Keyring rsa() {
        return RsaKeyring.builder()
                .wrappingKeyPair(PartialRsaKeyPair.builder()
                        .publicKey(Fixture.RSA.getPublic())
                        .privateKey(Fixture.RSA.getPrivate())
                        .build())
                .build();
    }

    static Peer of(MapS3 s3, Keyring keyring, S3ecSuite writes) {
        boolean v3 = writes.committing();
        AlgorithmSuite suite = v3
                ? AlgorithmSuite.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY
                : AlgorithmSuite.ALG_AES_256_GCM_IV12_TAG16_NO_KDF;
        CommitmentPolicy policy =
                v3 ? CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT : CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT;
        S3AsyncClient async = S3AsyncEncryptionClient.builderV4()
                .wrappedClient(s3.async())
                .keyring(keyring)
                .encryptionAlgorithm(suite)
                .commitmentPolicy(policy)
                .build();
        S3Client sync = S3EncryptionClient.builderV4()
                .wrappedClient(s3.sync())
                .wrappedAsyncClient(s3.async())
                .keyring(keyring)
                .encryptionAlgorithm(suite)
                .commitmentPolicy(policy)
                .build();
        return new Peer(async, sync);
    }

    void put(String key, byte[] body, Map<String, String> encryptionContext) {
        async.putObject(
                        b -> {
                            b.bucket("b").key(key).metadata(Map.of("mine", "kept"));
                            if (!encryptionContext.isEmpty()) {
                                b.overrideConfiguration(
                                        S3AsyncEncryptionClient.withAdditionalEncryptionContext(encryptionContext));
                            }
                        },
                        AsyncRequestBody.fromBytes(body))
                .join();
    }

    void putMultipart(String key, byte[] body, int partSize) {
        String id = sync.createMultipartUpload(b -> b.bucket("b").key(key)).uploadId();
        int parts = Math.max(1, (body.length + partSize - 1) / partSize);
        CompletedPart[] done = new CompletedPart[parts];
        for (int i = 0; i < parts; i++) {
            int number = i + 1;
            byte[] part = java.util.Arrays.copyOfRange(body, i * partSize, Math.min(body.length, number * partSize));
            boolean last = number == parts;
            String etag = sync.uploadPart(
                            b -> b.bucket("b")
                                    .key(key)
                                    .uploadId(id)
                                    .partNumber(number)
                                    .sdkPartType(last ? SdkPartType.LAST : SdkPartType.DEFAULT),
                            RequestBody.fromBytes(part))
                    .eTag();
            done[i] = CompletedPart.builder().partNumber(number).eTag(etag).build();
        }
        sync.completeMultipartUpload(b -> b.bucket("b").key(key).uploadId(id).multipartUpload(m -> m.parts(done)));
    }

    byte[] get(String key, Map<String, String> encryptionContext) {
        ResponseBytes<?> bytes = async.getObject(
                        b -> {
                            b.bucket("b").key(key);
                            if (!encryptionContext.isEmpty()) {
                                b.overrideConfiguration(
                                        S3AsyncEncryptionClient.withAdditionalEncryptionContext(encryptionContext));
                            }
                        },
                        AsyncResponseTransformer.toBytes())
                .join();
        return bytes.asByteArray();
    }
}
