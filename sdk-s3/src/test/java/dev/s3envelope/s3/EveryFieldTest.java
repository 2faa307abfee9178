package dev.s3envelope.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.s3.internal.OperationTreatment;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.metrics.LoggingMetricPublisher;
import software.amazon.awssdk.services.s3.model.S3Request;

/** Every field a caller sets, and the whole override configuration, reaches the wrapped client as it was. */
class EveryFieldTest {
    private static final long SEED = 20261120L;

    @TestFactory
    Stream<DynamicTest> everyFieldAndTheOverrideConfigurationPass() {
        AwsRequestOverrideConfiguration override = AwsRequestOverrideConfiguration.builder()
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("a", "s")))
                .apiCallTimeout(Duration.ofSeconds(9))
                .putHeader("x-trace", "7")
                .putRawQueryParameter("x-trace", "8")
                .addMetricPublisher(LoggingMetricPublisher.create())
                .build();
        return Arrays.stream(Flavor.values())
                .flatMap(flavor -> OperationTreatment.all().keySet().stream()
                        .map(type ->
                                DynamicTest.dynamicTest(flavor + " " + type.getSimpleName() + " seed " + SEED, () -> {
                                    Recorder recorder = new Recorder();
                                    Object client = flavor.open(
                                            recorder,
                                            builder -> builder.policy(EncryptionPolicy.always(EncryptionMode.sseS3())));
                                    if (!Flavor.offers(client, type)) {
                                        return;
                                    }
                                    S3Request request = filled(type, override);
                                    Flavor.send(client, request);
                                    S3Request sent = recorder.last();
                                    for (SdkField<?> field : ((SdkPojo) request).sdkFields()) {
                                        boolean decided = field.memberName().equals("ServerSideEncryption")
                                                && field.getValueOrDefault(request) == null;
                                        if (!decided) {
                                            assertEquals(
                                                    field.getValueOrDefault(request),
                                                    field.getValueOrDefault(sent),
                                                    field.memberName());
                                        }
                                    }
                                    assertSame(
                                            override,
                                            sent.overrideConfiguration().orElseThrow(),
                                            "the override configuration itself");
                                })));
    }

    private static S3Request filled(Class<? extends S3Request> type, AwsRequestOverrideConfiguration override)
            throws ReflectiveOperationException {
        Random random = new Random(SEED);
        S3Request.Builder builder =
                (S3Request.Builder) type.getMethod("builder").invoke(null);
        for (SdkField<?> field : ((SdkPojo) builder).sdkFields()) {
            String name = field.memberName();
            if (name.contains("SSE") || name.contains("Encryption") || name.equals("BucketKeyEnabled")) {
                continue;
            }
            if (name.endsWith("Bucket") && field.marshallingType() == MarshallingType.STRING) {
                field.set(builder, "reports");
            } else if (name.equals("CopySource")) {
                continue;
            } else if (name.equals("Tagging") && field.marshallingType() == MarshallingType.STRING) {
                field.set(builder, "a=b&c=d");
            } else {
                fill(builder, field, random);
            }
        }
        builder.overrideConfiguration(override);
        return builder.build();
    }

    private static void fill(S3Request.Builder builder, SdkField<?> field, Random random) {
        MarshallingType<?> type = field.marshallingType();
        if (type == MarshallingType.STRING) {
            field.set(builder, "v" + random.nextInt(1000));
        } else if (type == MarshallingType.INTEGER) {
            field.set(builder, random.nextInt(1000));
        } else if (type == MarshallingType.LONG) {
            field.set(builder, (long) random.nextInt(1000));
        } else if (type == MarshallingType.BOOLEAN) {
            field.set(builder, random.nextBoolean());
        } else if (type == MarshallingType.INSTANT) {
            field.set(builder, Instant.ofEpochSecond(random.nextInt()));
        } else if (type == MarshallingType.MAP) {
            field.set(builder, Map.of("name", "v" + random.nextInt(1000)));
        }
    }
}
