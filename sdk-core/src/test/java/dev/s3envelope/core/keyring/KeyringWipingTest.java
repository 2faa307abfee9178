package dev.s3envelope.core.keyring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.KeyringException;
import dev.s3envelope.core.RecordingRandom;
import dev.s3envelope.core.Refused;
import dev.s3envelope.core.WatchedProvider;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.crypto.SecretBytes;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where data keys and IVs come from, and that nothing of a key stays behind, whatever went wrong. */
class KeyringWipingTest {
    private static final EncryptionContext CONTEXT = EncryptionContext.of(Map.of("tenant", "7"));
    private static final EncryptionMaterialsRequest REQUEST = EncryptionMaterialsRequest.of(CONTEXT);

    private final RecordingRandom random = new RecordingRandom();
    private final WatchedProvider watched = new WatchedProvider();
    private final CryptoProvider provider = watched.choose();

    @Test
    void dataKeysAndIvs_areDrawnAnew() {
        try (RawAesKeyring keyring = aes();
                EncryptionMaterials made = join(keyring.generate(REQUEST))) {
            assertArrayEquals(random.drawn().get(0), made.dataKey().use(SecretBytes::getEncoded));
            byte[] info = made.wrappedKeys().get(0).providerInfo();
            assertEquals(12, random.drawn().get(1).length);
            assertArrayEquals(random.drawn().get(1), Arrays.copyOfRange(info, info.length - 12, info.length));
        }
        assertTrue(WatchedProvider.wiped(List.of(random.filled().get(0))), "closed with the materials");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void dataKeys_areWipedOnTheirWayThroughAKeyring(boolean aes) {
        LocalKeyring keyring = aes ? aes() : rsa(TestRsa.keys());
        try (EncryptionMaterials made = join(keyring.generate(REQUEST))) {
            assertEquals(1, watched.inputs().size());
            assertTrue(WatchedProvider.wiped(watched.inputs()));
            watched.forget();
            DataKey opened = join(keyring.unwrap(request(made.wrappedKeys())));
            assertEquals(made.dataKey(), opened);
            assertFalse(WatchedProvider.wiped(watched.outputs()));
            opened.close();
            assertTrue(WatchedProvider.wiped(watched.outputs()));

            watched.forget();
            watched.with(WatchedProvider.Fault.LAST_STEP);
            Refused.by(KeyringException.class, keyring.wrap(made.dataKey(), REQUEST), keyring + ": wrapping failed.");
            assertEquals(1, watched.inputs().size());
            assertTrue(WatchedProvider.wiped(watched.inputs()));
            assertFalse(made.dataKey().isClosed(), "the caller's");
        }
    }

    @Test
    void dataKeyThatCannotBeWrapped_isWiped() {
        RawAesKeyring keyring = aes();
        watched.failAfter(0);
        Refused.by(KeyringException.class, keyring.generate(REQUEST), "raw AES key n:k: wrapping failed.");
        assertTrue(WatchedProvider.wiped(List.of(random.filled().get(0))));
        keyring.close();
        Refused.by(KeyringException.class, keyring.generate(REQUEST), "raw AES key n:k: the keyring is closed.");
        assertTrue(WatchedProvider.wiped(
                List.of(random.filled().get(random.filled().size() - 1))));
    }

    @Test
    void dataKeyOfAnotherLength_isWiped() {
        try (RawAesKeyring keyring = aes();
                DataKey tooShort = DataKey.copyOf(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})) {
            List<WrappedKey> wrapped = join(keyring.wrap(tooShort, REQUEST));
            watched.forget();
            Refused.by(KeyringException.class, keyring.unwrap(request(wrapped)), "does not open");
            assertEquals(1, watched.outputs().size());
            assertTrue(WatchedProvider.wiped(watched.outputs()));
        }
    }

    @Test
    void dataKeyThatOneMemberCannotWrap_isWiped() {
        RsaKeys half = RsaKeys.of(TestRsa.keys().privateKey().orElseThrow());
        MultiKeyring multi = new MultiKeyring(aes(), List.of(rsa(half)));
        Refused.by(KeyringException.class, multi.generate(REQUEST), "wrapping needs the public key");
        assertEquals(32, random.filled().get(0).length);
        assertTrue(WatchedProvider.wiped(List.of(random.filled().get(0))));
    }

    @Test
    void randomKeys_areRandom() {
        try (DataKey key = DataKey.random(random, 24)) {
            assertEquals(24, key.length());
            assertArrayEquals(random.drawn().get(0), key.use(SecretBytes::getEncoded));
        }
        assertTrue(WatchedProvider.wiped(random.filled()));
    }

    @Test
    void materials_closeTheirDataKey() {
        try (RawAesKeyring keyring = aes()) {
            EncryptionMaterials made = join(keyring.generate(REQUEST));
            assertFalse(made.dataKey().isClosed());
            made.close();
            assertTrue(made.dataKey().isClosed());
        }
    }

    private RawAesKeyring aes() {
        return new RawAesKeyring(provider, random, "n", "k", new byte[32]);
    }

    private RawRsaKeyring rsa(RsaKeys keys) {
        return new RawRsaKeyring(provider, random, "offline", "safe", keys);
    }

    private static DecryptionMaterialsRequest request(List<WrappedKey> wrapped) {
        return new DecryptionMaterialsRequest(REQUEST.suite(), CONTEXT, wrapped, Optional.empty());
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}
