package dev.s3envelope.contract;

import static dev.s3envelope.contract.PreflightFixture.BUCKET;
import static dev.s3envelope.contract.PreflightFixture.TEXT;
import static dev.s3envelope.contract.PreflightFixture.byBucket;
import static dev.s3envelope.contract.PreflightFixture.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.mode.BucketKey;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.kms.KmsKeyAccess;
import dev.s3envelope.local.EventLog;
import dev.s3envelope.s3.PreflightStrategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What a preflight costs in calls: the table of docs/preflight.md. */
class PreflightCallsTest {
    private static final Map<String, Integer> ONE_GET = Map.of("s3:GetObject", 1);

    /** How the reader is allowed to use the key. */
    enum Rights {
        DIRECT,
        THROUGH_S3
    }

    static List<Arguments> table() {
        List<Arguments> rows = new ArrayList<>();
        for (Calls.Kind kind : Calls.Kind.values()) {
            rows.add(arguments(kind, PreflightStrategy.OFF, Rights.DIRECT, true, ONE_GET));
            rows.add(arguments(
                    kind,
                    PreflightStrategy.KMS_DRY_RUN,
                    Rights.DIRECT,
                    true,
                    Map.of("kms:Decrypt", 1, "s3:GetObject", 1)));
            rows.add(arguments(
                    kind,
                    PreflightStrategy.KMS_DRY_RUN,
                    Rights.DIRECT,
                    false,
                    Map.of("s3:HeadObject", 1, "kms:Decrypt", 1, "s3:GetObject", 1)));
            rows.add(arguments(
                    kind,
                    PreflightStrategy.KMS_DRY_RUN,
                    Rights.THROUGH_S3,
                    true,
                    Map.of("kms:Decrypt", 1, "s3:GetObject", 1)));
            rows.add(arguments(
                    kind,
                    PreflightStrategy.KEY_STATE,
                    Rights.DIRECT,
                    true,
                    Map.of("kms:DescribeKey", 1, "s3:GetObject", 1)));
            rows.add(arguments(
                    kind,
                    PreflightStrategy.KEY_STATE,
                    Rights.DIRECT,
                    false,
                    Map.of("s3:HeadObject", 1, "kms:DescribeKey", 1, "s3:GetObject", 1)));
            rows.add(arguments(kind, PreflightStrategy.S3_PROBE, Rights.DIRECT, true, Map.of("s3:GetObject", 2)));
            rows.add(arguments(kind, PreflightStrategy.S3_PROBE, Rights.DIRECT, false, Map.of("s3:GetObject", 2)));
            rows.add(arguments(
                    kind, PreflightStrategy.AUTO, Rights.DIRECT, true, Map.of("kms:Decrypt", 1, "s3:GetObject", 1)));
            rows.add(arguments(
                    kind,
                    PreflightStrategy.AUTO,
                    Rights.DIRECT,
                    false,
                    Map.of("s3:HeadObject", 1, "kms:Decrypt", 1, "s3:GetObject", 1)));
            rows.add(arguments(
                    kind,
                    PreflightStrategy.AUTO,
                    Rights.THROUGH_S3,
                    true,
                    Map.of("kms:Decrypt", 1, "s3:GetObject", 2)));
            rows.add(arguments(
                    kind,
                    PreflightStrategy.AUTO,
                    Rights.THROUGH_S3,
                    false,
                    Map.of("s3:HeadObject", 1, "kms:Decrypt", 1, "s3:GetObject", 2)));
        }
        return rows;
    }

