package dev.s3envelope.contract;

import static dev.s3envelope.contract.PreflightFixture.BUCKET;
import static dev.s3envelope.contract.PreflightFixture.TEXT;
import static dev.s3envelope.contract.PreflightFixture.byBucket;
import static dev.s3envelope.contract.PreflightFixture.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.mode.BucketKey;
import dev.s3envelope.core.mode.ContextPairs;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.mode.SseKms;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.kms.KmsKeyAccess;
import dev.s3envelope.kms.KmsKeyring;
import dev.s3envelope.local.EventLog;
import dev.s3envelope.s3.EnvelopeS3AsyncClient;
import dev.s3envelope.s3.EnvelopeS3Client;
import dev.s3envelope.s3.Preflight;
import dev.s3envelope.s3.PreflightStrategy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** Preflight of every form of object and of read. */
class PreflightFormsTest {
    private PreflightFixture f;

    @BeforeEach
    void start() {
        f = new PreflightFixture();
    }

    @AfterEach
    void stop() {
        f.close();
    }

    private static PutObjectRequest put(String name) {
        return PutObjectRequest.builder().bucket(BUCKET).key(name).build();
    }

    private static S3Exception denied(Runnable call) {
        S3Exception e = assertThrows(S3Exception.class, call::run);
        assertEquals(403, e.statusCode());
        return e;
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void aDsseObject_isAskedAboutInTheContextOfTheObject(Calls.Kind kind) {
        f.readerMayDecrypt();
        f.aws.s3(f.owner.root())
                .putObject(
                        b -> b.bucket(BUCKET)
                                .key("twice")
                                .serverSideEncryption(ServerSideEncryption.AWS_KMS_DSSE)
                                .ssekmsKeyId(f.key.arn()),
                        RequestBody.fromString(TEXT));
        Calls calls = f.client(kind, EncryptionPolicy.always(EncryptionMode.dsseKms(f.key.arn())), b -> b);
        EventLog.Mark before = f.aws.events().mark();
        assertEquals(TEXT, calls.get(get("twice")).asUtf8String());
        assertEquals(Map.of("kms:Decrypt", 1, "s3:GetObject", 1), f.calls(before));
        assertEquals(Map.of("aws:s3:arn", "arn:aws:s3:::documents/twice"), direct(before));
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void aContextOfThePolicy_isPartOfTheQuestion(Calls.Kind kind) {
        f.reader.policy("kms", """
                {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": "*",
                 "Condition": {"StringEquals": {"kms:EncryptionContext:department": "hr"}}}]}""");
        EncryptionPolicy policy = EncryptionPolicy.always(SseKms.builder(KeyArn.parse(f.key.arn()))
                .bucketKey(BucketKey.DISABLED)
                .context(ContextPairs.of(Map.of("department", "hr")))
                .build());
        Calls calls = f.client(kind, policy, b -> b);
        calls.put(put("c"), TEXT.getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < 2; i++) {
            Calls reading = f.client(kind, policy, b -> b.strategy(PreflightStrategy.KMS_DRY_RUN));
            EventLog.Mark before = f.aws.events().mark();
            assertEquals(TEXT, reading.get(get("c")).asUtf8String());
            assertEquals(Map.of("department", "hr", "aws:s3:arn", "arn:aws:s3:::documents/c"), direct(before));
        }
    }

    private Map<String, String> direct(EventLog.Mark since) {
        return f.aws.events()
                .since(since)
                .service("kms")
                .where(event -> event.viaService().isEmpty())
                .last()
                .encryptionContext();
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void anEmptyObject_isProbedAsAWhole(Calls.Kind kind) {
        f.readerMayDecryptThroughS3();
        f.aws.s3(f.owner.root())
                .putObject(
                        b -> b.bucket(BUCKET)
                                .key("empty")
                                .serverSideEncryption(ServerSideEncryption.AWS_KMS)
                                .ssekmsKeyId(f.key.arn()),
                        RequestBody.empty());
        Calls calls = f.client(kind, f.byKey(BucketKey.DISABLED), b -> b.strategy(PreflightStrategy.S3_PROBE));
        EventLog.Mark before = f.aws.events().mark();
        assertEquals("", calls.get(get("empty")).asUtf8String());
        assertEquals(Map.of("s3:GetObject", 3), f.calls(before));
        assertEquals("", calls.get(get("empty")).asUtf8String());
        assertEquals(Map.of("s3:GetObject", 4), f.calls(before));
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void theS3Gate_isNotTakenForTheKmsGate(Calls.Kind kind) {
        f.readerMayDecryptThroughS3().reader.policy("s3", PreflightFixture.allow("s3:ListBucket"));
        f.store("a", f.key, true);
        Calls calls = f.client(kind, f.byKey(BucketKey.ENABLED), b -> b);
        S3Exception e = denied(() -> calls.get(get("a")));
        assertTrue(e.awsErrorDetails().errorMessage().contains("s3:GetObject"), e.getMessage());
        // The refusal was of that object; what was learned of the key is nothing.
        f.reader.policy("s3", PreflightFixture.allow("s3:*"));
        f.store("b", f.key, true);
        assertEquals(TEXT, calls.get(get("b")).asUtf8String());
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void anObjectThatIsNotThere_isReportedAsMissing(Calls.Kind kind) {
        f.readerMayDecrypt();
        for (PreflightStrategy strategy : PreflightStrategy.values()) {
            S3Exception e = assertThrows(
                    S3Exception.class,
                    () -> f.client(kind, byBucket(), b -> b.strategy(strategy)).get(get("nothing")));
            assertEquals(404, e.statusCode(), strategy.name());
        }
    }

    @ParameterizedTest
    @EnumSource(Calls.Kind.class)
    void aClientSideObject_isExactByItsDataKey_andTheLayerUnderItIsAskedAboutFirst(Calls.Kind kind) {
        f.reader.policy("kms", PreflightFixture.allow("kms:*"));
        KmsKeyring keyring = KmsKeyring.builder()
                .client(f.aws.kms(f.reader))
                .generator(f.key.arn())
                .build();
        EncryptionPolicy policy = EncryptionPolicy.always(EncryptionMode.clientSide("documents", keyring)
                .withServerSide(SseKms.builder(KeyArn.parse(f.key.arn()))
                        .bucketKey(BucketKey.ENABLED)
                        .build()));
        Calls calls = f.client(kind, policy, b -> b);
        calls.put(put("sealed"), TEXT.getBytes(StandardCharsets.UTF_8));
        EventLog.Mark before = f.aws.events().mark();
        assertEquals(TEXT, calls.get(get("sealed")).asUtf8String());
        // One dry run for S3's layer, one Decrypt for the data key.
        assertEquals(Map.of("kms:Decrypt", 2, "s3:GetObject", 1), f.calls(before));

        EncryptionPolicy overS3 = EncryptionPolicy.always(EncryptionMode.clientSide("documents", keyring));
        Calls plain = f.client(kind, overS3, b -> b);
        plain.put(put("plain"), TEXT.getBytes(StandardCharsets.UTF_8));
        f.reader.removePolicy("kms");
        assertThrows(KmsException.class, () -> plain.get(get("plain")));
    }

    @Test
    void aBlockingKms_isNotAskedOnTheOnlyEventLoopThread() throws Exception {
        f.readerMayDecrypt();
        for (int i = 0; i < 8; i++) {
            f.store("o/" + i, f.key, false);
        }
        SdkEventLoopGroup loop = SdkEventLoopGroup.builder().numberOfThreads(1).build();
        try (SdkAsyncHttpClient http =
                        NettyNioAsyncHttpClient.builder().eventLoopGroup(loop).build();
                S3AsyncClient one = f.aws.configure(S3AsyncClient.builder(), f.reader)
                        .httpClient(http)
                        .build();
                EnvelopeS3AsyncClient s3 = EnvelopeS3AsyncClient.builder()
                        .wrapping(one)
                        .policy(byBucket())
                        .preflight(Preflight.builder()
                                .keyAccess(KmsKeyAccess.of(f.aws.kms(f.reader)))
                                .build())
                        .build()) {
            f.aws.faults().on("kms", "Decrypt").always().delay(Duration.ofMillis(20));
            var reads = IntStream.range(0, 8)
                    .mapToObj(i -> s3.getObject(get("o/" + i), AsyncResponseTransformer.toBytes()))
                    .toList();
            for (var read : reads) {
                assertEquals(TEXT, read.get(30, TimeUnit.SECONDS).asUtf8String());
            }
        } finally {
            loop.eventLoopGroup().shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    @Test
    void aDownloadInParts_isCheckedOnce_andItsFileIsWhole(@TempDir Path directory) throws Exception {
        f.readerMayDecrypt();
        byte[] bytes = new byte[9 * 1024 * 1024];
        Arrays.fill(bytes, (byte) 'x');
        f.aws.s3(f.owner.root())
                .putObject(
                        b -> b.bucket(BUCKET)
                                .key("large")
                                .serverSideEncryption(ServerSideEncryption.AWS_KMS)
                                .ssekmsKeyId(f.key.arn())
                                .bucketKeyEnabled(true),
                        RequestBody.fromBytes(bytes));
        try (S3AsyncClient parts = f.aws.configure(
                                S3AsyncClient.builder()
                                        .multipartEnabled(true)
                                        .multipartConfiguration(c -> c.minimumPartSizeInBytes(1024L * 1024)),
                                f.reader)
                        .build();
                EnvelopeS3AsyncClient s3 = EnvelopeS3AsyncClient.builder()
                        .wrapping(parts)
                        .policy(f.byKey(BucketKey.DISABLED))
                        .preflight(Preflight.builder()
                                .keyAccess(f.keyAccess(Calls.Kind.ASYNC))
                                .build())
                        .build()) {
            EventLog.Mark before = f.aws.events().mark();
            Path file = directory.resolve("large");
            s3.getObject(get("large"), AsyncResponseTransformer.toFile(file)).get(60, TimeUnit.SECONDS);
            assertEquals(bytes.length, Files.size(file));
            // The answer names a Bucket Key, which the policy does not: that context is asked about once, whatever the
            // parts.
            assertEquals(2, f.calls(before).get("kms:Decrypt"));

            f.key.disable();
            Path none = directory.resolve("none");
            EnvelopeS3AsyncClient late = EnvelopeS3AsyncClient.builder()
                    .wrapping(parts)
                    .policy(byBucket())
                    .preflight(Preflight.builder()
                            .keyAccess(f.keyAccess(Calls.Kind.ASYNC))
                            .build())
                    .build();
            EventLog.Mark disabled = f.aws.events().mark();
            Throwable failure = assertThrows(
                            ExecutionException.class,
                            () -> late.getObject(get("large"), AsyncResponseTransformer.toFile(none))
                                    .get(60, TimeUnit.SECONDS))
                    .getCause();
            assertTrue(failure instanceof S3Exception s3e && s3e.statusCode() == 403, String.valueOf(failure));
            assertEquals(
                    0, f.aws.events().since(disabled).operation("GetObject").size());
        }
    }

    @Test
    void onTheSynchronousClient_theRefusalOfAnAnswer_leavesNoFile(@TempDir Path directory) {
        f.readerMayDecrypt().store("a", f.key, true);
        f.aws.s3(f.reader).getObjectAsBytes(b -> b.bucket(BUCKET).key("a"));
        f.key.disable();
        EnvelopeS3Client s3 = EnvelopeS3Client.builder()
                .wrapping(f.aws.s3(f.reader))
                .policy(EncryptionPolicy.always(EncryptionMode.sseS3()))
                .preflight(Preflight.builder()
                        .keyAccess(f.keyAccess(Calls.Kind.SYNC))
                        .build())
                .build();
        Path file = directory.resolve("a");
        denied(() -> s3.getObject(get("a"), file));
        assertTrue(Files.notExists(file));
    }
}
