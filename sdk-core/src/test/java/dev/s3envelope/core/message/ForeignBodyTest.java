package dev.s3envelope.core.message;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.amazonaws.encryptionsdk.AwsCrypto;
import com.amazonaws.encryptionsdk.CryptoAlgorithm;
import com.amazonaws.encryptionsdk.jce.JceMasterKey;
import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.Refused;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bodies that we read and do not write: signed, and without frames. */
class ForeignBodyTest {
    private final MessageEngine engine = Fixture.lenientEngine();
    private final byte[] plaintext = Fixture.bytes(new Random(3), 34);

    @ParameterizedTest
    @EnumSource(
            value = CryptoAlgorithm.class,
            names = {
                "ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384",
                "ALG_AES_128_GCM_IV12_TAG16_HKDF_SHA256_ECDSA_P256"
            })
    void signedMessage_releasesItsFinalFrameOnlyOnceTheSignatureIsVerified(CryptoAlgorithm suite) {
        byte[] signed = peer(suite, 16, plaintext);
        int footer = signed.length - suite.getTrailingSignatureLength() - 2;
        int whole = plaintext.length / 16 * 16;
        for (int at = footer - 1; at < signed.length; at++) {
            byte[] changed = signed.clone();
            changed[at] ^= 4;
            ByteArrayOutputStream released = new ByteArrayOutputStream();
            assertThrows(
                    IntegrityException.class, () -> Fixture.decrypt(engine, changed, null, released), "byte " + at);
            assertArrayEquals(Arrays.copyOf(plaintext, whole), released.toByteArray());
        }
        for (int length = footer; length < signed.length; length++) {
            byte[] cut = Arrays.copyOf(signed, length);
            assertThrows(IntegrityException.class, () -> Fixture.decrypt(engine, cut, null));
        }
        assertThrows(
                IntegrityException.class,
                () -> Fixture.decrypt(engine, Arrays.copyOf(signed, signed.length + 1), null));
        assertArrayEquals(plaintext, Fixture.decrypt(engine, signed, new Random(1)));
    }

    @Test
    void signatureOfNoBytes_isRefused() {
        CryptoAlgorithm suite = CryptoAlgorithm.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384;
        byte[] signed = peer(suite, 16, plaintext);
        byte[] none = Arrays.copyOf(signed, signed.length - suite.getTrailingSignatureLength());
        none[none.length - 2] = 0;
        none[none.length - 1] = 0;
        ByteArrayOutputStream released = new ByteArrayOutputStream();
        assertThrows(IntegrityException.class, () -> Fixture.decrypt(engine, none, null, released));
        assertEquals(plaintext.length / 16 * 16, released.size());
    }

    @Test
    void rangeOfASignedOrUnframedMessage_isRefusedWithTheReason() {
        byte[] signed = peer(CryptoAlgorithm.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384, 16, plaintext);
        byte[] unframed = peer(CryptoAlgorithm.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY, 0, plaintext);
        try (OpenMessage a = Fixture.open(engine, signed);
                OpenMessage b = Fixture.open(engine, unframed)) {
            FrameLayout any = new FrameLayout(a.header().length(), 16, 1, 1);
            String refusal = String.valueOf(assertThrows(
                            OperationRefusedException.class, () -> a.rangeDecryptor(any, new ByteSpan(0, 1)))
                    .getMessage());
            assertTrue(refusal.contains("signature"), refusal);
            assertThrows(OperationRefusedException.class, () -> b.lengthProof(any));
            for (int length = 0; length < 70; length++) {
                int more = length;
                Refused.by(OperationRefusedException.class, () -> a.layout(signed.length + more), "signature");
                Refused.by(OperationRefusedException.class, () -> b.layout(unframed.length + more), "unframed");
            }
        }
    }

    @Test
    void unframedBody_isReleasedOnlyWhole() {
        byte[] unframed = peer(CryptoAlgorithm.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY, 0, plaintext);
        int start = HeaderParser.parse(unframed, Fixture.LIMITS).length();
        for (int at = start; at < unframed.length; at++) {
            byte[] changed = unframed.clone();
            changed[at] ^= 1;
            ByteArrayOutputStream released = new ByteArrayOutputStream();
            assertThrows(EnvelopeException.class, () -> Fixture.decrypt(engine, changed, null, released));
            assertEquals(0, released.size());
            byte[] cut = Arrays.copyOf(unframed, at);
            assertThrows(IntegrityException.class, () -> Fixture.decrypt(engine, cut, null, released));
            assertEquals(0, released.size());
        }
    }

    @Test
    void unframedBodyLongerThanTheLimit_isRefusedBeforeItIsCollected() {
        byte[] unframed = peer(CryptoAlgorithm.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY, 0, new byte[1001]);
        MessageEngine small = MessageEngine.builder()
                .cryptoProvider(Fixture.JDK)
                .maxUnframedLength(1000)
                .build();
        try (OpenMessage open = Fixture.open(small, unframed);
                MessageDecryptor decryptor = open.decryptor()) {
            ByteBuffer prefix = ByteBuffer.wrap(unframed, open.header().length(), 20);
            assertThrows(OperationRefusedException.class, () -> decryptor.decrypt(prefix, ByteBuffer.allocate(10)));
        }
    }

    @Test
    void unframedBodyOfTheLimit_isRead_inAnyPieces() {
        byte[] content = Fixture.bytes(new Random(8), 30_000);
        byte[] unframed = peer(CryptoAlgorithm.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY, 0, content);
        MessageEngine exact = MessageEngine.builder()
                .cryptoProvider(Fixture.JDK)
                .maxUnframedLength(30_000)
                .build();
        assertArrayEquals(content, Fixture.decrypt(exact, unframed, null));
        for (int seed = 0; seed < 20; seed++) {
            assertArrayEquals(content, Fixture.decrypt(exact, unframed, new Random(seed)));
        }
    }

    @Test
    void unframedBodyBeyondTheFormatsLimit_wasChanged() {
        try (OpenMessage open = Fixture.create(10)) {
            long formatLimit = (1L << 36) - 32;
            for (long length : new long[] {-1, Long.MIN_VALUE, formatLimit + 1}) {
                assertThrows(IntegrityException.class, () -> announced(open, length));
            }
            assertThrows(OperationRefusedException.class, () -> announced(open, formatLimit));
        }
    }

    private static void announced(OpenMessage open, long length) {
        ByteBuffer prefix = ByteBuffer.allocate(20).putLong(12, length);
        new UnframedReader(open.frameCipher(), Long.MAX_VALUE).assemble(prefix);
    }

    static byte[] peer(CryptoAlgorithm suite, int frameLength, byte[] plaintext) {
        return AwsCrypto.builder()
                .withEncryptionAlgorithm(suite)
                .withEncryptionFrameSize(frameLength)
                .withCommitmentPolicy(
                        suite.isCommitting()
                                ? com.amazonaws.encryptionsdk.CommitmentPolicy.RequireEncryptRequireDecrypt
                                : com.amazonaws.encryptionsdk.CommitmentPolicy.ForbidEncryptAllowDecrypt)
                .build()
                .encryptData(
                        JceMasterKey.getInstance(
                                new SecretKeySpec(Fixture.WRAPPING_KEY, "AES"),
                                "local",
                                "backup-2026",
                                "AES/GCM/NoPadding"),
                        plaintext,
                        Map.of("tenant", "7"))
                .getResult();
    }
}
