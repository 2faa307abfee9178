package dev.s3envelope.core.s3ec;

import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.RsaKeys;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.spec.MGF1ParameterSpec;
import java.util.Arrays;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/**
 * Wraps data keys under an RSA public key, as the S3 Encryption Client's RSA keyring does: OAEP with SHA-1 and MGF1-SHA-1 over
 *
 * <pre>{@code
 * length of the data key, 1 | data key, 32 | suite name in US-ASCII: 115 or AES/GCM/NoPadding
 * }</pre>
 *
 * <p>OAEP does not need a collision-resistant hash; SHA-1 is what the format fixes. Anyone with the public key can wrap a key of their own: RSA
 * proves who may read, not who wrote.
 */
public final class S3ecRsaKeyring extends LocalS3ecKeyring {
    private static final OAEPParameterSpec OAEP =
            new OAEPParameterSpec("SHA-1", "MGF1", MGF1ParameterSpec.SHA1, PSource.PSpecified.DEFAULT);

    private final RsaKeys keys;

    /**
     * Creates a keyring.
     *
     * @param provider where RSA comes from, if it has it; else the JDK's
     * @param random makes data keys and padding
     * @param keys the public key to wrap, the private key to unwrap, or both
     */
    public S3ecRsaKeyring(CryptoProvider provider, SecureRandom random, RsaKeys keys) {
        super(provider, random);
        this.keys = keys;
    }

    @Override
    public S3ecWrapping wrapping() {
        return S3ecWrapping.RSA_OAEP_SHA1;
    }

    @Override
    public String toString() {
        return "local RSA key (S3EC)";
    }

    @Override
    byte[] wrap(byte[] dataKey, byte[] algorithm) throws GeneralSecurityException {
        Cipher cipher = provider.cipher("RSA/ECB/OAEPPadding");
        cipher.init(
                Cipher.ENCRYPT_MODE,
                keys.publicKey()
                        .orElseThrow(() ->
                                new InvalidKeyException("it has a private key only; wrapping needs the public key")),
                OAEP,
                random);
        byte[] framed = new byte[1 + dataKey.length + algorithm.length];
        framed[0] = (byte) dataKey.length;
        System.arraycopy(dataKey, 0, framed, 1, dataKey.length);
        System.arraycopy(algorithm, 0, framed, 1 + dataKey.length, algorithm.length);
        try {
            return cipher.doFinal(framed);
        } finally {
            Arrays.fill(framed, (byte) 0);
        }
    }

    @Override
    byte[] open(byte[] wrappedKey, byte[] algorithm) throws GeneralSecurityException {
        Cipher cipher = provider.cipher("RSA/ECB/OAEPPadding");
        cipher.init(
                Cipher.DECRYPT_MODE,
                keys.privateKey()
                        .orElseThrow(() ->
                                new InvalidKeyException("it has a public key only; unwrapping needs the private key")),
                OAEP);
        byte[] framed = cipher.doFinal(wrappedKey);
        try {
            int end = 1 + S3ecSuite.KEY_LENGTH;
            if (framed.length != end + algorithm.length
                    || framed[0] != S3ecSuite.KEY_LENGTH
                    || !MessageDigest.isEqual(Arrays.copyOfRange(framed, end, framed.length), algorithm)) {
                throw new BadPaddingException("unwrapped bytes are not a data key for this suite");
            }
            return Arrays.copyOfRange(framed, 1, end);
        } finally {
            Arrays.fill(framed, (byte) 0);
        }
    }
}
