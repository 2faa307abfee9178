package dev.s3envelope.core.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.Refused;
import dev.s3envelope.core.WatchedProvider;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class HkdfTest {
    private static final CryptoProvider JDK = CryptoProvider.jdk();

    /** RFC 5869, appendix A, test cases 1 and 3. */
    @ParameterizedTest
    @CsvSource({
        "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b, 000102030405060708090a0b0c, f0f1f2f3f4f5f6f7f8f9, "
                + "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b, '', '', "
                + "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
    })
    void rfc5869_sha256(String key, String salt, String info, String expected) {
        byte[] output = hex(expected);
        try (Hkdf hkdf = Hkdf.extract(JDK, Hkdf.Hash.SHA_256, hex(salt), hex(key))) {
            assertArrayEquals(output, hkdf.expand(hex(info), output.length));
        }
    }

    @ParameterizedTest
    @EnumSource(Hkdf.Hash.class)
    void agreesWithASecondImplementation_forGeneratedInputs(Hkdf.Hash hash) {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            byte[] key = bytes(random, 1 + random.nextInt(100));
            byte[] salt = bytes(random, random.nextInt(150));
            byte[] info = bytes(random, random.nextInt(100));
            byte[] expected = new byte[1 + random.nextInt(300)];
            HKDFBytesGenerator second = new HKDFBytesGenerator(digest(hash));
            second.init(new HKDFParameters(key, salt, info));
            second.generateBytes(expected, 0, expected.length);
            SecretBytes secret = SecretBytes.copyOf("AES", key);
            try (Hkdf hkdf = Hkdf.extract(JDK, hash, salt, secret)) {
                assertArrayEquals(expected, hkdf.expand(info, expected.length), "seed " + seed);
                assertArrayEquals(expected, hkdf.expand(info, expected.length), "again, seed " + seed);
            }
        }
    }

    @Test
    void lengthsBeyondTheDefinition_areRefused() {
        try (Hkdf hkdf = Hkdf.extract(JDK, Hkdf.Hash.SHA_256, new byte[0], new byte[32])) {
            assertEquals(255 * 32, hkdf.expand(new byte[0], 255 * 32).length);
            assertThrows(IllegalArgumentException.class, () -> hkdf.expand(new byte[0], 255 * 32 + 1));
            Refused.by(IllegalArgumentException.class, () -> hkdf.expand(new byte[0], 0), "1 to 8160 bytes");
        }
    }

    @Test
    void hashes_haveTheirLengths() {
        assertEquals(32, Hkdf.Hash.SHA_256.length());
        assertEquals(48, Hkdf.Hash.SHA_384.length());
        assertEquals(64, Hkdf.Hash.SHA_512.length());
        try (Hkdf hkdf = Hkdf.extract(JDK, Hkdf.Hash.SHA_256, new byte[0], new byte[32])) {
            assertEquals(1, hkdf.expand(new byte[0], 1).length);
        }
    }

    /** The input key's copy, the pseudorandom key, and every block that went into an output. */
    @ParameterizedTest
    @EnumSource(Hkdf.Hash.class)
    void everythingInBetween_isWiped(Hkdf.Hash hash) {
        WatchedProvider watched = new WatchedProvider();
        CryptoProvider provider = watched.choose();
        SecretBytes key = SecretBytes.copyOf("AES", new byte[] {1, 2, 3});
        Hkdf hkdf = Hkdf.extract(provider, hash, new byte[] {4}, key);
        assertEquals(1, watched.inputs().size());
        assertTrue(WatchedProvider.wiped(watched.inputs()), "the copy of the input key");
        byte[] pseudorandomKey = watched.macs().get(0);
        assertFalse(WatchedProvider.wiped(List.of(pseudorandomKey)));
        watched.forget();
        byte[] output = hkdf.expand(new byte[0], 3 * hash.length() - 1);
        assertEquals(3, watched.macs().size());
        assertTrue(WatchedProvider.wiped(watched.macs()), "the blocks");
        assertFalse(WatchedProvider.wiped(List.of(output)));
        hkdf.close();
        assertTrue(WatchedProvider.wiped(List.of(pseudorandomKey)));
        assertArrayEquals(new byte[] {1, 2, 3}, key.getEncoded(), "the caller's own");
    }

    @Test
    void providerThatDoesNotTakeThePseudorandomKey_isNamed_andKeepsNothing() {
        WatchedProvider watched = new WatchedProvider();
        CryptoProvider provider = watched.choose();
        watched.with(WatchedProvider.Fault.MAC_KEY);
        SecretBytes key = SecretBytes.copyOf("AES", new byte[] {1, 2, 3});
        Refused.by(
                EnvelopeException.class,
                () -> Hkdf.extract(provider, Hkdf.Hash.SHA_384, new byte[] {4}, key),
                "Watched 1",
                "HmacSHA384");
        assertEquals(1, watched.macs().size());
        assertTrue(WatchedProvider.wiped(watched.inputs()), "the copy of the input key");
        assertTrue(WatchedProvider.wiped(watched.macs()), "the pseudorandom key");
    }

    @Test
    void destroyedKey_isRefused() {
        SecretBytes key = SecretBytes.copyOf("AES", new byte[32]);
        key.destroy();
        assertThrows(IllegalStateException.class, () -> Hkdf.extract(JDK, Hkdf.Hash.SHA_512, new byte[0], key));
    }

    private static Digest digest(Hkdf.Hash hash) {
        return switch (hash) {
            case SHA_256 -> new SHA256Digest();
            case SHA_384 -> new SHA384Digest();
            case SHA_512 -> new SHA512Digest();
        };
    }

    private static byte[] bytes(Random random, int length) {
        byte[] result = new byte[length];
        random.nextBytes(result);
        return result;
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }
}
