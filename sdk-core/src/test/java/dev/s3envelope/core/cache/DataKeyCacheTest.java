package dev.s3envelope.core.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.crypto.AlgorithmSuite;
import dev.s3envelope.core.crypto.SecretBytes;
import dev.s3envelope.core.keyring.DataKey;
import dev.s3envelope.core.keyring.DecryptionMaterialsRequest;
import dev.s3envelope.core.keyring.EncryptionContext;
import dev.s3envelope.core.keyring.EncryptionMaterials;
import dev.s3envelope.core.keyring.EncryptionMaterialsRequest;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.keyring.WrappedKey;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

final class DataKeyCacheTest {
    private static final EncryptionContext BUCKET = EncryptionContext.of(Map.of("aws:s3:arn", "arn:aws:s3:::tank"));
    private static final EncryptionMaterialsRequest WRITE = EncryptionMaterialsRequest.of(BUCKET);

    private final AtomicLong clock = new AtomicLong();
    private final Queue<Runnable> background = new ArrayDeque<>();
    private final ScriptedKeyring kms = new ScriptedKeyring();
    private DataKeyCache cache = cacheOf(CacheLimits.DEFAULTS, FailureHandling.DEFAULTS);
    private Keyring keyring = cache.over(kms);

    private DataKeyCache cacheOf(CacheLimits limits, FailureHandling failures) {
        return DataKeyCache.builder()
                .limits(limits)
                .failures(failures)
                .ticker(clock::get)
                .executor(background::add)
                .build();
    }

    private void use(CacheLimits limits, FailureHandling failures) {
        cache = cacheOf(limits, failures);
        keyring = cache.over(kms);
    }

    @AfterEach
    void everyKeyIsZeroedInTheEnd() {
        cache.close();
        for (DataKey handle : kms.made) {
            assertTrue(handle.isClosed(), "a data key outlived its cache");
        }
    }

    @Test
    void asksOnce_forEqualContexts() {
        assertEquals(1, write());
        assertEquals(1, write());
        assertEquals(1, kms.calls.get());
        assertEquals(1, cache.statistics().hits());
        assertEquals(1, cache.statistics().misses());
    }

    @Test
    void asksAgain_forAnotherContextPartitionOrKeyring() {
        write();
        EncryptionContext other = EncryptionContext.of(Map.of("aws:s3:arn", "arn:aws:s3:::other"));
        assertEquals(2, keyOf(keyring.generate(EncryptionMaterialsRequest.of(other))));
        assertEquals(3, keyOf(keyring.generate(WRITE.withCachePartition("alice"))));
        assertEquals(4, keyOf(keyring.generate(WRITE.withCachePartition("bob"))));
        assertEquals(5, keyOf(cache.over(kms).generate(WRITE)));
        assertEquals(5, kms.calls.get());
    }

    @Test
    void remembersByWrappedKey_whenReading() {
        assertEquals(1, read(1));
        assertEquals(1, read(1));
        assertEquals(2, read(2));
        assertEquals(2, kms.calls.get());
    }

    @ParameterizedTest
    @EnumSource(AlgorithmSuite.class)
    void passesByTheCache_exactlyWithoutKeyDerivation(AlgorithmSuite suite) {
        EncryptionMaterialsRequest request =
                new EncryptionMaterialsRequest(suite, BUCKET, Optional.empty(), OptionalLong.empty());
        keyOf(keyring.generate(request));
        keyOf(keyring.generate(request));
        assertEquals(suite.keyDerivation().isPresent() ? 1 : 2, kms.calls.get());
    }

    @Test
    void replacesTheKey_atItsAge() {
        write();
        passed(CacheLimits.DEFAULTS.maxAge().minusNanos(1));
        assertEquals(1, write());
        background.clear();
        passed(Duration.ofNanos(1));
        assertEquals(2, write());
    }

