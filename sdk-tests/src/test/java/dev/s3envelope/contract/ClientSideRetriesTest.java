package dev.s3envelope.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.keyring.DataKey;
import dev.s3envelope.core.keyring.DecryptionMaterialsRequest;
import dev.s3envelope.core.keyring.EncryptionMaterials;
import dev.s3envelope.core.keyring.EncryptionMaterialsRequest;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.keyring.WrappedKey;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.s3.EnvelopeS3AsyncClient;
import dev.s3envelope.s3.EnvelopeS3Client;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.services.s3.DelegatingS3Client;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Uploads and downloads of sealed objects when connections drop, bodies change, threads are few, and what travels is counted. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClientSideRetriesTest {
    private static final int POINTS = 50;
    private static final int SIZE = 2_500_000;
    private static final int FAR_TOO_LARGE_FOR_BUFFERS = 24_000_000;

    private LocalAwsTarget target;

    @BeforeAll
    void open() {
        target = new LocalAwsTarget();
    }

    @AfterAll
    void close() {
        if (target != null) {
            target.close();
        }
    }

    private EncryptionPolicy policy() {
        return EncryptionPolicy.always(ClientSideContract.mode().build());
    }

    private PutObjectRequest put(String key) {
        return PutObjectRequest.builder().bucket(target.bucket()).key(key).build();
    }

    private GetObjectRequest get(String key) {
        return GetObjectRequest.builder().bucket(target.bucket()).key(key).build();
    }

    @ParameterizedTest
    @EnumSource
    void anUploadDroppedAnywhere_isRetriedAndReadsBack(Calls.Kind kind) {
        Calls s3 = kind.open(target, builder -> builder.policy(policy()));
        Random random = new Random(20261120);
        byte[] body = ClientSideContract.bytes(3, SIZE);
        for (int i = 0; i < POINTS; i++) {
            long at = i == 0 ? 0 : random.nextInt(SIZE);
            target.aws().faults().on("s3", "PutObject").times(1).dropConnection(at);
            String key = kind + "/dropped/" + i;
            s3.put(put(key), body);
            assertArrayEquals(body, s3.get(get(key)).asByteArray(), "dropped after " + at + " bytes");
        }
        target.aws().faults().clear();
    }

    @ParameterizedTest
    @EnumSource
    void anUploadRefusedForTheMoment_isRetriedAndReadsBack(Calls.Kind kind) {
        Calls s3 = kind.open(target, builder -> builder.policy(policy()));
        for (int size : new int[] {0, 1_000, SIZE}) {
            byte[] body = ClientSideContract.bytes(size, size);
            String key = kind + "/throttled/" + size;
            target.aws().faults().on("s3", "PutObject").times(1).throttle();
            s3.put(put(key), body);
            assertArrayEquals(body, s3.get(get(key)).asByteArray());
        }
        target.aws().faults().clear();
    }

    /** Every reading of a body that is sent. */
    private static final class Recording extends DelegatingS3Client {
        private final S3Client wrapped;
        private final List<ByteArrayOutputStream> readings = new CopyOnWriteArrayList<>();

        Recording(S3Client wrapped) {
            super(wrapped);
            this.wrapped = wrapped;
        }

        @Override
        public PutObjectResponse putObject(PutObjectRequest request, RequestBody body) {
            ContentStreamProvider provider = body.contentStreamProvider();
            return wrapped.putObject(
                    request,
                    RequestBody.fromContentProvider(
                            () -> {
                                ByteArrayOutputStream seen = new ByteArrayOutputStream();
                                readings.add(seen);
                                return new Copied(provider.newStream(), seen);
                            },
                            body.contentLength(),
                            body.contentType()));
        }
    }

    private static final class Copied extends FilterInputStream {
        private final ByteArrayOutputStream seen;

        Copied(InputStream in, ByteArrayOutputStream seen) {
            super(in);
            this.seen = seen;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int count = super.read(target, offset, length);
            if (count > 0) {
                seen.write(target, offset, count);
            }
            return count;
        }
    }

    @Test
    void aBodyThatChangesBetweenAttempts_neverRepeatsAMessageIdWithOtherContent() {
        Recording recording = new Recording(target.s3());
        EnvelopeS3Client s3 =
                EnvelopeS3Client.builder().wrapping(recording).policy(policy()).build();
        int early = 0;
        for (int round = 0; round < 12; round++) {
            // The last one is more than the buffers between client and server hold, so that it is dropped on its way
            // for certain.
            int size = round == 11 ? FAR_TOO_LARGE_FOR_BUFFERS : SIZE;
            String key = "changing/" + round;
            if (round % 3 == 0) {
                target.aws().faults().on("s3", "PutObject").times(1).throttle();
            } else {
                target.aws().faults().on("s3", "PutObject").times(1).dropConnection(round == 11 ? 0 : 200_000L * round);
            }
            AtomicInteger reading = new AtomicInteger();
            byte[][] bodies = new byte[6][];
            for (int i = 0; i < bodies.length; i++) {
                bodies[i] = ClientSideContract.bytes(100L * round + i, size);
            }
            int before = recording.readings.size();
            Supplier<InputStream> source = () -> new ByteArrayInputStream(bodies[reading.getAndIncrement()]);
            try {
                s3.putObject(put(key), RequestBody.fromContentProvider(source::get, size, "application/octet-stream"));
            } catch (S3Exception e) {
                // The SDK keeps the checksum of a body it has sent whole, so another one is refused by S3; without this
                // client too.
                assertEquals(400, e.statusCode());
                assertTrue(recording.readings.get(before).size() >= size, "the first attempt was sent whole");
                continue;
            }
            if (recording.readings.get(before).size() < size) {
                early++;
            }
            byte[] read = s3.getObjectAsBytes(get(key)).asByteArray();
            assertTrue(
                    Arrays.stream(bodies).limit(reading.get()).anyMatch(body -> Arrays.equals(body, read)),
                    "one of the bodies, whole");
        }
        target.aws().faults().clear();
        assertTrue(early >= 1, "uploads that were dropped early went through: " + early);
        List<byte[]> readings = recording.readings.stream()
                .map(ByteArrayOutputStream::toByteArray)
                .filter(bytes -> bytes.length > 35)
                .toList();
        assertTrue(readings.size() >= 24, "every upload was read twice at least: " + readings.size());
        for (byte[] one : readings) {
            for (byte[] other : readings) {
                if (Arrays.equals(one, 3, 35, other, 3, 35)) {
                    int shared = Math.min(one.length, other.length);
                    assertTrue(
                            Arrays.equals(one, 0, shared, other, 0, shared),
                            "message " + HexFormat.of().formatHex(one, 3, 35) + " has two contents");
                }
            }
        }
    }

    @Test
    void anObjectIsReadThroughOneEventLoopThread_withAKeyringThatBlocks(@TempDir Path directory) throws Exception {
        SdkEventLoopGroup loop = SdkEventLoopGroup.builder().numberOfThreads(1).build();
        try (S3AsyncClient plain = target.aws()
                .configure(
                        S3AsyncClient.builder(),
                        target.aws().account("111122223333").root())
                .httpClient(NettyNioAsyncHttpClient.builder()
                        .eventLoopGroup(loop)
                        .tlsTrustManagersProvider(
                                () -> target.aws().trustManagers().orElseThrow())
                        .build())
                .build()) {
            Blocking keyring = new Blocking(plain, target.bucket());
            EnvelopeS3AsyncClient s3 = EnvelopeS3AsyncClient.builder()
                    .wrapping(plain)
                    .policy(EncryptionPolicy.always(ClientSide.builder("blocking", keyring)
                            .frameLength(ClientSideContract.FRAME)
                            .build()))
                    .build();
            byte[] body = ClientSideContract.bytes(1, SIZE);
            s3.putObject(put("loop"), AsyncRequestBody.fromBytes(body)).get(60, TimeUnit.SECONDS);
            for (int i = 0; i < 10; i++) {
                Path file = directory.resolve("file" + i);
                s3.getObject(get("loop"), AsyncResponseTransformer.toFile(file)).get(60, TimeUnit.SECONDS);
                assertArrayEquals(body, Files.readAllBytes(file), "whole when the future completes");
            }
            try (ResponseInputStream<GetObjectResponse> in = s3.getObject(
                            get("loop"), AsyncResponseTransformer.toBlockingInputStream())
                    .get(60, TimeUnit.SECONDS)) {
                assertArrayEquals(body, in.readAllBytes());
            }
            assertTrue(keyring.asked.get() >= 12);
            s3.close();
        } finally {
            loop.eventLoopGroup().shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    /** Calls S3 itself before it answers, and waits for it: on the loop's only thread that would never end. */
    private static final class Blocking implements Keyring {
        private final Keyring keyring = ClientSideContract.keyring(7);
        private final S3AsyncClient s3;
        private final String bucket;
        private final AtomicInteger asked = new AtomicInteger();

        Blocking(S3AsyncClient s3, String bucket) {
            this.s3 = s3;
            this.bucket = bucket;
        }

        private void call() {
            asked.incrementAndGet();
            s3.headBucket(b -> b.bucket(bucket)).join();
        }

        @Override
        public CompletionStage<EncryptionMaterials> generate(EncryptionMaterialsRequest request) {
            call();
            return keyring.generate(request);
        }

        @Override
        public CompletionStage<List<WrappedKey>> wrap(DataKey dataKey, EncryptionMaterialsRequest request) {
            return CompletableFuture.failedFuture(new UnsupportedOperationException());
        }

        @Override
        public CompletionStage<DataKey> unwrap(DecryptionMaterialsRequest request) {
            call();
            return keyring.unwrap(request);
        }

        @Override
        public boolean blocking() {
            return true;
        }
    }

    @Test
    void aRangeFetchesOnlyTheFramesThatHoldIt() {
        Fetched fetched = new Fetched(target.s3());
        EnvelopeS3Client s3 =
                EnvelopeS3Client.builder().wrapping(fetched).policy(policy()).build();
        byte[] body = ClientSideContract.bytes(1, SIZE);
        s3.putObject(put("counted"), RequestBody.fromBytes(body));
        for (int i = 0; i < 2; i++) {
            fetched.bytes.set(0);
            byte[] read = s3.getObjectAsBytes(get("counted").toBuilder()
                            .range("bytes=2400000-2400099")
                            .build())
                    .asByteArray();
            assertArrayEquals(Arrays.copyOfRange(body, 2_400_000, 2_400_100), read);
            int frames = 4128;
            int header = i == 0 ? 1024 : 0;
            assertTrue(fetched.bytes.get() <= frames + header, "fetched " + fetched.bytes.get());
        }
        assertEquals(4128, fetched.bytes.get());
    }

    /** Counts the bytes of bodies that S3 answers with. */
    private static final class Fetched extends DelegatingS3Client {
        private final S3Client wrapped;
        private final AtomicInteger bytes = new AtomicInteger();

        Fetched(S3Client wrapped) {
            super(wrapped);
            this.wrapped = wrapped;
        }

        @Override
        public <R> R getObject(GetObjectRequest request, ResponseTransformer<GetObjectResponse, R> transformer) {
            return wrapped.getObject(request, (response, body) -> {
                bytes.addAndGet(Math.toIntExact(response.contentLength()));
                return transformer.transform(response, body);
            });
        }
    }
}
