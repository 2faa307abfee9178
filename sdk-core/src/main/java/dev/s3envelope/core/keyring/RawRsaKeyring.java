package dev.s3envelope.core.keyring;

import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.crypto.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.spec.MGF1ParameterSpec;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/**
 * Wraps data keys under an RSA public key with OAEP, SHA-256 for both the hash and MGF1, as the raw RSA keyring of every AWS
 * Encryption SDK does. Meant as an offline recovery key: writers hold the public key only, and the private key stays in a
 * safe until it is needed.
 *
 * <p>Provider id is the key namespace, provider info the key name. Source: AWS Encryption SDK specification,
 * framework/raw-rsa-keyring. The encryption context is not bound to an RSA-wrapped key; the message header authenticates it.
 */
public final class RawRsaKeyring extends LocalKeyring {
    private static final OAEPParameterSpec OAEP =
            new OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT);

    private final CryptoProvider provider;
    private final RsaKeys keys;

    /**
     * Creates a keyring.
     *
     * @param provider where RSA comes from, if it has it; else the JDK's
     * @param random makes data keys and padding
     * @param namespace stored as provider id
     * @param name stored as provider info
     * @param keys the public key to wrap, the private key to unwrap, or both
     */
    public RawRsaKeyring(CryptoProvider provider, SecureRandom random, String namespace, String name, RsaKeys keys) {
        super(namespace, name, random);
        this.provider = provider;
        this.keys = keys;
    }

    @Override
    public String toString() {
        return "raw RSA key " + namespace() + ":" + name();
    }

    @Override
    Optional<String> incapable(boolean wrapping) {
        if (wrapping) {
            return keys.publicKey().isPresent()
                    ? Optional.empty()
                    : Optional.of("it has a private key only; wrapping needs the public key.");
        }
        return keys.privateKey().isPresent()
                ? Optional.empty()
                : Optional.of("it has a public key only; unwrapping needs the private key.");
    }

    @Override
    WrappedKey wrapLocally(SecretBytes dataKey, EncryptionContext context) throws GeneralSecurityException {
        Cipher cipher = provider.cipher("RSA/ECB/OAEPPadding");
        cipher.init(Cipher.ENCRYPT_MODE, keys.publicKey().orElseThrow(), OAEP, random());
        byte[] plaintext = dataKey.getEncoded();
        try {
            return WrappedKey.of(namespace(), name().getBytes(StandardCharsets.UTF_8), cipher.doFinal(plaintext));
        } finally {
            Arrays.fill(plaintext, (byte) 0);
        }
    }

    @Override
    Optional<byte[]> unwrapLocally(WrappedKey wrapped, EncryptionContext context) throws GeneralSecurityException {
        if (!wrapped.providerInfoText().equals(name())) {
            return Optional.empty();
        }
        Cipher cipher = provider.cipher("RSA/ECB/OAEPPadding");
        cipher.init(Cipher.DECRYPT_MODE, keys.privateKey().orElseThrow(), OAEP);
        return Optional.of(cipher.doFinal(wrapped.ciphertext()));
    }
}
