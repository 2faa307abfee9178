package dev.s3envelope.core.s3ec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.s3envelope.core.keyring.DataKey;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tag put together from GMACs is the tag the provider's own GCM gives. */
class GcmTagTest {
    private static final byte[] KEY = Fixture.seeded(1, 32);
    private static final byte[] IV = Fixture.seeded(2, 12);

    static Stream<Arguments> piecesAndSizes() {
        long seed = System.nanoTime();
        System.out.println("GcmTagTest seed " + seed);
        Random random = new Random(seed);
        return IntStream.of(16, 32, 48, 4096, GcmTag.PIECE)
                .boxed()
                .flatMap(piece -> IntStream.concat(
                                IntStream.of(
                                        0,
                                        1,
                                        15,
                                        16,
                                        17,
                                        piece - 1,
                                        piece,
                                        piece + 1,
                                        2 * piece - 1,
                                        2 * piece,
                                        2 * piece + 1,
                                        7 * piece + 5),
                                random.ints(4, 0, 9 * piece))
                        .mapToObj(size -> Arguments.of(piece, size)));
    }

    private static ContentKey v2Key() {
        S3ecEnvelope envelope = new S3ecEnvelope.V2(S3ecWrapping.AES_GCM, new byte[] {1}, IV, Map.of());
        try (DataKey dataKey = DataKey.copyOf(KEY)) {
            return ContentKey.of(Fixture.JDK, envelope, dataKey);
        }
    }

    @ParameterizedTest
    @MethodSource("piecesAndSizes")
    void equalsTheProvidersTag_withoutAdditionalData(int piece, int size) throws Exception {
        Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
        gcm.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(KEY, "AES"), new GCMParameterSpec(128, IV));
        checkAgainst(gcm.doFinal(Fixture.seeded(size, size)), v2Key(), piece);
    }

    @ParameterizedTest
    @MethodSource("piecesAndSizes")
    void equalsTheProvidersTag_withTheSuiteAsAdditionalData(int piece, int size) throws Exception {
        try (DataKey dataKey = DataKey.copyOf(KEY)) {
            ContentKey key = ContentKey.derive(Fixture.JDK, dataKey, Fixture.seeded(3, 28)).key;
            checkAgainst(key.gcmEncryption().doFinal(Fixture.seeded(size, size)), key, piece);
        }
    }

    private static void checkAgainst(byte[] ciphertextAndTag, ContentKey key, int piece) throws Exception {
        int length = ciphertextAndTag.length - 16;
        byte[] expected = Arrays.copyOfRange(ciphertextAndTag, length, length + 16);
        Random calls = new Random(length);
        GcmTag tag = new GcmTag(key, piece);
        for (int from = 0; from < length; ) {
            int n = Math.min(length - from, 1 + calls.nextInt(2 * piece));
            tag.update(ciphertextAndTag, from, n);
            from += n;
        }
        assertArrayEquals(expected, tag.finish());
    }

    /** Else another pass over the same plaintext, cut in another way, would be taken for another plaintext. */
    @Test
    void piecesAreTheSame_howeverTheCallsAreCut() throws Exception {
        byte[] ciphertext = Fixture.seeded(5, 500);
        PieceLedger ledger = new PieceLedger();
        byte[] expected = null;
        for (int call : new int[] {500, 1, 7, 32, 33, 63, 64, 65, 100}) {
            GcmTag tag = new GcmTag(v2Key(), 32, ledger);
            for (int from = 0; from < ciphertext.length; from += call) {
                tag.update(ciphertext, from, Math.min(call, ciphertext.length - from));
            }
            byte[] value = tag.finish();
            assertArrayEquals(expected == null ? value : expected, value);
            expected = value;
        }
    }

    @Test
    void countsOn_pastTwoGibibytes() throws Exception {
        ContentKey key = v2Key();
        long block = 1L << 28; // 4 GiB
        byte[] jumped = key.ctrAtBlock(block).doFinal(new byte[32]);

        byte[] counter = new byte[16];
        System.arraycopy(IV, 0, counter, 0, 12);
        counter[12] = 0x10;
        counter[15] = 2;
        assertArrayEquals(key.aes(counter), Arrays.copyOf(jumped, 16));
        counter[15] = 3;
        assertArrayEquals(key.aes(counter), Arrays.copyOfRange(jumped, 16, 32));
    }

    @Test
    void reachesTheLastCounter_atTheFormatsLimit() throws Exception {
        ContentKey key = v2Key();
        byte[] last = Arrays.copyOf(IV, 16);
        Arrays.fill(last, 12, 16, (byte) 0xff);
        long lastBlock = S3ecSuite.MAX_PLAINTEXT_LENGTH / 16 - 1;
        assertArrayEquals(key.aes(last), key.ctrAtBlock(lastBlock).doFinal(new byte[16]));
    }

    /** Past what SunJCE can check at all; BouncyCastle's GCM streams, slowly. Some minutes, so on request. */
    @ParameterizedTest
    @ValueSource(longs = {(1L << 31) - 1, (1L << 31) + 5})
    @EnabledIfSystemProperty(named = "s3envelope.large", matches = "true")
    void equalsAnotherImplementationsTag_pastTwoGibibytes(long size) throws Exception {
        var reference = GCMBlockCipher.newInstance(AESEngine.newInstance());
        reference.init(true, new AEADParameters(new KeyParameter(KEY), 128, IV));
        byte[] plaintext = Fixture.seeded(6, 1 << 20);
        byte[] ciphertext = new byte[plaintext.length + 32];
        GcmTag tag = new GcmTag(v2Key());
        for (long done = 0; done < size; done += plaintext.length) {
            int n = (int) Math.min(plaintext.length, size - done);
            tag.update(ciphertext, 0, reference.processBytes(plaintext, 0, n, ciphertext, 0));
        }
        int rest = reference.doFinal(ciphertext, 0) - 16;
        tag.update(ciphertext, 0, rest);
        assertArrayEquals(Arrays.copyOfRange(ciphertext, rest, rest + 16), tag.finish());
    }

    @Test
    void multiplies_asTheFieldDoes() {
        Random random = new Random(4);
        for (int i = 0; i < 200; i++) {
            Gf128 a = new Gf128(random.nextLong(), random.nextLong());
            Gf128 b = new Gf128(random.nextLong(), random.nextLong());
            Gf128 c = new Gf128(random.nextLong(), random.nextLong());
            assertEquals(a.times(b), b.times(a));
            assertEquals(a.times(b).times(c), a.times(b.times(c)));
            assertEquals(a.plus(b).times(c), a.times(c).plus(b.times(c)));
            assertEquals(a, a.times(Gf128.ONE));
            assertEquals(Gf128.ZERO, a.times(Gf128.ZERO));
            assertEquals(a.times(a).times(a).times(a).times(a), a.pow(5));
            assertEquals(Gf128.ONE, a.pow(0));
        }
    }
}
