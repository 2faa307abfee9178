package dev.s3envelope.core.keyring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.IllegalKeyException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMEncryptorBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.Test;

/** Every file form a user may have his recovery key in. */
class RsaKeysTest {
    private static final KeyPair PAIR = TestRsa.pair();
    private static final char[] NONE = {};
    private static final char[] PASSWORD = "pass phrase".toCharArray();

    @Test
    void publicKeyPem_isReadAsPublicOnly() throws Exception {
        RsaKeys keys = RsaKeys.fromPem(new StringReader(pem(PAIR.getPublic())), NONE);
        assertEquals(Optional.of(PAIR.getPublic()), keys.publicKey());
        assertEquals(Optional.empty(), keys.privateKey());
    }

    @Test
    void certificatePem_givesItsPublicKey() throws Exception {
        RsaKeys keys = RsaKeys.fromPem(new StringReader(pem(certificate())), NONE);
        assertEquals(Optional.of(PAIR.getPublic()), keys.publicKey());
    }

    @Test
    void pkcs8Pem_givesThePrivateKeyOnly() throws Exception {
        String text = pem(new PemObject("PRIVATE KEY", PAIR.getPrivate().getEncoded()));
        RsaKeys keys = RsaKeys.fromPem(new StringReader(text), NONE);
        assertEquals(Optional.of(PAIR.getPrivate()), keys.privateKey());
        assertEquals(Optional.empty(), keys.publicKey(), "a public key is never computed");
    }

    @Test
    void pkcs1Pem_givesBothKeysAsWritten() throws Exception {
        RsaKeys keys = RsaKeys.fromPem(new StringReader(pem(PAIR.getPrivate())), NONE);
        assertEquals(Optional.of(PAIR.getPrivate()), keys.privateKey());
        assertEquals(Optional.of(PAIR.getPublic()), keys.publicKey());
    }

    @Test
    void encryptedPkcs8Pem_needsItsPassword() throws Exception {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(new JcaPKCS8Generator(
                    PAIR.getPrivate(),
                    new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC)
                            .setProvider(new org.bouncycastle.jce.provider.BouncyCastleProvider())
                            .setPassword(PASSWORD)
                            .build()));
        }
        assertEquals(
                Optional.of(PAIR.getPrivate()),
                RsaKeys.fromPem(new StringReader(text.toString()), PASSWORD).privateKey());
        assertThrows(
                IllegalKeyException.class,
                () -> RsaKeys.fromPem(new StringReader(text.toString()), "wrong".toCharArray()));
    }

    @Test
    void encryptedPkcs1Pem_needsItsPassword() throws Exception {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(
                    PAIR.getPrivate(),
                    new JcePEMEncryptorBuilder("AES-256-CBC")
                            .setProvider(new org.bouncycastle.jce.provider.BouncyCastleProvider())
                            .build(PASSWORD));
        }
        assertEquals(
                Optional.of(PAIR.getPrivate()),
                RsaKeys.fromPem(new StringReader(text.toString()), PASSWORD).privateKey());
        assertThrows(
                IllegalKeyException.class,
                () -> RsaKeys.fromPem(new StringReader(text.toString()), "wrong".toCharArray()));
    }

    @Test
    void pemWithBothKeys_givesBoth() throws Exception {
        String text = pem(PAIR.getPublic()) + "\n"
                + pem(new PemObject("PRIVATE KEY", PAIR.getPrivate().getEncoded()));
        RsaKeys keys = RsaKeys.fromPem(new StringReader(text), NONE);
        assertTrue(keys.publicKey().isPresent() && keys.privateKey().isPresent());
        assertFalse(keys.publicOnly().privateKey().isPresent());
        assertEquals("RsaKeys[public 2048 bits, private 2048 bits]", keys.toString());
        assertEquals(
                "RsaKeys[public 2048 bits, private none]", keys.publicOnly().toString());
    }

    @Test
    void textWithoutAKey_isRefused() {
        assertThrows(IllegalKeyException.class, () -> RsaKeys.fromPem(new StringReader("hello"), NONE));
        assertThrows(
                IllegalKeyException.class,
                () -> RsaKeys.fromPem(
                        new StringReader("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"), NONE));
    }

    @Test
    void keysThatAreTooShortOrNotRsa_areRefused() throws Exception {
        KeyPair small = TestRsa.generate(1024);
        assertThrows(IllegalKeyException.class, () -> RsaKeys.of(small.getPublic()));
        assertThrows(IllegalKeyException.class, () -> RsaKeys.of(small.getPrivate()));
        KeyPair ec = KeyPairGenerator.getInstance("EC").generateKeyPair();
        assertThrows(IllegalKeyException.class, () -> RsaKeys.of(ec.getPublic()));
        String text = pem(ec.getPublic());
        assertThrows(IllegalKeyException.class, () -> RsaKeys.fromPem(new StringReader(text), NONE));
    }

    @Test
    void pkcs8Der_isRead() {
        assertEquals(
                Optional.of(PAIR.getPrivate()),
                RsaKeys.fromPkcs8(PAIR.getPrivate().getEncoded()).privateKey());
        assertThrows(IllegalKeyException.class, () -> RsaKeys.fromPkcs8(new byte[10]));
    }

    @Test
    void pkcs12_givesBothKeysOfItsEntry() throws Exception {
        byte[] one = store(PAIR.getPrivate(), "recovery");
        RsaKeys keys = RsaKeys.fromPkcs12(new ByteArrayInputStream(one), PASSWORD, Optional.empty());
        assertEquals(Optional.of(PAIR.getPrivate()), keys.privateKey());
        assertEquals(Optional.of(PAIR.getPublic()), keys.publicKey());

        byte[] two = store(PAIR.getPrivate(), "a", "b");
        assertEquals(
                keys.privateKey(),
                RsaKeys.fromPkcs12(new ByteArrayInputStream(two), PASSWORD, Optional.of("b"))
                        .privateKey());
        assertThrows(
                IllegalKeyException.class,
                () -> RsaKeys.fromPkcs12(new ByteArrayInputStream(two), PASSWORD, Optional.empty()));
        assertThrows(
                IllegalKeyException.class,
                () -> RsaKeys.fromPkcs12(new ByteArrayInputStream(two), PASSWORD, Optional.of("c")));
        assertThrows(
                IllegalKeyException.class,
                () -> RsaKeys.fromPkcs12(new ByteArrayInputStream(one), "no".toCharArray(), Optional.empty()));
        byte[] empty = store(PAIR.getPrivate());
        assertThrows(
                IllegalKeyException.class,
                () -> RsaKeys.fromPkcs12(new ByteArrayInputStream(empty), PASSWORD, Optional.empty()));
    }

    private static byte[] store(PrivateKey key, String... aliases) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, PASSWORD);
        for (String alias : aliases) {
            store.setKeyEntry(alias, key, PASSWORD, new X509Certificate[] {certificate()});
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        store.store(out, PASSWORD);
        return out.toByteArray();
    }

    private static X509Certificate certificate() throws Exception {
        X500Principal name = new X500Principal("CN=recovery");
        Date from = new Date(0);
        Date to = new Date(4_000_000_000_000L);
        return new JcaX509CertificateConverter()
                .getCertificate(new JcaX509v3CertificateBuilder(name, BigInteger.ONE, from, to, name, PAIR.getPublic())
                        .build(new JcaContentSignerBuilder("SHA256withRSA").build(PAIR.getPrivate())));
    }

    private static String pem(Object object) throws Exception {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        }
        return text.toString();
    }
}
