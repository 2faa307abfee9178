package dev.s3envelope.contract;

import static dev.s3envelope.contract.DataKeyFixture.get;
import static dev.s3envelope.contract.DataKeyFixture.put;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.cache.DataKeyCache;
import dev.s3envelope.core.cache.FailureHandling;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.policy.ObjectMatcher;
import dev.s3envelope.core.policy.PolicyRule;
import dev.s3envelope.core.ssec.SseCKeySource;
import dev.s3envelope.kms.KmsKeyAccess;
import dev.s3envelope.kms.KmsKeyring;
import dev.s3envelope.s3.Preflight;
import dev.s3envelope.s3.metrics.EnvelopeMeter;
import dev.s3envelope.s3.metrics.EnvelopeMetrics;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/** What the Micrometer meters say after real calls, and that their table in the documentation is theirs. */
class MetricsTest {
    private static final byte[] BODY = new byte[1_000];
    private static final int PART = 5 << 20;

    private static DataKeyFixture fixture;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final EnvelopeMetrics metrics = EnvelopeMetrics.into(registry);

    @BeforeAll
    static void start() {
        fixture = new DataKeyFixture();
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    private Calls client(Calls.Kind kind, DataKeyCache cache) {
        KmsClient kms = fixture.aws
                .configure(KmsClient.builder(), fixture.alice)
                .overrideConfiguration(
                        o -> o.addExecutionInterceptor(metrics.kms()).retryStrategy(DefaultRetryStrategy.doNotRetry()))
                .build();
        ClientSide mode = EncryptionMode.clientSide(
                "documents",
                cache.over(KmsKeyring.builder()
                        .client(kms)
                        .generator(fixture.key.arn())
                        .build()));
        return kind.open(
                fixture.aws.s3(fixture.alice),
                fixture.aws.s3Async(fixture.alice),
                builder -> builder.listener(metrics.objects())
                        .policy(EncryptionPolicy.of(
                                rule("kms/", EncryptionMode.sseKms(fixture.key.arn())),
                                rule("dsse/", EncryptionMode.dsseKms(fixture.key.arn())),
                                rule("ssec/", EncryptionMode.sseC(SseCKeySource.fixed("own", ContractSuite.key(3)))),
                                rule("client/", mode),
                                PolicyRule.byDefault("rest", ObjectMatcher.anything(), EncryptionMode.sseS3()))));
    }

    private static PolicyRule rule(String prefix, EncryptionMode mode) {
        return PolicyRule.enforce(
                prefix, ObjectMatcher.builder().keyPrefix(prefix).build(), mode);
    }

    private DataKeyCache.Builder cache() {
        return fixture.cache().listener(metrics.cache());
    }

    @ParameterizedTest
    @EnumSource
    void objectsAndBytes_areCountedByMode(Calls.Kind kind) {
        try (DataKeyCache cache = cache().build()) {
            Calls s3 = client(kind, cache);
            List<String> names = List.of("kms/a", "dsse/a", "ssec/a", "client/a", "rest");
            for (String name : names) {
                s3.put(put(name), BODY);
                s3.get(get(name));
            }
            for (String mode : List.of("sse-kms", "dsse-kms", "sse-c", "client-side", "sse-s3")) {
                for (String direction : List.of("written", "read")) {
                    assertEquals(1, counted("s3envelope.objects", "direction", direction, "mode", mode), mode);
                    assertEquals(1_000, counted("s3envelope.bytes", "direction", direction, "mode", mode), mode);
                }
            }
            assertThrows(RuntimeException.class, () -> s3.get(get("missing")));
            assertEquals(1, counted("s3envelope.objects", "direction", "read", "mode", "sse-s3"), "what failed is not");
        }
    }

    @ParameterizedTest
    @EnumSource
    void uploadInParts_isOneObject(Calls.Kind kind) {
        try (DataKeyCache cache = cache().build()) {
            Calls s3 = client(kind, cache);
            for (String name : List.of("client/parts", "kms/parts")) {
                String upload = s3.create(CreateMultipartUploadRequest.builder()
                                .bucket(DataKeyFixture.BUCKET)
                                .key(name)
                                .build())
                        .uploadId();
                String eTag = s3.part(
                                UploadPartRequest.builder()
                                        .bucket(DataKeyFixture.BUCKET)
                                        .key(name)
                                        .uploadId(upload)
                                        .partNumber(1)
                                        .build(),
                                new byte[PART])
                        .eTag();
                s3.complete(CompleteMultipartUploadRequest.builder()
                        .bucket(DataKeyFixture.BUCKET)
                        .key(name)
                        .uploadId(upload)
                        .multipartUpload(m -> m.parts(
                                CompletedPart.builder().partNumber(1).eTag(eTag).build()))
                        .build());
            }
            for (String mode : List.of("client-side", "sse-kms")) {
                assertEquals(1, counted("s3envelope.objects", "direction", "written", "mode", mode), mode);
                assertEquals(PART, counted("s3envelope.bytes", "direction", "written", "mode", mode), mode);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void verdictsOfPreflights_areCounted_asAskedOrRemembered(Calls.Kind kind) {
        Calls s3 = kind.open(
                fixture.aws.s3(fixture.alice),
                fixture.aws.s3Async(fixture.alice),
                builder -> builder.listener(metrics.objects())
                        .policy(EncryptionPolicy.always(EncryptionMode.sseKms(fixture.key.arn())))
                        .preflight(Preflight.builder()
                                .keyAccess(KmsKeyAccess.builder()
                                        .client(fixture.aws.kms(fixture.alice))
                                        .directKey(KeyArn.parse(fixture.key.arn()))
                                        .build())
                                .build()));
        s3.put(put("checked/a"), BODY);
        s3.put(put("checked/b"), BODY);
        for (int i = 0; i < 3; i++) {
            s3.get(get("checked/a"));
        }
        fixture.alice.clearPolicies().allow("s3:*");
        try {
            assertThrows(S3Exception.class, () -> s3.get(get("checked/b")));
            assertThrows(S3Exception.class, () -> s3.get(get("checked/b")));
        } finally {
            fixture.restore();
        }
        String name = "s3envelope.preflight.verdicts";
        assertEquals(1, counted(name, "verdict", "allowed", "source", "asked"));
        assertEquals(2, counted(name, "verdict", "allowed", "source", "remembered"));
        assertEquals(1, counted(name, "verdict", "denied", "source", "asked"));
        assertEquals(1, counted(name, "verdict", "denied", "source", "remembered"));
        checkAgainstTheEnum();
    }

    @Test
    void cacheAndKms_areCounted() {
        FailureHandling forgiving =
                FailureHandling.DEFAULTS.withRetries(1, Duration.ZERO).withGrace(Duration.ofMinutes(5));
        try (DataKeyCache cache = cache().failures(forgiving).build()) {
            metrics.watch(cache);
            Calls s3 = client(Calls.Kind.SYNC, cache);
            s3.put(put("client/a"), BODY);
            s3.put(put("client/b"), BODY);
            s3.get(get("client/a"));
            s3.get(get("client/b"));

            assertEquals(1, counted("s3envelope.cache.requests", "use", "encrypt", "result", "miss"));
            assertEquals(1, counted("s3envelope.cache.requests", "use", "encrypt", "result", "hit"));
            assertEquals(1, counted("s3envelope.cache.requests", "use", "decrypt", "result", "hit"));
            assertEquals(1, timed("s3envelope.cache.loads", "use", "decrypt", "outcome", "success"));
            assertEquals(1, timed("s3envelope.kms.requests", "operation", "GenerateDataKey", "outcome", "success"));
            assertEquals(1, timed("s3envelope.kms.requests", "operation", "Decrypt", "outcome", "success"));
            assertEquals(2, registry.get("s3envelope.cache.entries").gauge().value());

            fixture.pass(Duration.ofMinutes(6));
            fixture.aws.faults().on("kms", "GenerateDataKey").fail(503, "ServiceUnavailableException", "down");
            s3.put(put("client/c"), BODY);
            assertEquals(1, counted("s3envelope.cache.grace", "use", "encrypt"));
            assertEquals(1, timed("s3envelope.kms.requests", "operation", "GenerateDataKey", "outcome", "failure"));
            assertEquals(1, timed("s3envelope.cache.loads", "use", "encrypt", "outcome", "failure"));

            cache.invalidateAll();
            assertEquals(1, counted("s3envelope.cache.evictions", "use", "encrypt", "cause", "invalidated"));
            fixture.alice.clearPolicies().allow("s3:*");
            assertThrows(KmsException.class, () -> s3.get(get("client/a")));
            assertThrows(KmsException.class, () -> s3.get(get("client/a")));
            assertEquals(1, counted("s3envelope.cache.denials", "use", "decrypt"));
        } finally {
            fixture.restore();
        }
        checkAgainstTheEnum();
    }

    /** Every registered meter is in the enum, with its type and its tags; nothing else is registered. */
    private void checkAgainstTheEnum() {
        for (Meter meter : registry.getMeters()) {
            EnvelopeMeter known = Stream.of(EnvelopeMeter.values())
                    .filter(one -> one.meterName().equals(meter.getId().getName()))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("not in the enum: " + meter.getId()));
            assertEquals(known.type().name(), meter.getId().getType().name());
            assertEquals(known.description(), meter.getId().getDescription());
            assertEquals(
                    known.tags(),
                    meter.getId().getTags().stream()
                            .map(tag -> tag.getKey())
                            .sorted()
                            .toList());
        }
    }

    @Test
    void everyMeter_isListedInTheDocumentation() throws Exception {
        String document = Files.readString(Path.of("..", "docs", "metrics.md"));
        assertTrue(
                document.contains(EnvelopeMeter.table()),
                () -> "docs/metrics.md must hold this table:\n\n" + EnvelopeMeter.table());
        Set<String> listed = Stream.of(document.split("`"))
                .filter(word -> word.startsWith("s3envelope."))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(
                Stream.of(EnvelopeMeter.values())
                        .map(EnvelopeMeter::meterName)
                        .collect(Collectors.toCollection(TreeSet::new)),
                listed);
    }

    private double counted(String name, String... tags) {
        return registry.get(name).tags(tags).counter().count();
    }

    private long timed(String name, String... tags) {
        return registry.get(name).tags(tags).timer().count();
    }
}
