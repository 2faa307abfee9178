package dev.s3envelope.contract;

import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.RsaKeys;
import dev.s3envelope.core.s3ec.S3ecAesKeyring;
import dev.s3envelope.core.s3ec.S3ecKeyring;
import dev.s3envelope.core.s3ec.S3ecRsaKeyring;
import dev.s3envelope.kms.S3ecKmsKeyring;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import javax.crypto.spec.SecretKeySpec;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.encryption.s3.CommitmentPolicy;
import software.amazon.encryption.s3.S3EncryptionClient;
import software.amazon.encryption.s3.algorithms.AlgorithmSuite;
import software.amazon.encryption.s3.materials.AesKeyring;
import software.amazon.encryption.s3.materials.Keyring;
import software.amazon.encryption.s3.materials.KmsKeyring;
import software.amazon.encryption.s3.materials.PartialRsaKeyPair;
import software.amazon.encryption.s3.materials.RsaKeyring;

/** A wrapping key, as our keyring and as that of amazon-s3-encryption-client-java, and that client with it. */
enum S3ecKey {
    AES {
        @Override
        S3ecKeyring ours(LocalAwsTarget target, Calls.Kind kind) {
            return new S3ecAesKeyring(CryptoProvider.jdk(), new SecureRandom(), WRAPPING);
        }

        @Override
        Keyring theirs(LocalAwsTarget target) {
            return AesKeyring.builder()
                    .wrappingKey(new SecretKeySpec(WRAPPING, "AES"))
                    .build();
        }
    },
    RSA {
        @Override
        S3ecKeyring ours(LocalAwsTarget target, Calls.Kind kind) {
            return new S3ecRsaKeyring(
                    CryptoProvider.jdk(), new SecureRandom(), RsaKeys.of(PAIR.getPublic(), PAIR.getPrivate()));
        }

        @Override
        Keyring theirs(LocalAwsTarget target) {
            return RsaKeyring.builder()
                    .wrappingKeyPair(PartialRsaKeyPair.builder()
                            .publicKey(PAIR.getPublic())
                            .privateKey(PAIR.getPrivate())
                            .build())
                    .build();
        }
    },
    KMS {
        @Override
        S3ecKeyring ours(LocalAwsTarget target, Calls.Kind kind) {
            S3ecKmsKeyring.Builder builder = S3ecKmsKeyring.builder().key(target.kmsKey());
            return kind == Calls.Kind.SYNC
                    ? builder.client(target.aws().kms(target.principal())).build()
                    : builder.client(target.aws().kmsAsync(target.principal())).build();
        }

        @Override
        Keyring theirs(LocalAwsTarget target) {
            return KmsKeyring.builder()
                    .kmsClient(target.aws().kms(target.principal()))
                    .wrappingKeyId(target.kmsKey())
                    .build();
        }
    };

    private static final byte[] WRAPPING = ClientSideContract.bytes(17, 32);
    private static final KeyPair PAIR = pair();

    abstract S3ecKeyring ours(LocalAwsTarget target, Calls.Kind kind);

    abstract Keyring theirs(LocalAwsTarget target);

    /** The stock client, which writes V3 and reads nothing older, or writes V2. */
    S3Client peer(LocalAwsTarget target, boolean v3) {
        return S3EncryptionClient.builderV4()
                .wrappedClient(target.s3())
                .wrappedAsyncClient(target.s3Async())
                .keyring(theirs(target))
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

    private static KeyPair pair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
