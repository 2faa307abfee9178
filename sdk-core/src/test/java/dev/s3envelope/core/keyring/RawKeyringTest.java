package dev.s3envelope.core.keyring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.KeyringException;
import dev.s3envelope.core.crypto.AlgorithmSuite;
import dev.s3envelope.core.crypto.CryptoProvider;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Raw AES, raw RSA and multi keyrings: what one wraps it unwraps, and nothing else. */
class RawKeyringTest {
    private static final CryptoProvider JDK = CryptoProvider.jdk();
    private static final EncryptionContext CONTEXT = EncryptionContext.of(Map.of("tenant", "7"));
    private static final EncryptionMaterialsRequest REQUEST = EncryptionMaterialsRequest.of(CONTEXT);

    @ParameterizedTest
    @ValueSource(ints = {16, 24, 32})
    void aesKeyring_unwrapsWhatItWrapped(int wrappingKeyLength) {
        RawAesKeyring keyring = aes("n", "k", new byte[wrappingKeyLength]);
        try (EncryptionMaterials made = join(keyring.generate(REQUEST));
                DataKey opened = join(keyring.unwrap(request(made)))) {
            assertEquals(made.dataKey(), opened);
            assertEquals(REQUEST, made.request());
            WrappedKey wrapped = made.wrappedKeys().get(0);
            assertEquals("n", wrapped.providerId());
            assertEquals("n:k", wrapped.toString());
            assertEquals(48, wrapped.ciphertext().length);
            ByteBuffer info = ByteBuffer.wrap(wrapped.providerInfo());
            assertEquals('k', info.get());
            assertEquals(128, info.getInt());
            assertEquals(12, info.getInt());
            assertEquals(12, info.remaining());
        }
        assertFalse(keyring.blocking());
    }

    @ParameterizedTest
    @EnumSource(AlgorithmSuite.class)
    void dataKey_hasTheLengthOfItsSuite(AlgorithmSuite suite) {
        RawAesKeyring keyring = aes("n", "k", new byte[32]);
        EncryptionMaterialsRequest request =
                new EncryptionMaterialsRequest(suite, CONTEXT, Optional.empty(), OptionalLong.empty());
        try (EncryptionMaterials made = join(keyring.generate(request))) {
            assertEquals(suite.keyLength(), made.dataKey().length());
        }
    }

    @Test
    void dataKeyOfAnotherSuite_isNotReturned() {
        RawAesKeyring keyring = aes("n", "k", new byte[32]);
        try (DataKey tooShort = DataKey.copyOf(new byte[16])) {
            List<WrappedKey> wrapped = join(keyring.wrap(tooShort, REQUEST));
            refused(keyring.unwrap(
                    new DecryptionMaterialsRequest(REQUEST.suite(), CONTEXT, wrapped, Optional.empty())));
        }
    }

    @Test
    void aesKeyring_ignoresOtherNamesAndNamespaces_andTriesAllOfItsOwn() {
        RawAesKeyring keyring = aes("n", "k", new byte[32]);
        byte[] otherKey = new byte[32];
        otherKey[0] = 1;
        try (EncryptionMaterials made = join(keyring.generate(REQUEST))) {
            WrappedKey right = made.wrappedKeys().get(0);
            WrappedKey sameNameOtherKey =
                    join(aes("n", "k", otherKey).wrap(made.dataKey(), REQUEST)).get(0);
            WrappedKey otherName = join(aes("n", "x", new byte[32]).wrap(made.dataKey(), REQUEST))
                    .get(0);
            WrappedKey otherNamespace = join(aes("m", "k", new byte[32]).wrap(made.dataKey(), REQUEST))
                    .get(0);

            try (DataKey opened = join(keyring.unwrap(request(otherNamespace, otherName, sameNameOtherKey, right)))) {
                assertEquals(made.dataKey(), opened);
            }
            KeyringException none = refused(keyring.unwrap(request(otherNamespace, otherName)));
            assertTrue(String.valueOf(none.getMessage()).contains("raw AES key n:k"));
            KeyringException wrong = refused(keyring.unwrap(request(sameNameOtherKey)));
            assertEquals(1, wrong.getSuppressed().length);
        }
    }

