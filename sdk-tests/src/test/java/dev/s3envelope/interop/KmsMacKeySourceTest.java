package dev.s3envelope.interop;

import static dev.s3envelope.interop.Messages.join;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.IllegalKeyException;
import dev.s3envelope.core.LookupFailedException;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.keyring.RequestCredentials;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.mode.SseC;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.policy.KeySources;
import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.core.ssec.SseCKeySource;
import dev.s3envelope.kms.KmsMacKeySource;
import dev.s3envelope.local.EventLog;
import dev.s3envelope.local.LocalAccount;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalKey;
import dev.s3envelope.local.LocalPrincipal;
import dev.s3envelope.local.LocalUser;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsAsyncClient;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KmsException;

/** SSE-C keys derived from an HMAC key of LocalAws: what they depend on, who gets them, and how it is said that they cannot be had. */
class KmsMacKeySourceTest {
    private static final String US = "us-east-1";
    private static final String EU = "eu-west-1";
    private static final ObjectAddress OBJECT = new ObjectAddress("backups", "2026/may.tar");

    private LocalAws aws;
    private LocalAccount account;
    private LocalUser alice;
    private LocalUser bob;
    private LocalKey key;

    @BeforeEach
    void start() {
        aws = LocalAws.start();
        account = aws.account("111122223333");
        key = account.createHmacKey(US);
        alice = account.createUser("alice").allow("kms:*");
        bob = account.createUser("bob");
    }

    @AfterEach
    void stop() {
        aws.close();
    }

    private KmsMacKeySource.Builder builder(Flavor flavor, String region) {
        KmsMacKeySource.Builder builder = KmsMacKeySource.builder("backup");
        return flavor == Flavor.SYNC
                ? builder.client(aws.configure(KmsClient.builder(), alice)
                        .region(Region.of(region))
                        .build())
                : builder.client(aws.configure(KmsAsyncClient.builder(), alice)
                        .region(Region.of(region))
                        .build());
    }

    private KmsMacKeySource source(Flavor flavor) {
        return builder(flavor, US).key(key.arn()).build();
    }

    private static SseCKeySource as(SseCKeySource source, LocalPrincipal principal) {
        return join(source.onBehalfOf(RequestCredentials.of(principal.credentialsProvider())));
    }

    private static SseCKey written(SseCKeySource source, ObjectAddress object) {
        join(source.prepare(object));
        return source.keyForWrite(object);
    }

    private static SseCKey written(SseCKeySource source) {
        return written(source, OBJECT);
    }

    private List<String> calls(EventLog.Mark since) {
        return aws.events().since(since).service("kms").list().stream()
                .map(event -> event.operation() + " by " + event.principalArn().orElse("nobody"))
                .toList();
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void asksKmsOncePerBucketAndAge_howeverManyObjects(Flavor flavor) {
        AtomicLong now = new AtomicLong();
        try (KmsMacKeySource source = builder(flavor, US)
                .key(key.arn())
                .maxAge(Duration.ofMinutes(2))
                .ticker(now::get)
                .build()) {
            EventLog.Mark start = aws.events().mark();
            List<SseCKey> keys = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                keys.add(written(source, new ObjectAddress("backups", "object-" + i)));
            }
            assertEquals(50, keys.stream().distinct().count(), "each object has its own");
            assertEquals(1, calls(start).size());

            written(source, new ObjectAddress("archive", "object-0"));
            assertEquals(2, calls(start).size());
            now.addAndGet(Duration.ofMinutes(2).toNanos());
            assertEquals(keys.get(7), written(source, new ObjectAddress("backups", "object-7")));
            assertEquals(3, calls(start).size());
        }
    }

    @Test
    void derivesTheSameKeys_overEitherClient_andInAnotherProcess() {
        assertEquals(written(source(Flavor.SYNC)), written(source(Flavor.ASYNC)));
    }

