package dev.s3envelope.core.crypto;

import dev.s3envelope.core.EnvelopeException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Known answers a provider must give before a client trusts it with data.
 *
 * <p>AES-256-GCM: test case 16 of "The Galois/Counter Mode of Operation" (McGrew and Viega). HMAC-SHA-512: test case 2 of RFC 4231.
 * HKDF-SHA-512: inputs of test case 1 of RFC 5869, output confirmed with a second implementation.
 */
final class SelfTest {
    private static final byte[] KEY = hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
    private static final byte[] IV = hex("cafebabefacedbaddecaf888");
    private static final byte[] AAD = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    private static final byte[] PLAINTEXT =
            hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e24"
                    + "49a6b525b16aedf5aa0de657ba637b39");
    private static final byte[] CIPHERTEXT =
            hex("522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b10"
                    + "56828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b");
    private static final byte[] HMAC_SHA512 =
            hex("164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65"
                    + "f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
    private static final byte[] HKDF_SHA512 =
            hex("832390086cda71fb47625bb5ceb168e4c8e26a1a16ed34d9fc7fe92c1481579338da362cb8d9f925d7cb");

    private SelfTest() {}

    static void run(CryptoProvider provider) {
        try {
            require(provider, "AES-256-GCM encryption", Arrays.equals(CIPHERTEXT, gcm(provider, true, PLAINTEXT)));
            require(provider, "AES-256-GCM decryption", Arrays.equals(PLAINTEXT, gcm(provider, false, CIPHERTEXT)));
            require(provider, "refusing a changed AES-GCM tag", refusesChangedTag(provider));
            Mac mac = provider.mac("HmacSHA512");
            mac.init(SecretBytes.copyOf("HmacSHA512", ascii("Jefe")));
            require(
                    provider,
                    "HMAC-SHA-512",
                    Arrays.equals(HMAC_SHA512, mac.doFinal(ascii("what do ya want for nothing?"))));
            byte[] inputKey = new byte[22];
            Arrays.fill(inputKey, (byte) 0x0b);
            try (Hkdf hkdf = Hkdf.extract(provider, Hkdf.Hash.SHA_512, hex("000102030405060708090a0b0c"), inputKey)) {
                byte[] derived = hkdf.expand(hex("f0f1f2f3f4f5f6f7f8f9"), HKDF_SHA512.length);
                require(provider, "HKDF-SHA-512", Arrays.equals(HKDF_SHA512, derived));
            }
        } catch (GeneralSecurityException e) {
            throw CryptoProvider.unusable(provider, "its self-test", e);
        }
    }

    private static boolean refusesChangedTag(CryptoProvider provider) throws GeneralSecurityException {
        byte[] changed = CIPHERTEXT.clone();
        changed[changed.length - 1] ^= 1;
        try {
            gcm(provider, false, changed);
            return false;
        } catch (AEADBadTagException e) {
            return true;
        }
    }

    private static byte[] gcm(CryptoProvider provider, boolean encrypt, byte[] input) throws GeneralSecurityException {
        Cipher cipher = provider.aesGcm();
        cipher.init(
                encrypt ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE,
                SecretBytes.copyOf("AES", KEY),
                new GCMParameterSpec(AlgorithmSuite.TAG_LENGTH * Byte.SIZE, IV));
        cipher.updateAAD(AAD);
        return cipher.doFinal(input);
    }

    private static void require(CryptoProvider provider, String what, boolean passed) {
        if (!passed) {
            throw new EnvelopeException("The crypto provider " + provider + " gave a wrong answer in its self-test ("
                    + what + "); it is not used. Choose another java.security.Provider, or none to use the JDK's.");
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }
}
