package dev.s3envelope.interop;

import static dev.s3envelope.interop.Messages.CONTEXT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.amazonaws.encryptionsdk.AwsCrypto;
import com.amazonaws.encryptionsdk.CommitmentPolicy;
import com.amazonaws.encryptionsdk.CryptoAlgorithm;
import com.amazonaws.encryptionsdk.CryptoResult;
import com.amazonaws.encryptionsdk.kmssdkv2.KmsMasterKeyProvider;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.kms.KmsDiscovery;
import dev.s3envelope.kms.KmsKeyring;
import dev.s3envelope.local.LocalAccount;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalKey;
import dev.s3envelope.local.LocalUser;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.InvalidCiphertextException;
import software.amazon.cryptography.materialproviders.IKeyring;
import software.amazon.cryptography.materialproviders.MaterialProviders;
import software.amazon.cryptography.materialproviders.model.CreateAwsKmsKeyringInput;
import software.amazon.cryptography.materialproviders.model.CreateAwsKmsMrkKeyringInput;
import software.amazon.cryptography.materialproviders.model.CreateMultiKeyringInput;
import software.amazon.cryptography.materialproviders.model.MaterialProvidersConfig;

/** aws-encryption-sdk-java with its own KMS keyrings reads what we write, and writes what we read, on one LocalAws. */
class KmsPeerTest {
    private static final long SEED = 20261120;
    private static final String US = "us-east-1";
    private static final String EU = "eu-west-1";

    private static LocalAws aws;
    private static LocalAccount account;
    private static LocalUser alice;
    private static LocalKey key;
    private static LocalKey second;
    private static MaterialProviders peer;

    @BeforeAll
    static void start() {
        aws = LocalAws.start();
        account = aws.account("111122223333");
        alice = account.createUser("alice").allow("kms:*");
        key = account.createKey();
        second = account.createKey(EU);
        peer = MaterialProviders.builder()
                .MaterialProvidersConfig(MaterialProvidersConfig.builder().build())
                .build();
    }

    @AfterAll
    static void stop() {
        aws.close();
    }

    private static KmsClient client(String region) {
        return aws.configure(KmsClient.builder(), alice)
                .region(Region.of(region))
                .build();
    }

    private static IKeyring peerKeyring(LocalKey of) {
        return peer.CreateAwsKmsKeyring(CreateAwsKmsKeyringInput.builder()
                .kmsClient(client(of.region()))
                .kmsKeyId(of.arn())
                .build());
    }

    private static KmsKeyring ours(Flavor flavor) {
        return flavor.keyring(aws, alice, US).generator(key.arn()).build();
    }