    @Test
    void asksOnce_howeverManyThreadsWait() throws Exception {
        aws.faults().on("kms", "GenerateMac").times(1).delay(Duration.ofMillis(200));
        int threads = 64;
        CountDownLatch ready = new CountDownLatch(threads);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try (KmsMacKeySource source = source(Flavor.SYNC)) {
            EventLog.Mark start = aws.events().mark();
            List<Future<SseCKey>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                all.add(pool.submit(() -> {
                    ready.countDown();
                    ready.await();
                    return written(source);
                }));
            }
            SseCKey first = all.get(0).get();
            for (Future<SseCKey> each : all) {
                assertEquals(first, each.get());
            }
            assertEquals(1, calls(start).size());
        } finally {
            pool.shutdownNow();
        }
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void servesNobodyAMacThatAnotherWasGranted(Flavor flavor) {
        try (KmsMacKeySource source = source(flavor)) {
            SseCKey alices = written(source);
            EventLog.Mark start = aws.events().mark();

            SseCKeySource bobs = as(source, bob);
            LookupFailedException denied = assertThrows(LookupFailedException.class, () -> join(bobs.prepare(OBJECT)));

            assertTrue(
                    String.valueOf(denied.getMessage()).contains("kms:GenerateMac is not permitted"),
                    denied::getMessage);
            assertTrue(String.valueOf(denied.getMessage()).contains(bob.arn()), denied::getMessage);
            assertThrows(LookupFailedException.class, () -> bobs.keyForWrite(OBJECT));
            assertEquals(List.of(), bobs.keysForRead(OBJECT));
            assertEquals(1, bobs.missing(OBJECT).size());
            assertEquals(List.of("GenerateMac by " + bob.arn()), calls(start));

            bob.allow("kms:GenerateMac", key.arn());
            source.invalidateAll();
            assertEquals(alices, written(as(source, bob)));
            assertEquals(alices, written(source), "bob's denial was not alice's");
        }
    }

    @Test
    void stopsForARevokedPrincipal_atOnceAfterInvalidate() {
        try (KmsMacKeySource source = source(Flavor.SYNC)) {
            written(source);
            alice.clearPolicies();
            written(source); // within the age

            source.invalidateAll();

            assertThrows(LookupFailedException.class, () -> join(source.prepare(OBJECT)));
        }
    }

    @Test
    void readsWithEveryVersion_newestFirst_whateverKeyIsBehind() {
        LocalKey next = account.createHmacKey(US);
        try (KmsMacKeySource one = source(Flavor.SYNC);
                KmsMacKeySource three = builder(Flavor.SYNC, US)
                        .key(key.arn())
                        .keyFrom(3, next.arn())
                        .build()) {
            SseCKey first = written(one);
            SseCKey second = written(one.atVersion(2));
            SseCKey third = written(three);

            assertNotEquals(first, second);
            assertEquals(3, three.version().orElseThrow());
            assertEquals(List.of(third, second, first), three.keysForRead(OBJECT));
            assertEquals(second, written(three.atVersion(2)));
            IllegalEncryptionException none = assertThrows(IllegalEncryptionException.class, () -> three.atVersion(0));
            assertTrue(String.valueOf(none.getMessage()).contains("no version 0"), none::getMessage);
        }
    }

    @Test
    void goesOnWithTheOtherVersions_whenOneKeyIsGone_andSaysWhichIsMissing() {
        LocalKey next = account.createHmacKey(US);
        try (KmsMacKeySource source =
                builder(Flavor.SYNC, US).key(key.arn()).keyFrom(2, next.arn()).build()) {
            key.scheduleDeletion();

            SseCKey current = written(source);

            assertEquals(List.of(current), source.keysForRead(OBJECT));
            EnvelopeException missing = source.missing(OBJECT).get(0);
            assertInstanceOf(IllegalKeyException.class, missing);
            assertTrue(String.valueOf(missing.getMessage()).contains("keys of version 1"), missing::getMessage);
            assertTrue(String.valueOf(missing.getMessage()).contains("kms:CancelKeyDeletion"), missing::getMessage);
        }
    }

    static Stream<Arguments> misfortunes() {
        return Stream.of(
                Arguments.of("Disabled", IllegalKeyException.class, "kms:EnableKey"),
                Arguments.of("PendingDeletion", IllegalKeyException.class, "kms:CancelKeyDeletion"),
                Arguments.of("Unavailable", IllegalKeyException.class, "state does not allow it"));
    }

