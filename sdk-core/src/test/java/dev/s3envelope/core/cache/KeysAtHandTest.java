package dev.s3envelope.core.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.crypto.AlgorithmSuite;
import dev.s3envelope.core.keyring.DataKey;
import dev.s3envelope.core.keyring.DecryptionMaterialsRequest;
import dev.s3envelope.core.keyring.EncryptionContext;
import dev.s3envelope.core.keyring.EncryptionMaterials;
import dev.s3envelope.core.keyring.EncryptionMaterialsRequest;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.keyring.RequestCredentials;
import dev.s3envelope.core.keyring.WrappedKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a cache gives without asking, so that a thread that must not wait can have it. */
class KeysAtHandTest {
    private static final EncryptionContext BUCKET = EncryptionContext.of(Map.of("aws:s3:arn", "arn:aws:s3:::tank"));
    private static final EncryptionMaterialsRequest WRITE =
            EncryptionMaterialsRequest.of(BUCKET).withPlaintextLength(1_000);
    private static final DecryptionMaterialsRequest READ = new DecryptionMaterialsRequest(
            AlgorithmSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY,
            BUCKET,
            List.of(WrappedKey.kms(ScriptedKeyring.ARN, new byte[] {1})),
            Optional.empty());

    private final AtomicLong clock = new AtomicLong();
    private final ScriptedKeyring kms = new ScriptedKeyring();
    private final DataKeyCache cache = DataKeyCache.builder()
            .limits(CacheLimits.DEFAULTS)
            .ticker(clock::get)
            .executor(task -> {})
            .build();
    private final Keyring unbound = cache.over(kms);
    private final Keyring keyring =
            unbound.onBehalfOf(RequestCredentials.none()).toCompletableFuture().join();

    @AfterEach
    void everyKeyIsZeroedInTheEnd() {
        cache.close();
        assertTrue(kms.made.stream().allMatch(DataKey::isClosed), "a data key outlived its cache");
        assertEquals(Optional.empty(), keyring.keyAtHand(READ), "closed");
    }

    @Test
    void nothingIsAtHand_beforeItWasAskedFor() {
        assertEquals(Optional.empty(), keyring.materialsAtHand(WRITE));
        assertEquals(Optional.empty(), keyring.keyAtHand(READ));
        assertEquals(0, kms.calls.get());
        assertEquals(0, cache.statistics().misses(), "whoever asks next counts it");
    }

    @Test
    void givesWhatWasAskedForBefore_andCountsAHit() {
        keyring.generate(WRITE).toCompletableFuture().join().close();
        keyring.unwrap(READ).toCompletableFuture().join().close();

        try (EncryptionMaterials materials = keyring.materialsAtHand(WRITE).orElseThrow();
                DataKey key = keyring.keyAtHand(READ).orElseThrow()) {
            assertEquals(1, (int) materials.dataKey().use(secret -> (int) secret.getEncoded()[0]));
            assertEquals(2, (int) key.use(secret -> (int) secret.getEncoded()[0]));
        }
        assertEquals(2, kms.calls.get());
        assertEquals(2, cache.statistics().hits());
        assertEquals(2, cache.statistics().misses());
    }

    @Test
    void aKeyringThatDoesNotKnowWhoAsks_hasNothingAtHand() {
        keyring.generate(WRITE).toCompletableFuture().join().close();

        assertEquals(Optional.empty(), unbound.materialsAtHand(WRITE));
        assertEquals(Optional.empty(), kms.materialsAtHand(WRITE), "keeps nothing");
    }

    @Test
    void whatIsTooOldInvalidatedOrUsedUp_isNotAtHand() {
        keyring.generate(WRITE).toCompletableFuture().join().close();
        EncryptionMaterialsRequest tooLong =
                WRITE.withPlaintextLength(cache.limits().maxBytes());
        assertEquals(Optional.empty(), keyring.materialsAtHand(tooLong), "more bytes than are left to the key");

        keyring.unwrap(READ).toCompletableFuture().join().close();
        cache.invalidateAll();
        assertEquals(Optional.empty(), keyring.keyAtHand(READ));

        keyring.unwrap(READ).toCompletableFuture().join().close();
        clock.addAndGet(cache.limits().maxAge().plus(Duration.ofSeconds(1)).toNanos());
        assertEquals(Optional.empty(), keyring.keyAtHand(READ));
    }

    @Test
    void aSuiteWithoutKeyDerivation_isNeverAtHand() {
        EncryptionMaterialsRequest request = new EncryptionMaterialsRequest(
                AlgorithmSuite.AES_256_GCM_NO_KDF, BUCKET, Optional.empty(), OptionalLong.of(1));
        keyring.generate(request).toCompletableFuture().join().close();

        assertEquals(Optional.empty(), keyring.materialsAtHand(request));
    }
}