    @Test
    void everyBitOfAnAesWrappedKey_matters() {
        RawAesKeyring keyring = aes("n", "k", new byte[32]);
        try (EncryptionMaterials made = join(keyring.generate(REQUEST))) {
            WrappedKey wrapped = made.wrappedKeys().get(0);
            byte[] info = wrapped.providerInfo();
            byte[] ciphertext = wrapped.ciphertext();
            for (int bit = 0; bit < 8 * (info.length + ciphertext.length); bit++) {
                byte[] changedInfo = info.clone();
                byte[] changedCiphertext = ciphertext.clone();
                byte[] target = bit < 8 * info.length ? changedInfo : changedCiphertext;
                target[
                                (bit / 8) % (bit < 8 * info.length ? info.length : Integer.MAX_VALUE)
                                        - (bit < 8 * info.length ? 0 : info.length)] ^=
                        (byte) (1 << bit % 8);
                refused(keyring.unwrap(request(WrappedKey.of("n", changedInfo, changedCiphertext))));
            }
            refused(keyring.unwrap(request(WrappedKey.of("n", Arrays.copyOf(info, info.length - 1), ciphertext))));
            refused(keyring.unwrap(request(WrappedKey.of("n", info, new byte[0]))));
        }
    }

    @Test
    void otherContext_doesNotUnwrap() {
        RawAesKeyring keyring = aes("n", "k", new byte[32]);
        try (EncryptionMaterials made = join(keyring.generate(REQUEST))) {
            refused(keyring.unwrap(new DecryptionMaterialsRequest(
                    REQUEST.suite(), EncryptionContext.empty(), made.wrappedKeys(), Optional.empty())));
        }
    }

    @Test
    void twoWrappings_haveTwoIvs() {
        RawAesKeyring keyring = aes("n", "k", new byte[32]);
        try (DataKey key = DataKey.copyOf(new byte[32])) {
            assertNotEquals(join(keyring.wrap(key, REQUEST)), join(keyring.wrap(key, REQUEST)));
        }
    }

    @Test
    void closedAesKeyring_refuses() {
        RawAesKeyring keyring = aes("n", "k", new byte[32]);
        EncryptionMaterials made = join(keyring.generate(REQUEST));
        keyring.close();
        refused(keyring.generate(REQUEST));
        refused(keyring.unwrap(request(made)));
    }

    @Test
    void namesThatKmsOwns_areRefused() {
        assertThrows(IllegalArgumentException.class, () -> aes("aws-kms", "k", new byte[32]));
        assertThrows(IllegalArgumentException.class, () -> aes("aws-kms-mine", "k", new byte[32]));
        assertThrows(IllegalArgumentException.class, () -> aes("", "k", new byte[32]));
        assertThrows(IllegalArgumentException.class, () -> aes("n", "", new byte[32]));
        assertThrows(IllegalArgumentException.class, () -> aes("n", "k", new byte[31]));
    }

    @Test
    void rsaKeyring_wrapsWithThePublicKey_andUnwrapsWithThePrivateKey() {
        RsaKeys keys = TestRsa.keys();
        RawRsaKeyring writer = rsa("safe", keys.publicOnly());
        RawRsaKeyring reader = rsa("safe", RsaKeys.of(keys.privateKey().orElseThrow()));
        try (EncryptionMaterials made = join(writer.generate(REQUEST));
                DataKey opened = join(reader.unwrap(request(made)))) {
            assertEquals(made.dataKey(), opened);
            assertEquals("safe", made.wrappedKeys().get(0).providerInfoText());
            assertTrue(String.valueOf(refused(writer.unwrap(request(made))).getMessage())
                    .contains("public key only"));
            assertTrue(String.valueOf(refused(reader.generate(REQUEST)).getMessage())
                    .contains("private key only"));
            refused(reader.wrap(made.dataKey(), REQUEST));
            RsaKeys alone = RsaKeys.of(keys.publicKey().orElseThrow());
            assertEquals(keys.publicKey(), alone.publicKey());
            assertEquals(Optional.empty(), alone.privateKey());
            refused(rsa("other", keys).unwrap(request(made)));
            byte[] changed = made.wrappedKeys().get(0).ciphertext();
            changed[9] ^= 1;
            refused(reader.unwrap(request(WrappedKey.of("offline", "safe".getBytes(StandardCharsets.UTF_8), changed))));
        }
    }