    @ParameterizedTest
    @MethodSource("misfortunes")
    void explainsAKeyThatIsOutOfUse(String state, Class<? extends EnvelopeException> type, String remedy) {
        key.forceState(state);
        for (Flavor flavor : Flavor.values()) {
            EnvelopeException refused =
                    assertThrows(type, () -> join(source(flavor).prepare(OBJECT)));
            assertTrue(String.valueOf(refused.getMessage()).contains(remedy), refused::getMessage);
            assertTrue(String.valueOf(refused.getMessage()).contains(key.arn()), refused::getMessage);
            assertInstanceOf(KmsException.class, refused.getCause());
        }
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void explainsAKeyThatIsNone(Flavor flavor) {
        String deleted = "arn:aws:kms:" + US + ":111122223333:key/00000000-0000-0000-0000-000000000000";
        KmsMacKeySource gone = builder(flavor, US).key(deleted).build();
        IllegalKeyException unknown = assertThrows(IllegalKeyException.class, () -> join(gone.prepare(OBJECT)));
        assertTrue(String.valueOf(unknown.getMessage()).contains("cannot be read any more"), unknown::getMessage);

        KmsMacKeySource symmetric =
                builder(flavor, US).key(account.createKey().arn()).build();
        IllegalKeyException usage = assertThrows(IllegalKeyException.class, () -> join(symmetric.prepare(OBJECT)));
        assertTrue(
                String.valueOf(usage.getMessage()).contains("not an HMAC_256 key with usage GENERATE_VERIFY_MAC"),
                usage::getMessage);
    }

    @Test
    void explainsThrottling_andRecovers() {
        aws.faults().on("kms", "GenerateMac").times(4).throttle();
        KmsMacKeySource source = source(Flavor.SYNC);
        LookupFailedException throttled = assertThrows(LookupFailedException.class, () -> join(source.prepare(OBJECT)));
        assertTrue(String.valueOf(throttled.getMessage()).contains("throttled"), throttled::getMessage);

        written(source);
    }

    @Test
    void takesKeysOfTheClientsRegionOnly_byTheirFullArn() {
        IllegalArgumentException region = assertThrows(
                IllegalArgumentException.class,
                () -> builder(Flavor.SYNC, EU).key(key.arn()).build());
        assertTrue(String.valueOf(region.getMessage()).contains("Region without a KMS client"), region::getMessage);
        assertThrows(IllegalKeyException.class, () -> builder(Flavor.SYNC, US).key("alias/backup"));
        assertThrows(IllegalKeyException.class, () -> builder(Flavor.SYNC, US).key(key.keyId()));
    }

    @Test
    void givesTheSameKeysInAnotherRegion_onlyThroughAReplica() {
        LocalKey primary = account.createMultiRegionHmacKey(US);
        LocalKey replica = primary.replicate(EU);
        LocalKey other = account.createHmacKey(EU);

        SseCKey inUs = written(builder(Flavor.SYNC, US).key(primary.arn()).build());

        assertEquals(inUs, written(builder(Flavor.SYNC, EU).key(replica.arn()).build()));
        assertNotEquals(inUs, written(builder(Flavor.SYNC, EU).key(other.arn()).build()));
    }

    @Test
    void derivesAsOfTheOriginalBucket_whereItIsToldTo() {
        KmsMacKeySource source = builder(Flavor.SYNC, US)
                .key(key.arn())
                .bucketAs("backups-replica", "backups")
                .build();
        SseCKey original = written(source, OBJECT);

        assertEquals(original, written(source, new ObjectAddress("backups-replica", OBJECT.key())));
        assertNotEquals(original, written(source, new ObjectAddress("backups-2", OBJECT.key())));
        ObjectAddress point = new ObjectAddress("arn:aws:s3:us-east-1:111122223333:accesspoint/p", OBJECT.key());
        IllegalEncryptionException refused =
                assertThrows(IllegalEncryptionException.class, () -> join(source.prepare(point)));
        assertTrue(String.valueOf(refused.getMessage()).contains("access point"), refused::getMessage);
    }

    @Test
    void isNamedInPolicyFiles_withItsVersion() {
        KmsMacKeySource source = source(Flavor.SYNC);
        String json = """
                {"version": 1, "rules": [{"name": "all", "strength": "enforce",
                  "mode": {"type": "sse-c", "keySource": "backup", "keyVersion": 4}}]}""";
        EncryptionPolicy policy = EncryptionPolicy.fromJson(json, KeySources.of(source));

        EncryptionMode mode = policy.rules().get(0).mode();

        assertEquals(4, assertInstanceOf(SseC.class, mode).source().version().orElseThrow());
        assertTrue(
                policy.toJson().contains("\"keyVersion\":4") || policy.toJson().contains("\"keyVersion\" : 4"),
                policy::toJson);
        EnvelopeException none = assertThrows(
                EnvelopeException.class,
                () -> EncryptionPolicy.fromJson(json.replace("4", "0"), KeySources.of(source)));
        assertTrue(String.valueOf(none.getMessage()).contains("no version 0"), none::getMessage);
        SseCKeySource fixed = SseCKeySource.fixed("backup", written(source));
        EnvelopeException without =
                assertThrows(EnvelopeException.class, () -> EncryptionPolicy.fromJson(json, KeySources.of(fixed)));
        assertTrue(String.valueOf(without.getMessage()).contains("has no versions"), without::getMessage);
    }

    @Test
    void showsNothingSecret_andFailsOnceClosed() {
        KmsMacKeySource source = source(Flavor.SYNC);
        SseCKey derived = written(source);
        assertFalse(source.toString().contains(derived.keyBase64()));

        source.close();

        EnvelopeException closed = assertThrows(EnvelopeException.class, () -> join(source.prepare(OBJECT)));
        assertTrue(String.valueOf(closed.getMessage()).contains("is closed"), closed::getMessage);
        EnvelopeException early =
                assertThrows(EnvelopeException.class, () -> source(Flavor.SYNC).keyForWrite(OBJECT));
        assertTrue(String.valueOf(early.getMessage()).contains("before it was prepared"), early::getMessage);
    }
}