    @ParameterizedTest(name = "{0} {1} {2} policy tells the key: {3}")
    @MethodSource("table")
    void aColdReadCostsWhatTheTableSays_andAWarmOneItsGetAlone(
            Calls.Kind kind,
            PreflightStrategy strategy,
            Rights rights,
            boolean policyTells,
            Map<String, Integer> cold) {
        try (PreflightFixture f = new PreflightFixture()) {
            if (rights == Rights.DIRECT) {
                f.readerMayDecrypt();
                f.reader.policy("describe", PreflightFixture.allow("kms:DescribeKey"));
            } else {
                f.readerMayDecryptThroughS3();
            }
            f.store("a", f.key, false);
            EncryptionPolicy policy = policyTells ? f.byKey(BucketKey.DISABLED) : byBucket();
            Calls calls = f.client(kind, policy, b -> b.strategy(strategy));

            EventLog.Mark before = f.aws.events().mark();
            assertEquals(TEXT, calls.get(get("a")).asUtf8String());
            assertEquals(cold, f.calls(before));

            EventLog.Mark warm = f.aws.events().mark();
            assertEquals(TEXT, calls.get(get("a")).asUtf8String());
            assertEquals(ONE_GET, f.calls(warm));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "SYNC, false, true", "SYNC, false, false", "SYNC, true, true", "SYNC, true, false",
        "ASYNC, false, true", "ASYNC, false, false", "ASYNC, true, true", "ASYNC, true, false"
    })
    void aDeniedReadCostsWhatTheTableSays(Calls.Kind kind, boolean direct, boolean policyTells) {
        try (PreflightFixture f = new PreflightFixture()) {
            f.store("a", f.key, false);
            Calls calls = f.client(
                    kind,
                    policyTells ? f.byKey(BucketKey.DISABLED) : byBucket(),
                    b -> direct
                            ? b.keyAccess(f.access(kind, KmsKeyAccess.builder())
                                    .directKey(KeyArn.parse(f.key.arn()))
                                    .build())
                            : b);
            EventLog.Mark before = f.aws.events().mark();
            assertThrows(S3Exception.class, () -> calls.get(get("a")));
            assertEquals(
                    direct
                            ? Map.of("kms:Decrypt", 1, "s3:HeadObject", 1)
                            : Map.of("kms:Decrypt", 1, "s3:HeadObject", 1, "s3:GetObject", 1),
                    f.calls(before));
            EventLog.Mark warm = f.aws.events().mark();
            assertThrows(S3Exception.class, () -> calls.get(get("a")));
            assertEquals(direct ? Map.of("s3:HeadObject", 1) : Map.of(), f.calls(warm));
        }
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void underABucketKey_oneVerdictServesThePrefix(Calls.Kind kind) {
        try (PreflightFixture f = new PreflightFixture().readerMayDecrypt()) {
            Calls calls = f.client(kind, f.byKey(BucketKey.ENABLED), b -> b);
            for (int i = 0; i < 5; i++) {
                f.store("warm/" + i, f.key, true);
            }
            EventLog.Mark before = f.aws.events().mark();
            for (int i = 0; i < 5; i++) {
                calls.get(get("warm/" + i));
            }
            assertEquals(Map.of("kms:Decrypt", 1, "s3:GetObject", 5), f.calls(before));
            assertEquals(
                    Map.of("aws:s3:arn", "arn:aws:s3:::" + BUCKET),
                    f.aws.events()
                            .since(before)
                            .service("kms")
                            .where(event -> event.viaService().isEmpty())
                            .single()
                            .encryptionContext());
        }
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void aVerdictIsAskedForAgain_whenItsLifetimeIsOver_andEveryTimeWhereThereIsNone(Calls.Kind kind) {
        try (PreflightFixture f = new PreflightFixture().readerMayDecrypt()) {
            f.store("a", f.key, false);
            Calls calls = f.client(kind, f.byKey(BucketKey.DISABLED), b -> b);
            calls.get(get("a"));
            EventLog.Mark young = f.aws.events().mark();
            f.now.addAndGet(29_999_000_000L);
            calls.get(get("a"));
            assertEquals(ONE_GET, f.calls(young));
            EventLog.Mark old = f.aws.events().mark();
            f.now.addAndGet(2_000_000L);
            calls.get(get("a"));
            assertEquals(Map.of("kms:Decrypt", 1, "s3:GetObject", 1), f.calls(old));

            Calls each = f.client(kind, f.byKey(BucketKey.DISABLED), b -> b.lifetime(Duration.ZERO));
            EventLog.Mark before = f.aws.events().mark();
            each.get(get("a"));
            each.get(get("a"));
            assertEquals(Map.of("kms:Decrypt", 2, "s3:GetObject", 2), f.calls(before));
        }
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void whereNoPolicyAsksForTheContext_oneVerdictServesTheKey(Calls.Kind kind) {
        try (PreflightFixture f = new PreflightFixture().readerMayDecrypt()) {
            f.store("a", f.key, false);
            f.store("b", f.key, false);
            Calls free = f.client(kind, f.byKey(BucketKey.DISABLED), b -> b.contextFree(true));
            EventLog.Mark before = f.aws.events().mark();
            free.get(get("a"));
            free.get(get("b"));
            assertEquals(Map.of("kms:Decrypt", 1, "s3:GetObject", 2), f.calls(before));

            Calls exact = f.client(kind, f.byKey(BucketKey.DISABLED), b -> b);
            EventLog.Mark each = f.aws.events().mark();
            exact.get(get("a"));
            exact.get(get("b"));
            assertEquals(Map.of("kms:Decrypt", 2, "s3:GetObject", 2), f.calls(each));
        }
    }
}