    /** Around frames of 4,096 bytes, and some at random. */
    private static int[] sizes() {
        return IntStream.concat(
                        IntStream.of(0, 1, 4095, 4096, 4097, 8192, 12_287), new Random(SEED).ints(5, 1, 100_000))
                .toArray();
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void peerReadsOurs(Flavor flavor) {
        for (int size : sizes()) {
            byte[] plaintext = Messages.random(SEED + size, size);

            CryptoResult<byte[], ?> read =
                    AwsCrypto.standard().decryptData(peerKeyring(key), Messages.encrypt(ours(flavor), plaintext));

            assertArrayEquals(plaintext, read.getResult(), () -> "seed " + SEED + ", size " + size);
            assertEquals(CONTEXT, read.getEncryptionContext());
        }
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void readsThePeers(Flavor flavor) {
        for (CryptoAlgorithm suite : List.of(
                CryptoAlgorithm.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY,
                CryptoAlgorithm.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384)) {
            AwsCrypto writer = AwsCrypto.builder()
                    .withEncryptionAlgorithm(suite)
                    .withEncryptionFrameSize(4096)
                    .build();
            for (int size : sizes()) {
                byte[] plaintext = Messages.random(SEED + size, size);

                byte[] message =
                        writer.encryptData(peerKeyring(key), plaintext, CONTEXT).getResult();

                assertArrayEquals(
                        plaintext,
                        Messages.decrypt(ours(flavor), message),
                        () -> "seed " + SEED + ", size " + size + ", suite " + suite);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void readsThePeers_inOldSuitesWithShorterKeys(Flavor flavor) {
        byte[] plaintext = Messages.random(SEED, 10_000);
        for (CryptoAlgorithm suite : List.of(
                CryptoAlgorithm.ALG_AES_128_GCM_IV12_TAG16_HKDF_SHA256,
                CryptoAlgorithm.ALG_AES_192_GCM_IV12_TAG16_NO_KDF,
                CryptoAlgorithm.ALG_AES_256_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384)) {
            byte[] message = AwsCrypto.builder()
                    .withCommitmentPolicy(CommitmentPolicy.ForbidEncryptAllowDecrypt)
                    .withEncryptionAlgorithm(suite)
                    .build()
                    .encryptData(peerKeyring(key), plaintext, CONTEXT)
                    .getResult();

            assertArrayEquals(plaintext, Messages.decrypt(ours(flavor), message), suite::name);
        }
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void bothRead_whatSeveralKeysWrap(Flavor flavor) {
        byte[] plaintext = Messages.random(SEED, 5_000);
        KmsKeyring both = flavor.keyring(aws, alice, US, EU)
                .generator(key.arn())
                .alsoWrapWith(KeyArn.parse(second.arn()))
                .build();
        KmsKeyring secondOnly =
                flavor.keyring(aws, alice, EU).generator(second.arn()).build();
        IKeyring peersBoth = peer.CreateMultiKeyring(CreateMultiKeyringInput.builder()
                .generator(peerKeyring(key))
                .childKeyrings(List.of(peerKeyring(second)))
                .build());

        byte[] ours = Messages.encrypt(both, plaintext);
        byte[] theirs =
                AwsCrypto.standard().encryptData(peersBoth, plaintext, CONTEXT).getResult();

        for (byte[] message : List.of(ours, theirs)) {
            assertArrayEquals(plaintext, Messages.decrypt(secondOnly, message));
            assertArrayEquals(
                    plaintext,
                    AwsCrypto.standard()
                            .decryptData(peerKeyring(second), message)
                            .getResult());
        }
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void bothReadThroughAReplica(Flavor flavor) {
        byte[] plaintext = Messages.random(SEED, 5_000);
        LocalKey primary = account.createMultiRegionKey(US);
        LocalKey replica = primary.replicate(EU);
        IKeyring peersReplica = peer.CreateAwsKmsMrkKeyring(CreateAwsKmsMrkKeyringInput.builder()
                .kmsClient(client(EU))
                .kmsKeyId(replica.arn())
                .build());
        KmsKeyring oursPrimary =
                flavor.keyring(aws, alice, US).generator(primary.arn()).build();
        KmsKeyring oursReplica = flavor.keyring(aws, alice, EU)
                .generator(replica.arn())
                .relatedMultiRegionKeys(true)
                .build();

        byte[] ours = Messages.encrypt(oursPrimary, plaintext);
        byte[] theirs = AwsCrypto.standard()
                .encryptData(peerKeyring(primary), plaintext, CONTEXT)
                .getResult();

        assertArrayEquals(
                plaintext, AwsCrypto.standard().decryptData(peersReplica, ours).getResult());
        assertArrayEquals(plaintext, Messages.decrypt(oursReplica, theirs));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void readsMasterKeyProvidersMessages_byDiscovery(Flavor flavor) {
        byte[] plaintext = Messages.random(SEED, 5_000);
        KmsMasterKeyProvider provider = KmsMasterKeyProvider.builder()
                .customRegionalClientSupplier(region -> client(region.id()))
                .buildStrict(key.arn());
        byte[] theirs =
                AwsCrypto.standard().encryptData(provider, plaintext, CONTEXT).getResult();

        assertArrayEquals(
                plaintext,
                Messages.decrypt(
                        flavor.keyring(aws, alice, US)
                                .discovery(KmsDiscovery.accounts("111122223333"))
                                .build(),
                        theirs));
        assertArrayEquals(
                plaintext,
                AwsCrypto.standard()
                        .decryptData(provider, Messages.encrypt(ours(flavor), plaintext))
                        .getResult());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void bothRefuse_aMessageWhoseContextWasChanged(Flavor flavor) {
        byte[] message = Messages.encrypt(ours(flavor), Messages.random(SEED, 100));
        Map<String, String> context = new HashMap<>(CONTEXT);
        byte[] text = "arn:aws:s3:::reports".getBytes(StandardCharsets.UTF_8);
        int at = indexOf(message, text);
        message[at + text.length - 1] = 'X';
        context.put("aws:s3:arn", "arn:aws:s3:::reportX");
        assertEquals(context, Messages.header(message).encryptionContext().asMap());

        assertThrows(RuntimeException.class, () -> AwsCrypto.standard().decryptData(peerKeyring(key), message));
        assertThrows(InvalidCiphertextException.class, () -> Messages.decrypt(ours(flavor), message));
    }

    private static int indexOf(byte[] all, byte[] part) {
        return new String(all, StandardCharsets.ISO_8859_1).indexOf(new String(part, StandardCharsets.ISO_8859_1));
    }
}
