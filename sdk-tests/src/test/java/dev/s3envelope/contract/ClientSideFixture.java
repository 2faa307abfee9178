package dev.s3envelope.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import com.amazonaws.encryptionsdk.AwsCrypto;
import com.amazonaws.encryptionsdk.CommitmentPolicy;
import com.amazonaws.encryptionsdk.jce.JceMasterKey;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.RawAesKeyring;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.s3.EnvelopeBuilder;
import dev.s3envelope.s3.EnvelopeS3AsyncClient;
import dev.s3envelope.s3.EnvelopeS3Client;
import java.security.SecureRandom;
import java.util.Random;
import java.util.function.Consumer;
import javax.crypto.spec.SecretKeySpec;

/** What the suites of client-side uploads share: an S3, a key, clients under a client-side mode, and the peer that reads what S3 stores. */
final class ClientSideFixture {
    static final byte[] KEY = bytes(32, 7);

    static LocalAwsTarget target;
    private static RawAesKeyring keyring;

    private ClientSideFixture() {}

    static void start() {
        target = new LocalAwsTarget();
        keyring = new RawAesKeyring(CryptoProvider.detect(), new SecureRandom(), "tests", "wrapping", KEY);
    }

    static void stop() {
        target.close();
        keyring.close();
    }

    static ClientSide mode() {
        return EncryptionMode.clientSide("tests", keyring);
    }

    static EnvelopeS3Client sync() {
        EnvelopeS3Client.Builder builder = EnvelopeS3Client.builder().wrapping(target.s3());
        settings().accept(builder);
        return builder.build();
    }

    static EnvelopeS3AsyncClient async() {
        EnvelopeS3AsyncClient.Builder builder = EnvelopeS3AsyncClient.builder().wrapping(target.s3Async());
        settings().accept(builder);
        return builder.build();
    }

    static Consumer<EnvelopeBuilder<?>> settings() {
        return builder -> builder.policy(EncryptionPolicy.always(mode()));
    }

    /** What another AWS Encryption SDK reads in the bytes S3 stores. */
    static void assertReads(String key, byte[] plain) {
        JceMasterKey peer =
                JceMasterKey.getInstance(new SecretKeySpec(KEY, "AES"), "tests", "wrapping", "AES/GCM/NoPadding");
        AwsCrypto crypto = AwsCrypto.builder()
                .withCommitmentPolicy(CommitmentPolicy.RequireEncryptRequireDecrypt)
                .build();
        assertArrayEquals(plain, crypto.decryptData(peer, stored(key)).getResult(), key);
    }

    static byte[] stored(String key) {
        return target.s3()
                .getObjectAsBytes(b -> b.bucket(target.bucket()).key(key))
                .asByteArray();
    }

    static byte[] bytes(int length, int seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
