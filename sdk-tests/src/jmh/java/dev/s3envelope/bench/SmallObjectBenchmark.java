package dev.s3envelope.bench;

import dev.s3envelope.core.cache.DataKeyCache;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.kms.KmsKeyring;
import dev.s3envelope.s3.EnvelopeS3Client;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/**
 * What a put and a get of a small object cost the client alone: the HTTP client is one that answers from memory. Ours (client-side under a cached KMS data key, and where S3 encrypts) beside
 * the AWS SDK's own.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = {"-Xms1g", "-Xmx1g", "-XX:+UseParallelGC"})
@Warmup(iterations = 6, time = 1)
@Measurement(iterations = 6, time = 1)
@SuppressWarnings("NullAway.Init") // prepare() does
public class SmallObjectBenchmark {
    private static final String KEY_ARN =
            "arn:aws:kms:us-east-1:111122223333:key/11112222-3333-4444-5555-666677778888";

    /** Bytes of the object. */
    @Param({"1024", "65536"})
    public int size;

    private final PutObjectRequest put =
            PutObjectRequest.builder().bucket("bench").key("some/object").build();
    private final GetObjectRequest get =
            GetObjectRequest.builder().bucket("bench").key("some/object").build();
    private byte[] body;
    private DataKeyCache cache;
    private S3Client plain;
    private S3Client serverSide;
    private S3Client clientSide;

    /** Clients over servers that hold the object as each wants it. */
    @Setup
    public void prepare() {
        body = new byte[size];
        CRC32 crc = new CRC32();
        crc.update(body);
        byte[] checksum = {
            (byte) (crc.getValue() >>> 24), (byte) (crc.getValue() >>> 16), (byte) (crc.getValue() >>> 8), (byte) crc.getValue()
        };
        CannedHttp plainHttp = new CannedHttp(KEY_ARN);
        plainHttp.hold(
                body, Map.of("x-amz-checksum-crc32", List.of(Base64.getEncoder().encodeToString(checksum))));
        plain = client(plainHttp);
        serverSide = EnvelopeS3Client.builder()
                .wrapping(client(plainHttp))
                .policy(EncryptionPolicy.always(EncryptionMode.sseS3()))
                .build();
        CannedHttp ourHttp = new CannedHttp(KEY_ARN);
        cache = DataKeyCache.builder().build();
        clientSide = EnvelopeS3Client.builder()
                .wrapping(client(ourHttp))
                .policy(EncryptionPolicy.always(EncryptionMode.clientSide(
                        "bench",
                        cache.over(KmsKeyring.builder()
                                .client(configured(KmsClient.builder())
                                        .httpClient(new CannedHttp(KEY_ARN))
                                        .build())
                                .generator(KEY_ARN)
                                .build()))))
                .build();
        clientSide.putObject(put, RequestBody.fromBytes(body));
    }

    private static S3Client client(CannedHttp http) {
        return configured(S3Client.builder()).httpClient(http).build();
    }

    private static <B extends AwsClientBuilder<B, ?>> B configured(B builder) {
        return builder.region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDEXAMPLE", "secret")));
    }

    /** Forgets the keys. */
    @TearDown
    public void stop() {
        cache.close();
    }

    /** The AWS SDK's own put. */
    @Benchmark
    public Object putPlain() {
        return plain.putObject(put, RequestBody.fromBytes(body));
    }

    /** The AWS SDK's own get. */
    @Benchmark
    public Object getPlain() {
        return plain.getObjectAsBytes(get);
    }

    /** A put that S3 encrypts. */
    @Benchmark
    public Object putServerSide() {
        return serverSide.putObject(put, RequestBody.fromBytes(body));
    }

    /** A get that S3 decrypts. */
    @Benchmark
    public Object getServerSide() {
        return serverSide.getObjectAsBytes(get);
    }

    /** A put encrypted on the client. */
    @Benchmark
    public Object putClientSide() {
        return clientSide.putObject(put, RequestBody.fromBytes(body));
    }

    /** A get decrypted on the client. */
    @Benchmark
    public Object getClientSide() {
        return clientSide.getObjectAsBytes(get);
    }
}