    @Test
    void replacesTheKey_afterItsMessages() {
        use(CacheLimits.DEFAULTS.withMaxMessages(3), FailureHandling.DEFAULTS);
        List<Integer> keys = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            keys.add(write());
            background.clear();
        }
        assertEquals(List.of(1, 1, 1, 2, 2, 2, 3), keys);
    }

    @Test
    void replacesTheKey_beforeItsBytesAreExceeded() {
        use(CacheLimits.DEFAULTS.withMaxBytes(100), FailureHandling.DEFAULTS);
        assertEquals(1, write(60));
        assertEquals(1, write(40));
        assertEquals(2, write(1));
        background.clear();
        assertEquals(3, write(101), "more than a key may encrypt: a key of its own");
        assertEquals(2, write(1), "which nobody shares");
    }

    @Test
    void refreshesAheadOfTime_offTheCallersThread() {
        write();
        passed(CacheLimits.DEFAULTS.maxAge().multipliedBy(9).dividedBy(10));
        assertEquals(1, write());
        assertEquals(1, write());
        assertEquals(1, background.size(), "one refresh, however many ask");
        background.remove().run();
        assertEquals(2, write());
        assertEquals(2, kms.calls.get());
        assertEquals(1, cache.statistics().misses());
    }

    @Test
    void dropsTheKeyAtOnce_whenItsRefreshIsDenied() {
        write();
        passed(CacheLimits.DEFAULTS.maxAge().multipliedBy(9).dividedBy(10));
        write();
        kms.failures.add(denial());
        background.remove().run();
        AwsServiceException denied = assertThrows(AwsServiceException.class, this::write);
        assertEquals(400, denied.statusCode());
        assertEquals(2, kms.calls.get(), "answered from the memory for denials");
    }

    @Test
    void asksOnce_howeverManyWait() throws Exception {
        kms.gate = new CompletableFuture<>();
        int callers = 1_000;
        List<CompletableFuture<EncryptionMaterials>> waiting = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            waiting.add(keyring.generate(WRITE).toCompletableFuture());
        }
        kms.gate.complete(null);
        for (CompletableFuture<EncryptionMaterials> one : waiting) {
            assertEquals(1, keyOf(one));
        }
        assertEquals(1, kms.calls.get());
    }

    @Test
    void servesEveryWaiter_whenTheNewKeyIsUsedUpByTheFirst() {
        use(CacheLimits.DEFAULTS.withMaxMessages(1), FailureHandling.DEFAULTS);
        kms.gate = new CompletableFuture<>();
        List<CompletableFuture<EncryptionMaterials>> waiting = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            waiting.add(keyring.generate(WRITE).toCompletableFuture());
        }
        kms.gate.complete(null);
        Set<Integer> keys = new HashSet<>();
        waiting.forEach(one -> assertTrue(keys.add(keyOf(one)), "a key served two messages"));
        background.clear();
    }

    @Test
    void sharesAFailureButDoesNotRememberIt() {
        kms.failures.add(new IllegalArgumentException("the key is disabled"));
        assertThrows(IllegalArgumentException.class, this::write);
        assertEquals(2, write());
    }

    @Test
    void remembersADenial_forItsTime() {
        kms.failures.add(denial());
        AwsServiceException first = assertThrows(AwsServiceException.class, this::write);
        AwsServiceException second = assertThrows(AwsServiceException.class, this::write);
        assertNotSame(first, second, "what a caller attaches must not show up at another's");
        assertEquals(1, kms.calls.get());
        assertEquals(1, cache.statistics().denialsRemembered());
        passed(FailureHandling.DEFAULTS.denialMemory().plusNanos(1));
        assertEquals(2, write());
    }

    @Test
    void forgetsADenial_whenInvalidated() {
        kms.failures.add(denial());
        assertThrows(AwsServiceException.class, this::write);
        cache.invalidate(KeyArn.parse(ScriptedKeyring.ARN));
        assertEquals(2, write());
    }

    @Test
    void triesAgain_whenThrottled() {
        kms.blocking = true;
        use(CacheLimits.DEFAULTS, FailureHandling.DEFAULTS.withRetries(3, Duration.ZERO));
        kms.failures.add(throttled());
        kms.failures.add(throttled());
        assertEquals(3, write());
        assertEquals(2, cache.statistics().loadFailures());
    }

    @Test
    void givesUp_afterItsAttempts() {
        kms.blocking = true;
        use(CacheLimits.DEFAULTS, FailureHandling.DEFAULTS.withRetries(2, Duration.ZERO));
        kms.down = throttled();
        assertThrows(AwsServiceException.class, this::write);
        assertEquals(2, kms.calls.get());
    }

    @Test
    void usesTheOldKeyWithinTheGrace_whileTheKeyringIsDown() {
        use(
                CacheLimits.DEFAULTS,
                FailureHandling.DEFAULTS.withRetries(1, Duration.ofMillis(100)).withGrace(Duration.ofMinutes(10)));
        write();
        kms.down = throttled();
        passed(CacheLimits.DEFAULTS.maxAge().plusMinutes(9));
        assertEquals(1, write());
        assertEquals(1, write());
        assertEquals(2, cache.statistics().graceUses());
        assertEquals(2, kms.calls.get(), "left alone for the pause of the back-off");
        passed(Duration.ofMinutes(2));
        assertThrows(AwsServiceException.class, this::write, "the grace is over");
        kms.down = null;
        assertNotEquals(1, write());
    }

    @Test
    void endsTheGrace_whenDenied() {
        use(
                CacheLimits.DEFAULTS,
                FailureHandling.DEFAULTS.withRetries(1, Duration.ofMillis(100)).withGrace(Duration.ofMinutes(10)));
        write();
        kms.down = denial();
        passed(CacheLimits.DEFAULTS.maxAge().plusMinutes(1));
        assertThrows(AwsServiceException.class, this::write);
        kms.down = throttled();
        passed(Duration.ofMinutes(1));
        assertThrows(AwsServiceException.class, this::write, "the old key is gone");
    }

    @Test
    void asksAnew_whenInvalidated() {
        write();
        cache.invalidate(KeyArn.parse(ScriptedKeyring.ARN.replace("1234abcd", "9999abcd")));
        assertEquals(1, write(), "another key's entries stay");
        cache.invalidate(KeyArn.parse(ScriptedKeyring.ARN));
        assertEquals(2, write());
        cache.invalidateAll();
        assertEquals(3, write());
    }

    @Test
    void doesNotKeepWhatWasAskedForBeforeAnInvalidation() {
        kms.gate = new CompletableFuture<>();
        CompletableFuture<EncryptionMaterials> early = keyring.generate(WRITE).toCompletableFuture();
        cache.invalidateAll();
        CompletableFuture<EncryptionMaterials> late = keyring.generate(WRITE).toCompletableFuture();
        kms.gate.complete(null);
        assertEquals(1, keyOf(early));
        assertEquals(2, keyOf(late));
        assertEquals(2, write(), "the later key is the one that stays");
    }

    @Test
    void leavesAKeyWithItsUsers_whenItIsEvicted() {
        EncryptionMaterials mine = join(keyring.generate(WRITE));
        cache.invalidateAll();
        assertEquals(1, (int) mine.dataKey().use(key -> (int) key.getEncoded()[0]), "still whole");
        SecretBytes secret = mine.dataKey().use(key -> key);
        mine.close();
        assertTrue(secret.isDestroyed(), "zeroed with its last user");
    }

    @Test
    void evictsTheSurplus() {
        use(CacheLimits.DEFAULTS.withMaxEntries(10), FailureHandling.DEFAULTS);
        for (int i = 0; i < 100; i++) {
            read(i);
        }
        assertTrue(cache.statistics().entries() <= 10);
        assertTrue(kms.made.stream().filter(DataKey::isClosed).count() >= 90);
    }

    @Test
    void refuses_whenClosed() {
        write();
        cache.close();
        assertThrows(IllegalStateException.class, this::write);
    }

    @Test
    void tellsNoSecret() {
        write();
        assertFalse((cache + " " + keyring + cache.statistics()).contains("0101"), "key bytes in text");
    }

    /** Threads write and read while others invalidate: every key handed out is whole while in use, and zeroed afterwards. */
    @Test
    void neverHandsOutADestroyedKey_underRacingInvalidation() throws Exception {
        use(CacheLimits.DEFAULTS.withMaxMessages(5).withMaxEntries(2), FailureHandling.DEFAULTS);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        AtomicInteger served = new AtomicInteger();
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                int thread = t;
                running.add(threads.submit(() -> {
                    for (int i = 0; i < 3_000; i++) {
                        if (thread == 0) {
                            cache.invalidateAll();
                        } else if (thread % 2 == 0) {
                            checkWhole(join(keyring.generate(WRITE)).dataKey());
                            served.incrementAndGet();
                        } else {
                            checkWhole(join(keyring.unwrap(readRequest(i % 4))));
                            served.incrementAndGet();
                        }
                    }
                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertEquals(7 * 3_000, served.get());
        background.clear();
    }

    private static void checkWhole(DataKey key) {
        try (key) {
            byte[] bytes = key.use(SecretBytes::getEncoded);
            for (byte b : bytes) {
                assertEquals(bytes[0], b, "a key half zeroed");
            }
        }
    }

    private int write() {
        return keyOf(keyring.generate(WRITE));
    }

    private int write(long length) {
        return keyOf(keyring.generate(WRITE.withPlaintextLength(length)));
    }

    private int read(int wrapped) {
        try (DataKey key = join(keyring.unwrap(readRequest(wrapped)))) {
            return key.use(secret -> (int) secret.getEncoded()[0]);
        }
    }

    private static DecryptionMaterialsRequest readRequest(int wrapped) {
        return new DecryptionMaterialsRequest(
                AlgorithmSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY,
                BUCKET,
                List.of(WrappedKey.kms(ScriptedKeyring.ARN, new byte[] {(byte) wrapped})),
                Optional.empty());
    }

    private static int keyOf(CompletionStage<EncryptionMaterials> stage) {
        try (EncryptionMaterials materials = join(stage)) {
            return materials.dataKey().use(key -> (int) key.getEncoded()[0]);
        }
    }

    private static <T> T join(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            throw assertInstanceOf(RuntimeException.class, e.getCause());
        }
    }

    private void passed(Duration time) {
        clock.addAndGet(time.toNanos());
    }

    private static AwsServiceException denial() {
        return answer(400, "AccessDeniedException");
    }

    private static AwsServiceException throttled() {
        return answer(400, "ThrottlingException");
    }

    private static AwsServiceException answer(int status, String code) {
        return AwsServiceException.builder()
                .statusCode(status)
                .awsErrorDetails(AwsErrorDetails.builder()
                        .errorCode(code)
                        .errorMessage(code)
                        .build())
                .message(code)
                .build();
    }
}
