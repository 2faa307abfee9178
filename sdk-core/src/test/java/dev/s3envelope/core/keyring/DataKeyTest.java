package dev.s3envelope.core.keyring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.crypto.SecretBytes;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

class DataKeyTest {
    @Test
    void keyIsZeroed_whenTheLastOwnerCloses() {
        byte[] bytes = {1, 2, 3, 4};
        DataKey first = DataKey.taking(bytes);
        DataKey second = first.retain();
        first.close();
        first.close();
        assertArrayEquals(new byte[] {1, 2, 3, 4}, bytes, "the second owner still uses it");
        assertArrayEquals(bytes, second.use(SecretBytes::getEncoded));
        assertThrows(IllegalStateException.class, () -> first.use(SecretBytes::getEncoded));
        assertThrows(IllegalStateException.class, first::retain);
        assertTrue(first.isClosed());
        assertFalse(second.isClosed());
        second.close();
        assertArrayEquals(new byte[4], bytes);
    }

    @Test
    void copiedKey_leavesTheCallersArrayAlone() {
        byte[] bytes = {1, 2, 3, 4};
        DataKey.copyOf(bytes).close();
        assertArrayEquals(new byte[] {1, 2, 3, 4}, bytes);
    }

    @Test
    void equality_isOfTheKeys() {
        assertEquals(DataKey.copyOf(new byte[32]), DataKey.copyOf(new byte[32]));
        assertEquals(
                DataKey.copyOf(new byte[32]).hashCode(),
                DataKey.random(new SecureRandom(), 32).hashCode());
        assertNotEquals(DataKey.copyOf(new byte[32]), DataKey.random(new SecureRandom(), 32));
        assertNotEquals(DataKey.copyOf(new byte[32]), DataKey.copyOf(new byte[16]));
    }

    @Test
    void textShowsTheLengthOnly() {
        DataKey key = DataKey.copyOf(new byte[] {77, 77});
        assertEquals("DataKey[2 bytes, redacted]", key.toString());
        key.close();
        assertEquals("DataKey[2 bytes, redacted, closed]", key.toString());
        assertEquals(
                "SecretBytes[2 bytes, redacted]",
                SecretBytes.copyOf("AES", new byte[2]).toString());
    }
}
