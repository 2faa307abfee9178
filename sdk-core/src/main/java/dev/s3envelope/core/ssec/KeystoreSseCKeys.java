package dev.s3envelope.core.ssec;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.internal.Text;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.UnrecoverableKeyException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.crypto.SecretKey;

/** Reads a ring of keys out of a PKCS#12 keystore, once; the file is not needed afterwards. */
final class KeystoreSseCKeys {
    private KeystoreSseCKeys() {}

    static SseCKeySource load(String name, Path file, char[] password, List<String> aliases) {
        SourceNames.require(name);
        if (aliases.isEmpty()) {
            throw new IllegalEncryptionException("No alias is given for key source " + name
                    + ". Name the entry of the current key first, then those of the old ones.");
        }
        KeyStore keystore = open(file, password);
        List<SseCKey> keys = new ArrayList<>();
        try {
            for (String alias : aliases) {
                keys.add(key(keystore, file, password, alias));
            }
            return new FixedSseCKeys(name, keys.get(0), keys.subList(1, keys.size()));
        } finally {
            keys.forEach(SseCKey::destroy);
        }
    }

    private static KeyStore open(Path file, char[] password) {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore keystore = KeyStore.getInstance("PKCS12");
            keystore.load(in, password);
            return keystore;
        } catch (IOException e) {
            if (e.getCause() instanceof UnrecoverableKeyException) {
                throw new EnvelopeException("Keystore " + file + " does not open with the password given.", e);
            }
            throw new EnvelopeException("Keystore " + file + " cannot be read as PKCS#12: " + e + ".", e);
        } catch (GeneralSecurityException e) {
            throw new EnvelopeException("Keystore " + file + " cannot be opened: " + e + ".", e);
        }
    }

    private static SseCKey key(KeyStore keystore, Path file, char[] password, String alias) {
        String entry = "Entry " + Text.quote(alias) + " of keystore " + file;
        Key key;
        try {
            key = keystore.getKey(alias, password);
        } catch (UnrecoverableKeyException e) {
            throw new EnvelopeException(entry + " does not open with the keystore's password.", e);
        } catch (GeneralSecurityException e) {
            throw new EnvelopeException(entry + " cannot be read: " + e + ".", e);
        }
        if (key == null) {
            throw new EnvelopeException(entry + " does not exist, or is not a key.");
        }
        byte[] bytes = key instanceof SecretKey ? key.getEncoded() : null;
        if (bytes == null) {
            throw new IllegalEncryptionException(
                    entry + " is not a secret key whose bytes can be read, which SSE-C needs.");
        }
        try {
            if (bytes.length != SseCKey.LENGTH) {
                throw new IllegalEncryptionException(
                        entry + " has " + bytes.length + " bytes; a customer-provided key has exactly 32 (AES-256).");
            }
            return SseCKey.of(bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }
}
