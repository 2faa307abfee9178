package dev.s3envelope.core.ssec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.Refused;
import dev.s3envelope.core.arn.ObjectAddress;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.List;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeystoreSseCKeysTest {
    private static final char[] PASSWORD = "correct horse".toCharArray();
    private static final ObjectAddress OBJECT = new ObjectAddress("bucket", "k");

    @TempDir
    private Path directory = Path.of("");

    private Path file = Path.of("");

    @BeforeEach
    void writeKeystore() throws Exception {
        KeyStore keystore = KeyStore.getInstance("PKCS12");
        keystore.load(null, PASSWORD);
        KeyStore.ProtectionParameter protection = new KeyStore.PasswordProtection(PASSWORD);
        keystore.setEntry("y2026", new KeyStore.SecretKeyEntry(aes(32, 6)), protection);
        keystore.setEntry("y2025", new KeyStore.SecretKeyEntry(aes(32, 5)), protection);
        keystore.setEntry("short", new KeyStore.SecretKeyEntry(aes(16, 1)), protection);
        file = directory.resolve("keys.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            keystore.store(out, PASSWORD);
        }
    }

    @Test
    void explainsAnEntryUnderAnotherPassword() throws Exception {
        KeyStore keystore = KeyStore.getInstance("PKCS12");
        keystore.load(null, PASSWORD);
        keystore.setEntry(
                "apart",
                new KeyStore.SecretKeyEntry(aes(32, 6)),
                new KeyStore.PasswordProtection("another".toCharArray()));
        Path other = directory.resolve("apart.p12");
        try (OutputStream out = Files.newOutputStream(other)) {
            keystore.store(out, PASSWORD);
        }

        Refused.by(
                EnvelopeException.class,
                () -> SseCKeySource.fromKeystore("disk", other, PASSWORD, List.of("apart")),
                "Entry \"apart\" of keystore " + other,
                "does not open with the keystore's password");
    }

    private static SecretKeySpec aes(int length, int fill) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) fill);
        return new SecretKeySpec(bytes, "AES");
    }

    @Test
    void readsTheCurrentKeyAndTheOldOnes() {
        SseCKeySource source = SseCKeySource.fromKeystore("disk", file, PASSWORD, List.of("y2026", "y2025"));

        assertEquals("disk", source.name());
        assertEquals(SseCKeyTest.key(6), source.keyForWrite(OBJECT));
        assertEquals(List.of(SseCKeyTest.key(6), SseCKeyTest.key(5)), source.keysForRead(OBJECT));
    }

    @Test
    void refusesWhatIsNoSuchKey() {
        Refused.by(
                IllegalEncryptionException.class,
                () -> SseCKeySource.fromKeystore("disk", file, PASSWORD, List.of("y2026", "short")),
                "Entry \"short\"",
                "has 16 bytes",
                "exactly 32");
        Refused.by(
                EnvelopeException.class,
                () -> SseCKeySource.fromKeystore("disk", file, PASSWORD, List.of("none")),
                "Entry \"none\" of keystore " + file + " does not exist");
        Refused.by(
                IllegalEncryptionException.class,
                () -> SseCKeySource.fromKeystore("disk", file, PASSWORD, List.of()),
                "No alias is given");
    }

    @Test
    void refusesAnUnreadableFile_withoutRepeatingThePassword() throws Exception {
        EnvelopeException wrong = Refused.by(
                EnvelopeException.class,
                () -> SseCKeySource.fromKeystore("disk", file, "staple".toCharArray(), List.of("y2026")),
                "keys.p12 does not open with the password given");
        assertFalse(Refused.message(wrong).contains("staple"));
        Path garbage = Files.writeString(directory.resolve("garbage.p12"), "not a keystore");
        Refused.by(
                EnvelopeException.class,
                () -> SseCKeySource.fromKeystore("disk", garbage, PASSWORD, List.of("y2026")),
                "garbage.p12 cannot be read as PKCS#12");
        Refused.by(
                EnvelopeException.class,
                () -> SseCKeySource.fromKeystore("disk", directory.resolve("none.p12"), PASSWORD, List.of("y2026")),
                "none.p12 cannot be read");
    }
}
