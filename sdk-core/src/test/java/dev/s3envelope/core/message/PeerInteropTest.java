package dev.s3envelope.core.message;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.amazonaws.encryptionsdk.AwsCrypto;
import com.amazonaws.encryptionsdk.CommitmentPolicy;
import com.amazonaws.encryptionsdk.CryptoAlgorithm;
import com.amazonaws.encryptionsdk.CryptoResult;
import com.amazonaws.encryptionsdk.MasterKeyProvider;
import com.amazonaws.encryptionsdk.jce.JceMasterKey;
import dev.s3envelope.core.keyring.DataKey;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.keyring.RawRsaKeyring;
import dev.s3envelope.core.keyring.RsaKeys;
import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** aws-encryption-sdk-java reads what we write and writes what we read. */
class PeerInteropTest {
    private static final long SEED = 20261120;
    private static final KeyPair RSA = rsa();
    private static final Map<String, String> CONTEXT = Fixture.CONTEXT.asMap();

    private final MessageEngine engine = Fixture.lenientEngine();

    @ParameterizedTest
    @ValueSource(ints = {4096, 5000, 65_536, 131_072})
    void peerReadsOurs_atEverySizeAroundAFrame(int frameLength) {
        AwsCrypto peer = AwsCrypto.standard();
        Random random = new Random(SEED + frameLength);
        for (int size : sizesAround(frameLength, random)) {
            byte[] plaintext = Fixture.bytes(random, size);
            OptionalLong announced = random.nextBoolean() ? OptionalLong.of(size) : OptionalLong.empty();
            try (OpenMessage message =
                    Fixture.join(engine.create(Fixture.keyring(), Fixture.request(), Fixture.IDENTITY, frameLength))) {
                MessageEncryptor encryptor = message.encryptor(announced);
                byte[] ours = Fixture.encrypt(encryptor, plaintext, random);

                CryptoResult<byte[], ?> read = peer.decryptData(peerAes(), ours);

                assertArrayEquals(plaintext, read.getResult(), () -> "seed " + SEED + ", size " + size);
                assertEquals(CONTEXT, read.getEncryptionContext());
                assertEquals(
                        ours.length,
                        FrameLayout.ofPlaintext(message.header().length(), frameLength, size)
                                .ciphertextLength());
                assertEquals(
                        announced.isPresent() ? OptionalLong.of(ours.length) : announced, encryptor.outputLength());
            }
        }
    }

    @Test
    void peerReadsOurs_whenTheDataKeyIsWrappedUnderRsa() {
        byte[] plaintext = Fixture.bytes(new Random(SEED), 10_000);
        byte[] ours;
        try (OpenMessage message = Fixture.join(engine.create(rsaKeyring(), Fixture.request(), Fixture.IDENTITY))) {
            ours = Fixture.encrypt(message, plaintext);
        }

        assertArrayEquals(
                plaintext, AwsCrypto.standard().decryptData(peerRsa(), ours).getResult());
    }

    @ParameterizedTest
    @EnumSource(CryptoAlgorithm.class)
    void weReadThePeers_inEverySuiteFramedAndUnframed(CryptoAlgorithm suite) {
        Random random = new Random(SEED + suite.ordinal());
        AwsCrypto.Builder peer = AwsCrypto.builder()
                .withEncryptionAlgorithm(suite)
                .withCommitmentPolicy(
                        suite.isCommitting()
                                ? CommitmentPolicy.RequireEncryptRequireDecrypt
                                : CommitmentPolicy.ForbidEncryptAllowDecrypt);
        for (int frameLength : new int[] {0, 16, 4096, 65_536}) {
            AwsCrypto writer = peer.withEncryptionFrameSize(frameLength).build();
            for (int size : frameLength == 0 ? new int[] {0, 1, 70_000} : sizesAround(frameLength, random)) {
                byte[] plaintext = Fixture.bytes(random, size);
                byte[] theirs =
                        writer.encryptData(peerAes(), plaintext, CONTEXT).getResult();

                byte[] read = Fixture.decrypt(engine, theirs, random);

                assertArrayEquals(plaintext, read, () -> "seed " + SEED + ", frame " + frameLength + ", size " + size);
                checkRanges(theirs, plaintext, frameLength, suite, random);
            }
        }
    }

