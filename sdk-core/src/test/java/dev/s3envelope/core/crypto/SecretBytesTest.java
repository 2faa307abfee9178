package dev.s3envelope.core.crypto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import org.junit.jupiter.api.Test;

class SecretBytesTest {
    @Test
    void secretBytes_areAJcaKeyUntilDestroyed() {
        byte[] bytes = {5, 6};
        SecretBytes secret = SecretBytes.taking("AES", bytes);
        assertEquals("AES", secret.getAlgorithm());
        assertEquals("RAW", secret.getFormat());
        assertEquals(2, secret.length());
        secret.getEncoded()[0] = 9;
        assertArrayEquals(new byte[] {5, 6}, secret.getEncoded());
        assertFalse(secret.isDestroyed());
        secret.destroy();
        assertTrue(secret.isDestroyed());
        assertArrayEquals(new byte[2], bytes);
        assertThrows(IllegalStateException.class, secret::getEncoded);
        secret.destroy();
        assertTrue(secret.isDestroyed());
    }

    @Test
    void copiedBytes_areTheCallersToWipe() {
        byte[] bytes = {5, 6};
        SecretBytes secret = SecretBytes.copyOf("AES", bytes);
        bytes[0] = 0;
        assertArrayEquals(new byte[] {5, 6}, secret.getEncoded());
        secret.destroy();
        assertEquals(6, bytes[1]);
    }

    @Test
    void nothingOfTheKey_isShownOrStored() {
        SecretBytes secret = SecretBytes.copyOf("AES", new byte[] {77, 78, 79});
        assertEquals("SecretBytes[3 bytes, redacted]", secret.toString());
        assertEquals(3, secret.hashCode(), "the length and no more");
        assertThrows(
                NotSerializableException.class,
                () -> new ObjectOutputStream(new ByteArrayOutputStream()).writeObject(secret));
    }

    @Test
    void equality_isOfTheBytes() {
        SecretBytes secret = SecretBytes.copyOf("AES", new byte[] {1, 2});
        assertEquals(secret, SecretBytes.copyOf("AES", new byte[] {1, 2}));
        assertNotEquals(secret, SecretBytes.copyOf("AES", new byte[] {1, 3}));
        assertNotEquals(secret, SecretBytes.copyOf("AES", new byte[] {1}));
        assertFalse(secret.equals((Object) "AES"));
    }
}
