package dev.s3envelope.s3.internal.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.s3.EnvelopeS3Client;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.DelegatingS3Client;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** What S3 is sent of short bodies that it encrypts itself, seen where the AWS SDK hands it to the network. */
class ShortBodiesTest {
    private final Wire wire = new Wire();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1024, ShortBodies.LONGEST})
    void checksumOfShortBodies_isAHeader(int length) {
        byte[] body = random(length);
        over(client(built -> {}))
                .putObject(
                        PutObjectRequest.builder().bucket("bucket").key("key").build(), RequestBody.fromBytes(body));
        assertHeader(only(), body);
    }

    @Test
    void longerBody_isLeftToTheSdk() {
        byte[] body = random(ShortBodies.LONGEST + 1);
        over(client(built -> {})).putObject(put -> put.bucket("bucket").key("key"), RequestBody.fromBytes(body));
        assertTrailer(only(), "x-amz-checksum-crc32");
    }

    static Stream<Arguments> requestsOfTheirOwn() {
        Consumer<PutObjectRequest.Builder> algorithm = put -> put.checksumAlgorithm(ChecksumAlgorithm.SHA256);
        Consumer<PutObjectRequest.Builder> crc32 = put -> put.checksumAlgorithm(ChecksumAlgorithm.CRC32);
        Consumer<PutObjectRequest.Builder> given = put -> put.checksumCRC32C("AAAAAA==");
        Consumer<PutObjectRequest.Builder> header =
                put -> put.overrideConfiguration(with -> with.putHeader("x-amz-checksum-sha1", "AAAA"));
        Consumer<PutObjectRequest.Builder> append = put -> put.writeOffsetBytes(5L);
        return Stream.of(
                Arguments.of("algorithm", algorithm, "x-amz-checksum-sha256"),
                Arguments.of("CRC32 by name", crc32, "x-amz-checksum-crc32"),
                Arguments.of("checksum", given, null),
                Arguments.of("raw header", header, null),
                Arguments.of("append", append, "x-amz-checksum-crc32"));
    }

    /** As the wrapped client sends it without us. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("requestsOfTheirOwn")
    void whatSaysSomethingOfItsChecksum_isLeftToTheSdk(
            String what, Consumer<PutObjectRequest.Builder> request, @Nullable String trailer) {
        PutObjectRequest.Builder put =
                PutObjectRequest.builder().bucket("bucket").key("key");
        request.accept(put);
        S3Client plain = client(built -> {});
        plain.putObject(put.build(), RequestBody.fromBytes(random(100)));
        over(plain).putObject(put.build(), RequestBody.fromBytes(random(100)));
        Sent alone = wire.sent.get(0);
        Sent ours = wire.sent.get(1);
        assertEquals(alone.header("x-amz-trailer"), ours.header("x-amz-trailer"));
        assertEquals(Optional.ofNullable(trailer), ours.header("x-amz-trailer"));
        for (String name : List.of("x-amz-checksum-crc32", "x-amz-checksum-crc32c", "x-amz-checksum-sha1")) {
            assertEquals(alone.header(name), ours.header(name), name);
        }
    }

    @Test
    void clientThatAddsNoChecksums_isLeftAlone() {
        over(client(built -> built.requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)))
                .putObject(put -> put.bucket("bucket").key("key"), RequestBody.fromBytes(random(100)));
        assertEquals(Optional.empty(), only().header("x-amz-checksum-crc32"));
        assertEquals(Optional.empty(), only().header("x-amz-trailer"));
    }

    /** Who changes bodies does so behind us: the checksum must be of what is sent. */
    @Test
    void interceptorThatChangesBodies_isReckonedWith() {
        ExecutionInterceptor changing = new ExecutionInterceptor() {
            @Override
            public Optional<RequestBody> modifyHttpContent(
                    Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
                return Optional.of(RequestBody.fromBytes(new byte[100]));
            }
        };
        over(client(built -> built.overrideConfiguration(with -> with.addExecutionInterceptor(changing))))
                .putObject(put -> put.bucket("bucket").key("key"), RequestBody.fromBytes(random(100)));
        assertTrailer(only(), "x-amz-checksum-crc32");
    }

    @Test
    void interceptorThatLooksOn_changesNothing() {
        AtomicInteger seen = new AtomicInteger();
        ExecutionInterceptor looking = new ExecutionInterceptor() {
            @Override
            public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
                seen.incrementAndGet();
            }
        };
        byte[] body = random(100);
        over(client(built -> built.overrideConfiguration(with -> with.addExecutionInterceptor(looking))))
                .putObject(put -> put.bucket("bucket").key("key"), RequestBody.fromBytes(body));
        assertHeader(only(), body);
        assertEquals(1, seen.get());
    }

    @Test
    void clientOfSomebodyElse_isReckonedWith() {
        over(new DelegatingS3Client(client(built -> {})) {})
                .putObject(put -> put.bucket("bucket").key("key"), RequestBody.fromBytes(random(100)));
        assertTrailer(only(), "x-amz-checksum-crc32");
    }

    /** A stream that cannot go back is read once, and sent as often as need be. */
    @Test
    void retry_sendsTheSameBytes() {
        byte[] body = random(5_000);
        AtomicInteger read = new AtomicInteger();
        wire.failures = 2;
        over(client(built -> {}))
                .putObject(
                        put -> put.bucket("bucket").key("key"),
                        RequestBody.fromContentProvider(
                                () -> {
                                    assertEquals(1, read.incrementAndGet(), "readings");
                                    return new ByteArrayInputStream(body);
                                },
                                body.length,
                                "text/plain"));
        assertEquals(3, wire.sent.size());
        wire.sent.forEach(sent -> assertHeader(sent, body));
        assertEquals(Optional.of("text/plain"), wire.sent.get(2).header("Content-Type"));
    }

    /** What is behind the announced bytes stays in the stream, for whoever reads on. */
    @Test
    void sliceOfAStream_isReadToItsEndAndNoFurther() throws Exception {
        byte[] all = random(300);
        InputStream stream = new ByteArrayInputStream(all);
        S3Client ours = over(client(built -> {}));
        for (int slice = 0; slice < 3; slice++) {
            ours.putObject(put -> put.bucket("bucket").key("key"), RequestBody.fromInputStream(stream, 100));
            assertHeader(wire.sent.get(slice), Arrays.copyOfRange(all, 100 * slice, 100 * (slice + 1)));
        }
        assertEquals(-1, stream.read());
    }

    @Test
    void bodyThatEndsEarly_isNotSent() {
        EnvelopeException refused = assertThrows(
                EnvelopeException.class,
                () -> over(client(built -> {}))
                        .putObject(
                                put -> put.bucket("bucket").key("key"),
                                RequestBody.fromInputStream(new ByteArrayInputStream(random(99)), 100)));
        assertTrue(refused.toString().contains("99 of the 100 bytes"), refused.getMessage());
        assertTrue(wire.sent.isEmpty());
    }

    @Test
    void bodyThatBreaks_isNotSent() {
        IOException broken = new IOException("the disk is gone");
        InputStream stream = new InputStream() {
            @Override
            public int read() throws IOException {
                throw broken;
            }
        };
        EnvelopeException refused = assertThrows(
                EnvelopeException.class,
                () -> over(client(built -> {}))
                        .putObject(put -> put.bucket("bucket").key("key"), RequestBody.fromInputStream(stream, 100)));
        assertSame(broken, refused.getCause());
        assertTrue(refused.toString().contains("bucket/key"), refused.getMessage());
        assertTrue(wire.sent.isEmpty());
    }

    private Sent only() {
        assertEquals(1, wire.sent.size());
        return wire.sent.get(0);
    }

    private static void assertHeader(Sent sent, byte[] body) {
        CRC32 sum = new CRC32();
        sum.update(body);
        byte[] four = ByteBuffer.allocate(4).putInt((int) sum.getValue()).array();
        assertEquals(Optional.of(Base64.getEncoder().encodeToString(four)), sent.header("x-amz-checksum-crc32"));
        assertEquals(Optional.empty(), sent.header("x-amz-trailer"));
        assertEquals(Optional.of(Integer.toString(body.length)), sent.header("Content-Length"));
        assertEquals(Optional.of("AES256"), sent.header("x-amz-server-side-encryption"));
        assertArrayEquals(body, sent.body());
    }

    private static void assertTrailer(Sent sent, String name) {
        assertEquals(Optional.of(name), sent.header("x-amz-trailer"));
        assertFalse(sent.header("x-amz-checksum-crc32").isPresent());
    }

    private static S3Client over(S3Client wrapped) {
        return EnvelopeS3Client.builder()
                .wrapping(wrapped)
                .policy(EncryptionPolicy.always(EncryptionMode.sseS3()))
                .build();
    }

    private S3Client client(Consumer<S3ClientBuilder> more) {
        S3ClientBuilder builder = S3Client.builder()
                .region(Region.EU_WEST_1)
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDEXAMPLE", "secret")))
                .httpClient(wire);
        more.accept(builder);
        return builder.build();
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private record Sent(SdkHttpRequest request, byte[] body) {
        Optional<String> header(String name) {
            return request.firstMatchingHeader(name);
        }
    }

    /** Keeps what is sent, and answers that all is well, after as many failures as are wanted. */
    private static final class Wire implements SdkHttpClient {
        private final List<Sent> sent = new ArrayList<>();
        private int failures;

        @Override
        public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
            return new ExecutableHttpRequest() {
                @Override
                public HttpExecuteResponse call() {
                    try (InputStream in =
                            request.contentStreamProvider().orElseThrow().newStream()) {
                        sent.add(new Sent(request.httpRequest(), in.readAllBytes()));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                    return HttpExecuteResponse.builder()
                            .response(SdkHttpResponse.builder()
                                    .statusCode(failures-- > 0 ? 503 : 200)
                                    .build())
                            .build();
                }

                @Override
                public void abort() {}
            };
        }

        @Override
        public void close() {}
    }
}