    @Test
    void weReadThePeers_whenTheDataKeyIsWrappedUnderRsa() {
        byte[] plaintext = Fixture.bytes(new Random(SEED), 10_000);
        byte[] theirs =
                AwsCrypto.standard().encryptData(peerRsa(), plaintext, CONTEXT).getResult();
        MessageHeader header = HeaderParser.parse(theirs, Fixture.LIMITS);
        Keyring keyring = rsaKeyring();

        try (OpenMessage open = Fixture.join(engine.open(header, keyring, Optional.empty()));
                MessageDecryptor decryptor = open.decryptor()) {
            ByteArrayOutputStream released = new ByteArrayOutputStream();
            byte[] body = Arrays.copyOfRange(theirs, header.length(), theirs.length);
            Fixture.pump(decryptor::decrypt, decryptor::finish, body, null, released);
            assertArrayEquals(plaintext, released.toByteArray());
        }
    }

    @Test
    void identityOfThePeersMessage_isForeign() {
        byte[] theirs = AwsCrypto.builder()
                .withEncryptionAlgorithm(CryptoAlgorithm.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY)
                .build()
                .encryptData(peerAes(), new byte[5], Map.of("tenant", "7"))
                .getResult();
        try (OpenMessage open = Fixture.open(engine, theirs)) {
            assertEquals(IdentityCheck.FOREIGN, open.identity(Fixture.IDENTITY));
            assertEquals(IdentityCheck.NOT_ASKED, open.identity(MessageIdentity.off()));
        }
    }

    @Test
    void dataKeyUnwrappedByUs_isThePeers() {
        byte[] theirs = AwsCrypto.standard()
                .encryptData(peerAes(), new byte[5], CONTEXT)
                .getResult();
        MessageHeader header = HeaderParser.parse(theirs, Fixture.LIMITS);
        try (DataKey key = Fixture.join(Fixture.keyring().unwrap(header.materialsRequest(Optional.empty())))) {
            assertEquals(32, key.length());
        }
    }

    private static void checkRanges(
            byte[] message, byte[] plaintext, int frameLength, CryptoAlgorithm suite, Random random) {
        if (plaintext.length == 0 || frameLength == 0 || suite.getTrailingSignatureLength() > 0) {
            return;
        }
        try (OpenMessage open = Fixture.open(Fixture.lenientEngine(), message)) {
            assertEquals(plaintext.length, open.layout(message.length).plaintextLength());
            for (int i = 0; i < 5; i++) {
                int from = random.nextInt(plaintext.length);
                int to = from + 1 + random.nextInt(plaintext.length - from);
                assertArrayEquals(
                        Arrays.copyOfRange(plaintext, from, to),
                        Fixture.range(open, message, new ByteSpan(from, to - from), random));
            }
        }
    }

    private static int[] sizesAround(int frameLength, Random random) {
        return new int[] {
            0,
            1,
            frameLength - 1,
            frameLength,
            frameLength + 1,
            2 * frameLength - 1,
            2 * frameLength,
            2 * frameLength + 1,
            3 * frameLength,
            1 + random.nextInt(4 * frameLength)
        };
    }

    private static MasterKeyProvider<JceMasterKey> peerAes() {
        return JceMasterKey.getInstance(
                new SecretKeySpec(Fixture.WRAPPING_KEY, "AES"), "local", "backup-2026", "AES/GCM/NoPadding");
    }

    private static MasterKeyProvider<JceMasterKey> peerRsa() {
        return JceMasterKey.getInstance(
                RSA.getPublic(), RSA.getPrivate(), "offline", "safe", "RSA/ECB/OAEPWithSHA-256AndMGF1Padding");
    }

    private static RawRsaKeyring rsaKeyring() {
        RsaKeys keys = RsaKeys.of(RSA.getPublic(), RSA.getPrivate());
        return new RawRsaKeyring(Fixture.JDK, new SecureRandom(), "offline", "safe", keys);
    }

    private static KeyPair rsa() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
