package dev.s3envelope.core.s3ec;

import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.DataKey;
import dev.s3envelope.core.keyring.RsaKeys;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;

/** Keys, and whole objects in one call. */
final class Fixture {
    static final CryptoProvider JDK = CryptoProvider.jdk();
    static final SecureRandom RANDOM = new SecureRandom();
    static final byte[] AES = seeded(7, 32);
    static final KeyPair RSA = rsa();

    private Fixture() {}

    static S3ecAesKeyring aes() {
        return new S3ecAesKeyring(JDK, RANDOM, AES);
    }

    static S3ecRsaKeyring rsaKeyring() {
        return new S3ecRsaKeyring(JDK, RANDOM, RsaKeys.of(RSA.getPublic(), RSA.getPrivate()));
    }

    static KeyPair rsa() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    static byte[] seeded(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static HoldBack hold() {
        return HoldBack.defaults();
    }

    static HoldBack spoolingTo(Path directory) {
        return HoldBack.defaults().withMemoryLimit(0).withDirectory(directory);
    }

    static MapS3.Stored encrypt(S3ecKeyring keyring, byte[] plaintext) {
        return encrypt(keyring, plaintext, OptionalLong.of(plaintext.length), S3ecEncryptor.ONE_STREAM, 1 << 20);
    }

    /** Encrypts in calls of {@code chunk} bytes. */
    static MapS3.Stored encrypt(
            S3ecKeyring keyring, byte[] plaintext, OptionalLong declared, long oneStream, int chunk) {
        try (S3ecMaterials materials = keyring.generate(
                                S3ecSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY, Map.of("for", "a test"))
                        .toCompletableFuture()
                        .join();
                S3ecEncryptor encryptor = S3ecEncryptor.start(JDK, RANDOM, materials, declared, oneStream)) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            byte[] out = new byte[S3ecEncryptor.outputSize(chunk) + 3];
            for (int from = 0; from < plaintext.length; from += chunk) {
                int n = encryptor.update(plaintext, from, Math.min(chunk, plaintext.length - from), out, 3);
                body.write(out, 3, n);
            }
            byte[] end = new byte[S3ecEncryptor.outputSize(0)];
            body.write(end, 0, encryptor.finish(end, 0));
            return new MapS3.Stored(body.toByteArray(), S3ecMetadata.toMetadata(encryptor.envelope()));
        }
    }

    static byte[] decrypt(S3ecKeyring keyring, MapS3.Stored stored) {
        return decrypt(keyring, stored.metadata, stored.body);
    }

    static byte[] decrypt(S3ecKeyring keyring, Map<String, String> metadata, byte[] body) {
        return decrypt(keyring, metadata, body, hold(), 1 << 20, GcmTag.PIECE);
    }

    /** Decrypts from calls of {@code chunk} bytes. */
    static byte[] decrypt(
            S3ecKeyring keyring, Map<String, String> metadata, byte[] body, HoldBack hold, int chunk, int piece) {
        S3ecEnvelope envelope = S3ecMetadata.parse(metadata);
        try (DataKey key = unwrap(keyring, envelope);
                S3ecDecryptor decryptor = S3ecDecryptor.start(JDK, envelope, key, OptionalLong.empty(), hold, piece)) {
            for (int from = 0; from < body.length; from += chunk) {
                byte[] piecemeal = Arrays.copyOfRange(body, from, Math.min(body.length, from + chunk));
                decryptor.update(piecemeal, 0, piecemeal.length);
                Arrays.fill(piecemeal, (byte) 0x55);
            }
            try (VerifiedPlaintext plaintext = decryptor.finish()) {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                plaintext.transferTo(out);
                return out.toByteArray();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    static DataKey unwrap(S3ecKeyring keyring, S3ecEnvelope envelope) {
        try {
            return keyring.unwrap(envelope, Map.of()).toCompletableFuture().join();
        } catch (java.util.concurrent.CompletionException e) {
            throw (RuntimeException) e.getCause();
        }
    }
}
