package dev.s3envelope.contract;

import static dev.s3envelope.contract.PreflightFixture.BUCKET;
import static dev.s3envelope.contract.PreflightFixture.TEXT;
import static dev.s3envelope.contract.PreflightFixture.byBucket;
import static dev.s3envelope.contract.PreflightFixture.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.mode.BucketKey;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.policy.ObjectMatcher;
import dev.s3envelope.core.policy.PolicyRule;
import dev.s3envelope.kms.KmsKeyAccess;
import dev.s3envelope.local.EventLog;
import dev.s3envelope.local.LocalKey;
import dev.s3envelope.local.LocalUser;
import dev.s3envelope.s3.PreflightOverride;
import dev.s3envelope.s3.PreflightStrategy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.AccessDeniedException;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesRequest;
import software.amazon.awssdk.services.s3.model.ObjectAttributes;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;

/** What a preflight lets through and what it stops, on both clients. */
class PreflightTest {
    private static final Map<String, Integer> ONE_GET = Map.of("s3:GetObject", 1);

    private PreflightFixture f;

    @BeforeEach
    void start() {
        f = new PreflightFixture();
    }

    @AfterEach
    void stop() {
        f.close();
    }

    private static S3Exception denied(Runnable call) {
        S3Exception e = assertThrows(S3Exception.class, call::run);
        assertEquals(403, e.statusCode());
        assertEquals("AccessDenied", e.awsErrorDetails().errorCode());
        return e;
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void aCallerWithoutKmsRights_isToldOfTheKmsGate_andNothingIsFetched(Calls.Kind kind) {
        f.store("a", f.key, false);
        Calls calls = f.client(kind, f.byKey(BucketKey.DISABLED), b -> b);
        EventLog.Mark before = f.aws.events().mark();
        S3Exception e = denied(() -> calls.get(get("a")));
        assertTrue(e instanceof AccessDeniedException, e.toString());
        String message = e.awsErrorDetails().errorMessage();
        assertTrue(message.contains("KMS gate"), message);
        assertTrue(message.contains("kms:Decrypt"), message);
        assertTrue(message.contains(f.key.arn()), message);
        assertTrue(message.contains(f.reader.arn()), message);
        assertTrue(message.contains("s3://" + BUCKET + "/a"), message);
        assertEquals(
                0,
                f.aws.events().since(before).operation("GetObject").succeeded().size());
        EventLog.Mark again = f.aws.events().mark();
        denied(() -> calls.get(get("a")));
        assertEquals(0, f.aws.events().since(again).operation("GetObject").size());
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void ofADirectKey_aRefusedDryRunIsEnough_andNoGetIsSentAtAll(Calls.Kind kind) {
        f.store("a", f.key, false);
        Calls calls = f.client(
                kind,
                f.byKey(BucketKey.DISABLED),
                b -> b.keyAccess(f.access(kind, KmsKeyAccess.builder())
                        .directKey(KeyArn.parse(f.key.arn()))
                        .build()));
        EventLog.Mark before = f.aws.events().mark();
        denied(() -> calls.get(get("a")));
        assertEquals(Map.of("kms:Decrypt", 1, "s3:HeadObject", 1), f.calls(before));
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void whoIsLetIn_isLetInAfterAMoment(Calls.Kind kind) {
        f.store("a", f.key, false);
        Calls calls = f.client(kind, f.byKey(BucketKey.DISABLED), b -> b);
        denied(() -> calls.get(get("a")));
        f.readerMayDecrypt();
        f.now.addAndGet(1_000_000_001L);
        assertEquals(TEXT, calls.get(get("a")).asUtf8String());
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void aDryRunThatDoesNotDecide_letsTheReadGo(Calls.Kind kind) {
        f.readerMayDecryptThroughS3().store("a", f.key, false);
        Calls calls = f.client(kind, f.byKey(BucketKey.DISABLED), b -> b.strategy(PreflightStrategy.KMS_DRY_RUN));
        assertEquals(TEXT, calls.get(get("a")).asUtf8String());
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void aDisabledKey_isSeenByEveryStrategyThatAsks(Calls.Kind kind) {
        f.readerMayDecrypt().reader.policy("describe", PreflightFixture.allow("kms:DescribeKey"));
        f.store("a", f.key, false);
        f.key.disable();
        for (PreflightStrategy strategy : PreflightStrategy.values()) {
            Calls calls = f.client(kind, f.byKey(BucketKey.DISABLED), b -> b.strategy(strategy));
            EventLog.Mark before = f.aws.events().mark();
            if (strategy == PreflightStrategy.OFF) {
                S3Exception e = assertThrows(S3Exception.class, () -> calls.get(get("a")));
                assertEquals("KMS.DisabledException", e.awsErrorDetails().errorCode());
                continue;
            }
            S3Exception e = denied(() -> calls.get(get("a")));
            assertTrue(e.getMessage().contains("isabled"), e.getMessage());
            int gets = strategy == PreflightStrategy.S3_PROBE ? 1 : 0;
            assertEquals(
                    gets, f.aws.events().since(before).operation("GetObject").size(), strategy.name());
        }
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void keyStateWithoutTheRightToAsk_letsTheReadGo(Calls.Kind kind) {
        f.readerMayDecrypt().store("a", f.key, false);
        Calls calls = f.client(kind, f.byKey(BucketKey.DISABLED), b -> b.strategy(PreflightStrategy.KEY_STATE));
        assertEquals(TEXT, calls.get(get("a")).asUtf8String());
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void anObjectUnderAnotherKeyThanThePolicySays_isJudgedByItsOwnKey(Calls.Kind kind) {
        LocalKey other = f.owner.createKey();
        f.reader.policy("kms", PreflightFixture.allow("kms:Decrypt").replace("\"*\"", "\"" + other.arn() + "\""));
        f.store("a", other, false);
        Calls calls = f.client(
                kind,
                f.byKey(BucketKey.DISABLED),
                b -> b.keyAccess(f.access(kind, KmsKeyAccess.builder())
                        .directKey(KeyArn.parse(f.key.arn()))
                        .build()));
        EventLog.Mark before = f.aws.events().mark();
        assertEquals(TEXT, calls.get(get("a")).asUtf8String());
        // Denied of the key of the policy, a HEAD names the real one.
        assertEquals(Map.of("kms:Decrypt", 2, "s3:HeadObject", 1, "s3:GetObject", 1), f.calls(before));
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void aKeyTheAnswerNames_isAskedAboutBeforeTheFirstByte(Calls.Kind kind) {
        f.readerMayDecrypt();
        LocalKey other = f.owner.createKey();
        f.store("a", other, true);
        // S3 now has a Bucket Key for the reader and does not ask KMS for a while.
        f.aws.s3(f.reader).getObjectAsBytes(b -> b.bucket(BUCKET).key("a"));
        Calls calls = f.client(kind, f.byKey(BucketKey.DISABLED), b -> b);
        EventLog.Mark open = f.aws.events().mark();
        assertEquals(TEXT, calls.get(get("a")).asUtf8String());
        assertEquals(Map.of("kms:Decrypt", 2, "s3:GetObject", 1), f.calls(open));

        other.disable();
        Calls late = f.client(kind, f.byKey(BucketKey.DISABLED), b -> b);
        EventLog.Mark before = f.aws.events().mark();
        S3Exception e = denied(() -> late.get(get("a")));
        assertTrue(e.getMessage().contains(other.arn()), e.getMessage());
        assertEquals(Map.of("kms:Decrypt", 2, "s3:GetObject", 1), f.calls(before));
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void whatIsNotUnderKms_costsNothing(Calls.Kind kind) {
        f.aws.s3(f.owner.root()).putObject(b -> b.bucket(BUCKET).key("plain"), RequestBody.fromString(TEXT));
        Calls told = f.client(kind, EncryptionPolicy.always(EncryptionMode.sseS3()), b -> b);
        EventLog.Mark before = f.aws.events().mark();
        told.get(get("plain"));
        assertEquals(ONE_GET, f.calls(before));

        Calls untold = f.client(kind, byBucket(), b -> b);
        untold.get(get("plain"));
        EventLog.Mark seen = f.aws.events().mark();
        untold.get(get("plain"));
        assertEquals(ONE_GET, f.calls(seen));
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void aKmsThatDoesNotAnswer_doesNotStopARead(Calls.Kind kind) {
        f.readerMayDecrypt().store("a", f.key, true);
        // S3 has a Bucket Key for the reader, so that the fault meets the dry run alone.
        f.aws.s3(f.reader).getObjectAsBytes(b -> b.bucket(BUCKET).key("a"));
        f.aws.faults().on("kms", "Decrypt").always().fail(503, "ServiceUnavailable", "Try later.");
        Calls calls = f.client(kind, f.byKey(BucketKey.ENABLED), b -> b);
        EventLog.Mark before = f.aws.events().mark();
        assertEquals(TEXT, calls.get(get("a")).asUtf8String());
        assertEquals(1, f.aws.events().since(before).operation("GetObject").size());
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void aKeyThatIsDisabledAfterThePreflight_isRefusedByS3_andTheVerdictIsDropped(Calls.Kind kind) {
        f.readerMayDecrypt().store("a", f.key, false);
        Calls calls = f.client(kind, f.byKey(BucketKey.DISABLED), b -> b);
        calls.get(get("a"));
        f.key.disable();
        S3Exception race = assertThrows(S3Exception.class, () -> calls.get(get("a")));
        assertEquals("KMS.DisabledException", race.awsErrorDetails().errorCode());
        EventLog.Mark before = f.aws.events().mark();
        denied(() -> calls.get(get("a")));
        assertEquals(0, f.aws.events().since(before).operation("GetObject").size());
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void aRequestOrAPrefixOrARule_hasItsOwnStrategy(Calls.Kind kind) {
        f.readerMayDecrypt();
        List.of("a", "raw/b", "payroll/c").forEach(name -> f.store(name, f.key, false));
        EncryptionPolicy policy = EncryptionPolicy.of(
                PolicyRule.enforce(
                        "payroll",
                        ObjectMatcher.builder().keyPrefix("payroll/").build(),
                        f.byKey(BucketKey.DISABLED).rules().get(0).mode()),
                PolicyRule.byDefault(
                        "rest",
                        ObjectMatcher.anything(),
                        f.byKey(BucketKey.DISABLED).rules().get(0).mode()));
        Calls calls = f.client(
                kind,
                policy,
                b -> b.strategy(ObjectMatcher.builder().keyPrefix("raw/").build(), PreflightStrategy.OFF)
                        .strategyOfRule("payroll", PreflightStrategy.S3_PROBE));
        EventLog.Mark before = f.aws.events().mark();
        calls.get(get("a").toBuilder()
                .overrideConfiguration(b -> b.applyMutation(PreflightOverride.strategy(PreflightStrategy.OFF)))
                .build());
        calls.get(get("raw/b"));
        assertEquals(Map.of("s3:GetObject", 2), f.calls(before));
        EventLog.Mark rule = f.aws.events().mark();
        calls.get(get("payroll/c"));
        assertEquals(Map.of("s3:GetObject", 2), f.calls(rule));
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void thePrincipalOfTheRequest_isTheOneAskedAbout(Calls.Kind kind) {
        f.readerMayDecrypt().store("a", f.key, false);
        LocalUser stranger = f.owner.createUser("stranger").policy("s3", PreflightFixture.allow("s3:*"));
        Calls calls = f.client(kind, f.byKey(BucketKey.DISABLED), b -> b);
        calls.get(get("a"));
        EventLog.Mark before = f.aws.events().mark();
        S3Exception e = denied(() -> calls.get(get("a").toBuilder()
                .overrideConfiguration(b -> b.credentialsProvider(stranger.credentialsProvider()))
                .build()));
        assertTrue(e.getMessage().contains(stranger.arn()), e.getMessage());
        f.aws.events()
                .since(before)
                .list()
                .forEach(event ->
                        assertEquals(stranger.arn(), event.principalArn().orElseThrow()));
        assertEquals(TEXT, calls.get(get("a")).asUtf8String());
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void attributesRangesAndCopySources_areCheckedToo(Calls.Kind kind) {
        f.store("a", f.key, false);
        Calls calls = f.client(
                kind,
                f.byKey(BucketKey.DISABLED),
                b -> b.keyAccess(f.access(kind, KmsKeyAccess.builder())
                        .directKey(KeyArn.parse(f.key.arn()))
                        .build()));
        String upload = f.aws.s3(f.owner.root())
                .createMultipartUpload(b -> b.bucket(BUCKET).key("c"))
                .uploadId();
        EventLog.Mark before = f.aws.events().mark();
        denied(() -> calls.get(get("a").toBuilder().range("bytes=2-3").build()));
        denied(() -> calls.attributes(GetObjectAttributesRequest.builder()
                .bucket(BUCKET)
                .key("a")
                .objectAttributes(ObjectAttributes.OBJECT_SIZE)
                .build()));
        denied(() -> calls.copy(CopyObjectRequest.builder()
                .sourceBucket(BUCKET)
                .sourceKey("a")
                .destinationBucket(BUCKET)
                .destinationKey("b")
                .build()));
        denied(() -> calls.partCopy(UploadPartCopyRequest.builder()
                .sourceBucket(BUCKET)
                .sourceKey("a")
                .destinationBucket(BUCKET)
                .destinationKey("c")
                .uploadId(upload)
                .partNumber(1)
                .build()));
        assertFalse(
                f.calls(before).keySet().stream()
                        .anyMatch(call -> !call.equals("s3:HeadObject") && !call.equals("kms:Decrypt")),
                () -> f.calls(before).toString());
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void aThousandFirstReadsAtOnce_costOneDryRun(Calls.Kind kind) throws Exception {
        f.readerMayDecrypt().store("a", f.key, true);
        f.aws.faults().on("kms", "Decrypt").delay(java.time.Duration.ofMillis(300));
        Calls calls = f.client(kind, f.byKey(BucketKey.ENABLED), b -> b);
        EventLog.Mark before = f.aws.events().mark();
        ExecutorService threads = Executors.newFixedThreadPool(100);
        try {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<String>> reads = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                reads.add(threads.submit(() -> {
                    start.await();
                    return calls.get(get("a")).asUtf8String();
                }));
            }
            start.countDown();
            for (Future<String> read : reads) {
                assertEquals(TEXT, read.get(60, TimeUnit.SECONDS));
            }
        } finally {
            threads.shutdownNow();
        }
        // A client on a busy machine may send a read again, and asks no more for that.
        assertEquals(Set.of("kms:Decrypt", "s3:GetObject"), f.calls(before).keySet());
        assertEquals(1, f.calls(before).get("kms:Decrypt"));
    }
}
