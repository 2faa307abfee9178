package dev.s3envelope.core.ssec;

import static dev.s3envelope.core.Refused.message;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IllegalEncryptionException;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SseCKeyTest {
    static SseCKey key(int fill) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) fill);
        return SseCKey.of(bytes);
    }

    @Test
    void computesTheHeaders() {
        // MD5 of 32 zero bytes is 70bc8f4b72a86921468bf8e8441dce51.
        SseCKey key = key(0);

        assertEquals("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", key.keyBase64());
        assertEquals(
                Base64.getEncoder().encodeToString(HexFormat.of().parseHex("70bc8f4b72a86921468bf8e8441dce51")),
                key.md5Base64());
        assertEquals("AES256", SseCKey.ALGORITHM);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16, 31, 33, 64})
    void refusesAnyLengthBut32(int length) {
        IllegalEncryptionException e =
                assertThrows(IllegalEncryptionException.class, () -> SseCKey.of(new byte[length]));

        assertTrue(message(e).contains("exactly 32 bytes"), message(e));
    }

    @Test
    void readsBase64_andSaysNothingOfItWhenRefused() {
        assertEquals(key(9), SseCKey.fromBase64(key(9).keyBase64()));
        for (String bad : new String[] {
            "c2VjcmV0",
            "c2VjcmV0!",
            "",
            key(9).keyBase64() + "\n",
            key(9).keyBase64().replace("=", ""),
            key(9).keyBase64().replace("Qk=", "Ql=")
        }) {
            IllegalEncryptionException e =
                    assertThrows(IllegalEncryptionException.class, () -> SseCKey.fromBase64(bad), bad);
            assertTrue(bad.isEmpty() || !message(e).contains(bad.strip()), message(e));
            assertFalse(message(e).contains("!"), message(e));
        }
    }

    @Test
    void copiesWhatItIsGiven_andWhatItGives() {
        byte[] bytes = new byte[32];
        SseCKey key = SseCKey.of(bytes);
        bytes[0] = 1;
        key.bytes()[1] = 1;

        assertArrayEquals(new byte[32], key.bytes());
    }

    @Test
    void overwritesTheBytes_whenDestroyed() throws Exception {
        SseCKey key = key(5);
        SseCKey copy = key.copy();
        String fingerprint = key.fingerprint();
        Field field = SseCKey.class.getDeclaredField("bytes");
        field.setAccessible(true);

        key.destroy();

        assertArrayEquals(new byte[32], (byte[]) field.get(key));
        assertTrue(key.isDestroyed());
        assertEquals(fingerprint, key.fingerprint());
        assertEquals(key(5), copy);
        assertFalse(copy.isDestroyed());
        key.close();
        assertTrue(key.isDestroyed());
    }

    @Test
    void refusesEveryUse_afterDestroy() {
        SseCKey key = key(5);
        key.destroy();

        for (org.junit.jupiter.api.function.Executable use :
                new org.junit.jupiter.api.function.Executable[] {key::bytes, key::keyBase64, key::md5Base64, key::copy
                }) {
            EnvelopeException e = assertThrows(EnvelopeException.class, use);
            assertTrue(message(e).contains("was destroyed"), message(e));
            assertTrue(message(e).contains(key.fingerprint()), message(e));
        }
        assertNotEquals(key(0), key, "a destroyed key is not the key of zeros");
        assertNotEquals(key, key(0));
        assertEquals(key, key);
    }

    @Test
    void showsAFingerprintOnly() {
        SseCKey key = key(7);

        assertTrue(key.toString().contains(key.fingerprint()));
        assertFalse(key.toString().contains(key.keyBase64()));
        assertFalse(key.toString().contains("0707"));
        assertEquals(12, key.fingerprint().length());
        assertNotEquals(key(7).fingerprint(), key(8).fingerprint());
        assertEquals(key(7).hashCode(), key(7).hashCode());
        assertNotEquals(key(7), key(8));
    }
}
