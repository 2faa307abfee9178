package dev.s3envelope.core.keyring;

import dev.s3envelope.core.IllegalKeyException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Collections;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMDecryptorProviderBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.jspecify.annotations.Nullable;

/**
 * An RSA public key, an RSA private key, or both, of 2,048 bits or more, with loaders for the usual files. Immutable; {@code toString} names the
 * sizes only.
 *
 * <p>A public key is taken from where it is written, never computed from a private key. PEM files are read with BouncyCastle, its
 * provider used by instance and not registered with the JVM.
 */
public final class RsaKeys {
    private static final int MIN_BITS = 2048;

    private final @Nullable PublicKey publicKey;
    private final @Nullable PrivateKey privateKey;

    private RsaKeys(@Nullable PublicKey publicKey, @Nullable PrivateKey privateKey) {
        this.publicKey = checked(publicKey);
        this.privateKey = checked(privateKey);
    }

    /** Returns the public key only: it can wrap, not unwrap. */
    public static RsaKeys of(PublicKey publicKey) {
        return new RsaKeys(publicKey, null);
    }

    /** Returns the private key only: it can unwrap, not wrap. */
    public static RsaKeys of(PrivateKey privateKey) {
        return new RsaKeys(null, privateKey);
    }

    /** Returns both keys, which the caller knows to belong together. */
    public static RsaKeys of(PublicKey publicKey, PrivateKey privateKey) {
        return new RsaKeys(publicKey, privateKey);
    }

    /**
     * Reads PEM text: any of {@code PUBLIC KEY}, {@code CERTIFICATE}, {@code PRIVATE KEY}, {@code ENCRYPTED PRIVATE KEY} and
     * {@code RSA PRIVATE KEY}, in any order. With several of a kind the first counts.
     *
     * @param password for encrypted private keys; empty if there is none
     * @throws IllegalKeyException if there is no RSA key in the text, the password is wrong, or the key is too short
     */
    public static RsaKeys fromPem(Reader pem, char[] password) {
        JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
        PublicKey publicKey = null;
        PrivateKey privateKey = null;
        try (PEMParser parser = new PEMParser(pem)) {
            for (Object entry = parser.readObject(); entry != null; entry = parser.readObject()) {
                SubjectPublicKeyInfo publicInfo = publicInfo(entry);
                if (publicInfo != null && publicKey == null) {
                    publicKey = converter.getPublicKey(publicInfo);
                }
                PrivateKeyInfo privateInfo = privateInfo(entry, password);
                if (privateInfo != null && privateKey == null) {
                    privateKey = converter.getPrivateKey(privateInfo);
                }
            }
        } catch (IOException | OperatorCreationException | PKCSException e) {
            throw new IllegalKeyException("The PEM text could not be read, or its password is wrong.", e);
        }
        if (publicKey == null && privateKey == null) {
            throw new IllegalKeyException(
                    "The PEM text holds no key. It should have a PUBLIC KEY, CERTIFICATE or PRIVATE KEY block.");
        }
        return new RsaKeys(publicKey, privateKey);
    }

    /**
     * Reads an unencrypted PKCS#8 private key, DER.
     *
     * @throws IllegalKeyException if it is no RSA private key, or too short
     */
    public static RsaKeys fromPkcs8(byte[] der) {
        try {
            return of(KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der)));
        } catch (GeneralSecurityException e) {
            throw new IllegalKeyException("The bytes are no RSA private key in PKCS#8.", e);
        }
    }

    /**
     * Reads a private key and its certificate's public key from a PKCS#12 store.
     *
     * @param store read to its end, not closed
     * @param alias which entry; empty takes the only private key of the store
     * @throws IllegalKeyException if the password is wrong, the entry is missing or not unique, or no RSA key
     */
    public static RsaKeys fromPkcs12(InputStream store, char[] password, Optional<String> alias) {
        try {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(store, password);
            String entry = alias.isPresent() ? alias.get() : onlyKey(keys);
            if (!(keys.getKey(entry, password) instanceof PrivateKey privateKey)) {
                throw new IllegalKeyException("The PKCS#12 store has no private key \"" + entry + "\".");
            }
            Certificate certificate = keys.getCertificate(entry);
            return new RsaKeys(certificate == null ? null : certificate.getPublicKey(), privateKey);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalKeyException("The PKCS#12 store could not be read, or its password is wrong.", e);
        }
    }

    /** Returns the same keys without the private one, for writers. */
    public RsaKeys publicOnly() {
        return new RsaKeys(publicKey, null);
    }

    /** Returns the public key, if there is one. */
    public Optional<PublicKey> publicKey() {
        return Optional.ofNullable(publicKey);
    }

    /** Returns the private key, if there is one. */
    public Optional<PrivateKey> privateKey() {
        return Optional.ofNullable(privateKey);
    }

    @Override
    public String toString() {
        return "RsaKeys[public " + bits(publicKey) + ", private " + bits(privateKey) + "]";
    }

    private static String onlyKey(KeyStore keys) throws GeneralSecurityException {
        String found = null;
        for (String alias : Collections.list(keys.aliases())) {
            if (keys.isKeyEntry(alias)) {
                if (found != null) {
                    throw new IllegalKeyException(
                            "The PKCS#12 store has several keys, \"" + found + "\" and \"" + alias + "\"; name one.");
                }
                found = alias;
            }
        }
        if (found == null) {
            throw new IllegalKeyException("The PKCS#12 store has no private key.");
        }
        return found;
    }

    private static @Nullable SubjectPublicKeyInfo publicInfo(Object entry) {
        if (entry instanceof X509CertificateHolder certificate) {
            return certificate.getSubjectPublicKeyInfo();
        }
        if (entry instanceof PEMKeyPair pair) {
            return pair.getPublicKeyInfo();
        }
        return entry instanceof SubjectPublicKeyInfo info ? info : null;
    }

    private static @Nullable PrivateKeyInfo privateInfo(Object entry, char[] password)
            throws IOException, OperatorCreationException, PKCSException {
        if (entry instanceof PKCS8EncryptedPrivateKeyInfo encrypted) {
            return encrypted.decryptPrivateKeyInfo(new JceOpenSSLPKCS8DecryptorProviderBuilder()
                    .setProvider(new BouncyCastleProvider())
                    .build(password));
        }
        if (entry instanceof PEMEncryptedKeyPair encrypted) {
            return encrypted
                    .decryptKeyPair(new JcePEMDecryptorProviderBuilder()
                            .setProvider(new BouncyCastleProvider())
                            .build(password))
                    .getPrivateKeyInfo();
        }
        if (entry instanceof PEMKeyPair pair) {
            return pair.getPrivateKeyInfo();
        }
        return entry instanceof PrivateKeyInfo info ? info : null;
    }

    private static <K extends java.security.Key> @Nullable K checked(@Nullable K key) {
        if (key != null && (!(key instanceof RSAKey rsa) || rsa.getModulus().bitLength() < MIN_BITS)) {
            throw new IllegalKeyException("The key is no RSA key of at least " + MIN_BITS + " bits: "
                    + key.getAlgorithm() + " " + bits(key) + ".");
        }
        return key;
    }

    private static String bits(java.security.@Nullable Key key) {
        return key instanceof RSAKey rsa ? rsa.getModulus().bitLength() + " bits" : "none";
    }
}
