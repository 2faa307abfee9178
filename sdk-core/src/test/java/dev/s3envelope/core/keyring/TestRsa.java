package dev.s3envelope.core.keyring;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;

/** One RSA key pair for all keyring tests: making one is slow. */
final class TestRsa {
    private static final KeyPair PAIR = generate(2048);

    private TestRsa() {}

    static RsaKeys keys() {
        return RsaKeys.of(PAIR.getPublic(), PAIR.getPrivate());
    }

    static KeyPair pair() {
        return PAIR;
    }

    static KeyPair generate(int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
