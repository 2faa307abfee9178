package dev.s3envelope.kms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.crypto.SecretBytes;
import dev.s3envelope.core.ssec.SseCKey;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The derivation is frozen: objects are encrypted under what it gives. The vectors were computed with OpenSSL 3.0 ({@code dgst -mac HMAC}, {@code kdf HKDF}) by the
 * commands in docs/ssec-kms-mac.md, for an HMAC key of the bytes 00 to 1f.
 */
class MacDerivationTest {
    private static final byte[] HMAC_KEY =
            HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");

    @ParameterizedTest
    @CsvSource({
        "1, backups, 2026/may.tar, c8705b0599876da2e592e946c674a4ae372c9839e8bc2744000d7c2bc82ffa21,"
                + " 18bd5a1921d72af73d2820ecee7efc14c136261aa4b1378d96e6636f7578dda8",
        "2, backups, 2026/may.tar, 96d55d0ee2ae2ca13ca43fbbfc45ea2aa380ae6e0f9a7b1eb335ef4b563de9a8,"
                + " 947e6aad97cee98c788c4187663d21705859e25cff3fc0caef6d6a6535a41c12",
        "1, backups2, 026/may.tar, 0ef6f8efbd3a20bb0ec154c3423800b91080af946c8c8c393979ffd5907260bc,"
                + " b2901759c6b43fd22bd6a49ea4a168c2f8a671fb6ad7d29e68f823ba31d740dc",
        "1, backups, größe/日本.txt, c8705b0599876da2e592e946c674a4ae372c9839e8bc2744000d7c2bc82ffa21,"
                + " 479200718f475a20c06ba04edb9871b618f976cd2302548eb434b8ed77c03fd8",
    })
    void givesTheFrozenKeys(int version, String bucket, String object, String mac, String key) throws Exception {
        byte[] computed = hmac(MacDerivation.message(version, bucket));

        assertEquals(mac, HexFormat.of().formatHex(computed));
        try (SseCKey derived = derive(computed, version, bucket, object)) {
            assertEquals(key, HexFormat.of().formatHex(derived.bytes()));
        }
    }

    @Test
    void laysOutItsFieldsByLength() {
        assertEquals(
                "00000023" + hex("s3-envelope/sse-c/kms-mac/v1/bucket") + "00000007" + "00000003" + hex("abc"),
                HexFormat.of().formatHex(MacDerivation.message(7, "abc")));
        assertEquals(
                "00000023" + hex("s3-envelope/sse-c/kms-mac/v1/object") + "00000007" + "00000003" + hex("abc")
                        + "00000001" + hex("k"),
                HexFormat.of().formatHex(MacDerivation.info(7, "abc", "k")));
    }

    @Test
    void separatesVersionsBucketsAndObjects() throws Exception {
        byte[] mac = hmac(MacDerivation.message(1, "abc"));
        SseCKey key = derive(mac, 1, "abc", "d/e");

        assertNotEquals(key, derive(mac, 2, "abc", "d/e"));
        assertNotEquals(key, derive(mac, 1, "abcd", "/e"));
        assertNotEquals(key, derive(mac, 1, "abc", "d/E"));
        assertEquals(key, derive(mac, 1, "abc", "d/e"));
    }

    @Test
    void refusesANameWithoutUtf8Form_whichWouldShareItsKeyWithOthers() {
        assertThrows(IllegalEncryptionException.class, () -> MacDerivation.info(1, "abc", "broken \ud83d"));
    }

    private static SseCKey derive(byte[] mac, int version, String bucket, String object) {
        return MacDerivation.objectKey(
                CryptoProvider.jdk(),
                SecretBytes.copyOf("HmacSHA256", mac),
                version,
                new ObjectAddress(bucket, object));
    }

    private static byte[] hmac(byte[] message) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(HMAC_KEY, "HmacSHA256"));
        return mac.doFinal(message);
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
    }
}