    @Test
    void multiKeyring_letsEachMemberOpenAlone() {
        RsaKeys keys = TestRsa.keys();
        RawAesKeyring local = aes("n", "k", new byte[32]);
        MultiKeyring multi =
                new MultiKeyring(local, List.of(rsa("safe", keys.publicOnly()), aes("n", "2", new byte[16])));
        try (EncryptionMaterials made = join(multi.generate(REQUEST))) {
            assertEquals(3, made.wrappedKeys().size());
            for (Keyring alone : List.of(local, rsa("safe", keys), aes("n", "2", new byte[16]), multi)) {
                try (DataKey opened = join(alone.unwrap(request(made)))) {
                    assertEquals(made.dataKey(), opened);
                }
            }
            assertEquals(3, join(multi.wrap(made.dataKey(), REQUEST)).size());
        }
        assertFalse(multi.blocking());
    }

    @Test
    void multiKeyring_readsWithTheFirstThatOpens_andListsAllFailures() {
        RawAesKeyring lost = aes("n", "lost", new byte[32]);
        RawAesKeyring kept = aes("n", "kept", new byte[32]);
        MultiKeyring multi = new MultiKeyring(lost, List.of(kept));
        EncryptionMaterials made = join(kept.generate(REQUEST));
        try (DataKey opened = join(multi.unwrap(request(made)))) {
            assertEquals(made.dataKey(), opened);
        }
        KeyringException none = refused(multi.unwrap(request(aes("n", "third", new byte[32]))));
        assertEquals(2, none.getSuppressed().length);
        assertTrue(String.valueOf(none.getMessage()).contains("n:lost"));
        assertTrue(String.valueOf(none.getMessage()).contains("n:kept"));
    }

    @Test
    void multiKeyring_writesNothing_whenAMemberCannotWrap() {
        MultiKeyring multi = new MultiKeyring(
                aes("n", "k", new byte[32]),
                List.of(rsa("safe", RsaKeys.of(TestRsa.keys().privateKey().orElseThrow()))));
        refused(multi.generate(REQUEST));
    }

    static RawAesKeyring aes(String namespace, String name, byte[] key) {
        return new RawAesKeyring(JDK, new SecureRandom(), namespace, name, key);
    }

    private static RawRsaKeyring rsa(String name, RsaKeys keys) {
        return new RawRsaKeyring(JDK, new SecureRandom(), "offline", name, keys);
    }

    private static DecryptionMaterialsRequest request(EncryptionMaterials made) {
        return new DecryptionMaterialsRequest(made.request().suite(), CONTEXT, made.wrappedKeys(), Optional.empty());
    }

    private static DecryptionMaterialsRequest request(Keyring keyring) {
        try (EncryptionMaterials made = join(keyring.generate(REQUEST))) {
            return request(made);
        }
    }

    private static DecryptionMaterialsRequest request(WrappedKey... wrapped) {
        return new DecryptionMaterialsRequest(REQUEST.suite(), CONTEXT, List.of(wrapped), Optional.empty());
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private static KeyringException refused(CompletionStage<?> stage) {
        CompletionException failure = assertThrows(
                CompletionException.class, () -> stage.toCompletableFuture().join());
        return assertInstanceOf(KeyringException.class, failure.getCause());
    }
}
