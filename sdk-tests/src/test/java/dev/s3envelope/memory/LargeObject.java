package dev.s3envelope.memory;

import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.RawAesKeyring;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.s3.ClientSideUpload;
import dev.s3envelope.s3.EnvelopeS3AsyncClient;
import dev.s3envelope.s3.EnvelopeS3Client;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.Consumer;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3BaseClientBuilder;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/**
 * A program: writes an object of any size, encrypted on the client, reads it back whole and in ranges at its end and across its middle, and compares every
 * byte. It is run in a JVM with a small heap. Arguments: SYNC or ASYNC, bytes, bytes of a part (0: as the client chooses), endpoint, Region, access key id,
 * secret, bucket.
 */
final class LargeObject {
    private static final int TAIL = 1_000_003;

    private final PutObjectRequest put;
    private final Pattern pattern;
    private final long size;

    private LargeObject(String bucket, long size, long partSize) {
        this.size = size;
        this.pattern = new Pattern(size);
        Consumer<AwsRequestOverrideConfiguration.Builder> announced =
                partSize == 0 ? unchanged -> {} : ClientSideUpload.partSize(partSize);
        this.put = PutObjectRequest.builder()
                .bucket(bucket)
                .key("large")
                .contentLength(size)
                .overrideConfiguration(announced)
                .build();
    }

    public static void main(String[] arguments) throws IOException {
        LargeObject object = new LargeObject(arguments[7], Long.parseLong(arguments[1]), Long.parseLong(arguments[2]));
        EncryptionPolicy policy = EncryptionPolicy.always(EncryptionMode.clientSide(
                "memory",
                new RawAesKeyring(CryptoProvider.detect(), new SecureRandom(), "memory", "key", new byte[32])));
        if (arguments[0].equals("SYNC")) {
            try (S3Client plain = at(S3Client.builder(), arguments)
                            .httpClientBuilder(Apache5HttpClient.builder())
                            .build();
                    EnvelopeS3Client s3 = EnvelopeS3Client.builder()
                            .wrapping(plain)
                            .policy(policy)
                            .build()) {
                object.sync(s3);
            }
        } else {
            try (S3AsyncClient plain = at(S3AsyncClient.builder(), arguments)
                            .httpClientBuilder(NettyNioAsyncHttpClient.builder())
                            .build();
                    EnvelopeS3AsyncClient s3 = EnvelopeS3AsyncClient.builder()
                            .wrapping(plain)
                            .policy(policy)
                            .build()) {
                object.async(s3);
            }
        }
        System.out.println("peak RSS "
                + Files.readAllLines(Path.of("/proc/self/status")).stream()
                        .filter(line -> line.startsWith("VmHWM:"))
                        .findFirst()
                        .map(line -> line.substring(6).strip())
                        .orElse("unknown")
                + ", heap at most " + (Runtime.getRuntime().maxMemory() >> 20) + " MiB");
    }

    private static <B extends S3BaseClientBuilder<B, ?>> B at(B builder, String[] arguments) {
        return builder.endpointOverride(URI.create(arguments[3]))
                .region(Region.of(arguments[4]))
                .forcePathStyle(true)
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(arguments[5], arguments[6])));
    }

    private interface Step {
        void run() throws IOException;
    }

    private void timed(String what, long bytes, Step step) throws IOException {
        long started = System.nanoTime();
        step.run();
        double seconds = (System.nanoTime() - started) / 1e9;
        System.out.printf("%s %,d bytes: %.1f s, %.0f MB/s%n", what, bytes, seconds, bytes / seconds / 1e6);
    }

    private void sync(S3Client s3) throws IOException {
        timed(
                "put",
                size,
                () -> s3.putObject(
                        put, RequestBody.fromContentProvider(pattern::stream, size, "application/octet-stream")));
        timed("get", size, () -> read(s3, get(null), 0, size));
        timed("range at the end", tail(), () -> read(s3, get("bytes=-" + tail()), size - tail(), size));
        timed("range in the middle", tail(), () -> read(s3, get(middle()), half(), half() + tail()));
    }

    private void read(S3Client s3, GetObjectRequest request, long start, long end) throws IOException {
        Pattern.Check check = pattern.new Check(start, end);
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = s3.getObject(request)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                check.next(ByteBuffer.wrap(Arrays.copyOf(buffer, count)));
            }
        }
        check.finish();
    }

    private void async(S3AsyncClient s3) throws IOException {
        timed(
                "put",
                size,
                () -> s3.putObject(put, AsyncRequestBody.fromPublisher(SdkPublisher.fromIterable(pattern.buffers())))
                        .join());
        timed("get", size, () -> read(s3, get(null), 0, size));
        timed("range at the end", tail(), () -> read(s3, get("bytes=-" + tail()), size - tail(), size));
        timed("range in the middle", tail(), () -> read(s3, get(middle()), half(), half() + tail()));
    }

    private void read(S3AsyncClient s3, GetObjectRequest request, long start, long end) {
        Pattern.Check check = pattern.new Check(start, end);
        s3.getObject(request, AsyncResponseTransformer.toPublisher())
                .thenCompose(body -> body.subscribe(check::next))
                .join();
        check.finish();
    }

    private GetObjectRequest get(@org.jspecify.annotations.Nullable String range) {
        return GetObjectRequest.builder()
                .bucket(put.bucket())
                .key(put.key())
                .range(range)
                .build();
    }

    private String middle() {
        return "bytes=" + half() + "-" + (half() + tail() - 1);
    }

    private long half() {
        return size / 2 - 7;
    }

    private long tail() {
        return Math.min(TAIL, size / 4);
    }
}
