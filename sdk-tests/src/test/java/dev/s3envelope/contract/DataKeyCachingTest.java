package dev.s3envelope.contract;

import static dev.s3envelope.contract.DataKeyFixture.BUCKET;
import static dev.s3envelope.contract.DataKeyFixture.get;
import static dev.s3envelope.contract.DataKeyFixture.put;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.cache.CacheLimits;
import dev.s3envelope.core.cache.DataKeyCache;
import dev.s3envelope.core.mode.ContextScope;
import dev.s3envelope.local.EventLog;
import dev.s3envelope.local.LocalUser;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;

/** Data keys through the clients: how often KMS is asked, for whom, and how soon a permission that was taken away is noticed. */
class DataKeyCachingTest {
    private static final byte[] BODY = "quarterly figures".getBytes(StandardCharsets.UTF_8);
    private static final Duration AGE = Duration.ofMinutes(5);
    private static final Map<String, Integer> ONE_EACH = Map.of("kms:GenerateDataKey", 1, "kms:Decrypt", 1);

    private static DataKeyFixture fixture;

    @BeforeAll
    static void start() {
        fixture = new DataKeyFixture();
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    @AfterEach
    void restore() {
        fixture.restore();
    }

    @ParameterizedTest
    @EnumSource
    void bucketScope_asksOncePerWindow(Calls.Kind kind) {
        try (DataKeyCache cache = fixture.cache().build()) {
            Calls s3 = fixture.client(kind, cache, ContextScope.BUCKET);
            for (int window = 0; window < 3; window++) {
                EventLog.Mark start = fixture.mark();
                for (int i = 0; i < 10; i++) {
                    s3.put(put(window + "/" + i), BODY);
                }
                for (int i = 0; i < 10; i++) {
                    assertArrayEquals(BODY, s3.get(get(window + "/" + i)).asByteArray());
                }
                assertEquals(ONE_EACH, fixture.kmsCalls(start), "window " + window);
                fixture.pass(AGE.plusNanos(1));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void objectScope_asksOncePerObject_eachWay(Calls.Kind kind) {
        try (DataKeyCache cache = fixture.cache().build()) {
            Calls s3 = fixture.client(kind, cache, ContextScope.OBJECT);
            EventLog.Mark start = fixture.mark();
            for (int i = 0; i < 10; i++) {
                s3.put(put("o" + i), BODY);
            }
            assertEquals(Map.of("kms:GenerateDataKey", 10), fixture.kmsCalls(start));
            start = fixture.mark();
            for (int i = 0; i < 10; i++) {
                assertArrayEquals(BODY, s3.get(get("o" + i)).asByteArray());
            }
            assertEquals(Map.of("kms:Decrypt", 10), fixture.kmsCalls(start));
            assertTrue(
                    fixture.aws.events().since(start).service("kms").list().stream()
                            .allMatch(event -> event.encryptionContext()
                                    .getOrDefault("aws:s3:arn", "")
                                    .startsWith("arn:aws:s3:::" + BUCKET + "/o")),
                    "each for its object");
        }
    }

    @ParameterizedTest
    @EnumSource
    void revokedPermission_isNoticedWithinTheAge(Calls.Kind kind) {
        try (DataKeyCache cache = fixture.cache().maxAge(AGE).build()) {
            Calls s3 = fixture.client(kind, cache, ContextScope.BUCKET);
            s3.put(put("secret"), BODY);
            s3.get(get("secret"));
            Duration learned = fixture.now();
            fixture.pass(Duration.ofMinutes(1));
            revoke();

            Duration lastRead = learned;
            KmsException denied = null;
            while (denied == null) {
                fixture.pass(Duration.ofSeconds(1));
                try {
                    s3.get(get("secret"));
                    lastRead = fixture.now();
                } catch (KmsException e) {
                    denied = e;
                }
            }
            Duration open = lastRead.minus(learned);
            assertTrue(open.compareTo(AGE) <= 0, () -> "readable for " + open + " after the key was unwrapped");
            assertEquals("AccessDeniedException", denied.awsErrorDetails().errorCode());
            assertThrows(KmsException.class, () -> s3.get(get("secret")), "and it stays so");
        }
    }

    @ParameterizedTest
    @EnumSource
    void revokedPermission_isNoticedAtOnce_afterInvalidate(Calls.Kind kind) {
        try (DataKeyCache cache = fixture.cache().maxAge(AGE).build()) {
            Calls s3 = fixture.client(kind, cache, ContextScope.BUCKET);
            s3.put(put("secret"), BODY);
            s3.get(get("secret"));
            revoke();
            assertArrayEquals(BODY, s3.get(get("secret")).asByteArray(), "still cached");

            cache.invalidate(KeyArn.parse(fixture.key.arn()));

            KmsException denied = assertThrows(KmsException.class, () -> s3.get(get("secret")));
            assertEquals("AccessDeniedException", denied.awsErrorDetails().errorCode());
        }
    }

    private void revoke() {
        fixture.alice.clearPolicies().allow("s3:*").allow("kms:GenerateDataKey");
    }

    @ParameterizedTest
    @EnumSource
    void aThousandConcurrentReaders_costOneCall(Calls.Kind kind) throws Exception {
        int readers = 1_000;
        try (DataKeyCache cache = fixture.cache().build();
                DataKeyCache writers = fixture.cache().build()) {
            fixture.client(kind, writers, ContextScope.BUCKET).put(put("popular"), BODY);
            Calls s3 = fixture.client(kind, cache, ContextScope.BUCKET);
            fixture.aws.faults().on("kms", "Decrypt").delay(Duration.ofMillis(300));
            EventLog.Mark start = fixture.mark();
            CountDownLatch gate = new CountDownLatch(1);
            ExecutorService threads = Executors.newFixedThreadPool(64);
            try {
                List<Future<byte[]>> reads = new ArrayList<>();
                for (int i = 0; i < readers; i++) {
                    reads.add(threads.submit(() -> {
                        gate.await();
                        return s3.get(get("popular")).asByteArray();
                    }));
                }
                gate.countDown();
                for (Future<byte[]> read : reads) {
                    assertArrayEquals(BODY, read.get());
                }
            } finally {
                threads.shutdownNow();
            }
            assertEquals(Map.of("kms:Decrypt", 1), fixture.kmsCalls(start));
        }
    }

    @ParameterizedTest
    @EnumSource
    void credentialsOfARequest_areNeverServedAnothersKey(Calls.Kind kind) {
        LocalUser bob = fixture.account.user("bob").clearPolicies().allow("s3:*");
        LocalUser carol =
                fixture.account.user("carol").clearPolicies().allow("s3:*").allow("kms:Decrypt");
        try (DataKeyCache cache = fixture.cache().build()) {
            Calls s3 = fixture.client(kind, cache, ContextScope.BUCKET);
            s3.put(put("secret"), BODY);
            assertArrayEquals(BODY, s3.get(get("secret")).asByteArray());

            KmsException denied = assertThrows(KmsException.class, () -> s3.get(as(bob, "secret")));
            assertEquals("AccessDeniedException", denied.awsErrorDetails().errorCode());

            EventLog.Mark start = fixture.mark();
            assertArrayEquals(BODY, s3.get(as(carol, "secret")).asByteArray());
            assertArrayEquals(BODY, s3.get(as(carol, "secret")).asByteArray());
            assertEquals(Map.of("kms:Decrypt", 1), fixture.kmsCalls(start), "one of her own, then from the cache");
            assertEquals(
                    carol.arn(),
                    fixture.aws
                            .events()
                            .since(start)
                            .service("kms")
                            .single()
                            .principalArn()
                            .orElseThrow());
            assertArrayEquals(BODY, s3.get(get("secret")).asByteArray());
        }
    }

    private static GetObjectRequest as(LocalUser user, String name) {
        return get(name).toBuilder()
                .overrideConfiguration(override -> override.credentialsProvider(user.credentialsProvider()))
                .build();
    }

    @ParameterizedTest
    @EnumSource
    void keyIsReplaced_afterItsMessagesAndBytes(Calls.Kind kind) {
        CacheLimits few = CacheLimits.DEFAULTS.withMaxMessages(3);
        CacheLimits small = CacheLimits.DEFAULTS.withMaxBytes(3L * BODY.length);
        for (CacheLimits limits : List.of(few, small)) {
            try (DataKeyCache cache =
                    fixture.cache().limits(limits).executor(task -> {}).build()) { // nothing ahead of time
                Calls s3 = fixture.client(kind, cache, ContextScope.BUCKET);
                EventLog.Mark start = fixture.mark();
                for (int i = 0; i < 9; i++) {
                    s3.put(put("n" + i), BODY);
                }
                assertEquals(Map.of("kms:GenerateDataKey", 3), fixture.kmsCalls(start), limits.toString());
            }
        }
    }
}
