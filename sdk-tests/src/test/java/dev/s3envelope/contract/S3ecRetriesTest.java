package dev.s3envelope.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.s3.EnvelopeS3AsyncClient;
import dev.s3envelope.s3.EnvelopeS3Client;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.DelegatingS3AsyncClient;
import software.amazon.awssdk.services.s3.DelegatingS3Client;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/** Uploads in the S3 Encryption Client's format whose connection drops, or whose body changes: one key and nonce never has two contents. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class S3ecRetriesTest {
    private static final int SIZE = 2_500_000;
    private static final int POINTS = 20;

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
        return EncryptionPolicy.always(ClientSide.s3ecBuilder("exchange", S3ecKey.AES.ours(target, Calls.Kind.SYNC))
                .build());
    }

    private PutObjectRequest put(String key) {
        return PutObjectRequest.builder().bucket(target.bucket()).key(key).build();
    }

    private byte[] peerReads(String key) {
        return S3ecKey.AES
                .peer(target, true)
                .getObjectAsBytes(b -> b.bucket(target.bucket()).key(key))
                .asByteArray();
    }

    @ParameterizedTest
    @EnumSource
    void anUploadDroppedAnywhere_isRetriedAndReadByTheStockClient(Calls.Kind kind) {
        Calls s3 = kind.open(target, builder -> builder.policy(policy()));
        Random random = new Random(20261121);
        byte[] body = ClientSideContract.bytes(3, SIZE);
        for (int i = 0; i < POINTS; i++) {
            long at = i == 0 ? 0 : random.nextInt(SIZE);
            target.aws().faults().on("s3", "PutObject").times(1).dropConnection(at);
            String key = kind + "/dropped/" + i;
            s3.put(put(key), body);
            assertArrayEquals(body, peerReads(key), "dropped after " + at + " bytes");
        }
        target.aws().faults().clear();
    }

    @ParameterizedTest
    @EnumSource
    void anUploadRefusedForTheMoment_isRetriedAndReadByTheStockClient(Calls.Kind kind) {
        Calls s3 = kind.open(target, builder -> builder.policy(policy()));
        for (int size : new int[] {0, 1_000, SIZE}) {
            byte[] body = ClientSideContract.bytes(size, size);
            String key = kind + "/throttled/" + size;
            target.aws().faults().on("s3", "PutObject").times(1).throttle();
            s3.put(put(key), body);
            assertArrayEquals(body, peerReads(key));
        }
        target.aws().faults().clear();
    }

    @ParameterizedTest
    @EnumSource
    void aBodyThatChangesBetweenAttempts_neverRepeatsAKeyAndNonceWithOtherContent(Calls.Kind kind) {
        Captured captured = new Captured();
        int refused = 0;
        for (int round = 0; round < 12; round++) {
            String key = kind + "/changing/" + round;
            if (round % 3 == 0) {
                target.aws().faults().on("s3", "PutObject").times(1).throttle();
            } else {
                target.aws().faults().on("s3", "PutObject").times(1).dropConnection(200_000L * round);
            }
            // Every reading differs from the one before, from one place on.
            byte[][] bodies = new byte[6][];
            bodies[0] = ClientSideContract.bytes(round, SIZE);
            for (int i = 1; i < bodies.length; i++) {
                bodies[i] = bodies[i - 1].clone();
                byte[] tail = ClientSideContract.bytes(100L * round + i, SIZE - 100_000 * round);
                System.arraycopy(tail, 0, bodies[i], SIZE - tail.length, tail.length);
            }
            AtomicInteger reading = new AtomicInteger();
            try {
                captured.put(this, kind, put(key), () -> bodies[reading.getAndIncrement()]);
                byte[] read = peerReads(key);
                assertTrue(
                        Arrays.stream(bodies).limit(reading.get()).anyMatch(body -> Arrays.equals(body, read)),
                        "one of the bodies, whole");
            } catch (OperationRefusedException e) {
                refused++;
                assertTrue(String.valueOf(e.getMessage()).contains(key), e.getMessage());
                assertEquals(
                        0,
                        target.s3()
                                .listObjectsV2(b -> b.bucket(target.bucket()).prefix(key))
                                .keyCount());
            }
        }
        target.aws().faults().clear();
        assertTrue(refused > 0, "some changes were met");
        assertTrue(captured.readings.values().stream().anyMatch(list -> list.size() > 1), "some were read twice");
        captured.readings.forEach((messageId, readings) -> {
            for (ByteArrayOutputStream one : readings) {
                for (ByteArrayOutputStream other : readings) {
                    int shared = Math.min(one.size(), other.size());
                    assertTrue(
                            Arrays.equals(one.toByteArray(), 0, shared, other.toByteArray(), 0, shared),
                            "message " + messageId + " has two contents");
                }
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void aBodyThatWasSentWhole_andChangesBeforeTheRetry_isRefused(Calls.Kind kind) {
        target.aws().faults().on("s3", "PutObject").times(1).throttle();
        AtomicInteger reading = new AtomicInteger();
        byte[] first = ClientSideContract.bytes(1, SIZE);
        byte[] second = first.clone();
        second[SIZE - 1] ^= 1;
        Captured captured = new Captured();
        assertThrows(
                OperationRefusedException.class,
                () -> captured.put(
                        this, kind, put(kind + "/last"), () -> reading.getAndIncrement() == 0 ? first : second));
        target.aws().faults().clear();
        assertEquals(2, reading.get(), "a refusal is not retried");
    }

    /** Every reading of a body that is sent, by the message id of its object. */
    private static final class Captured {
        private final Map<String, List<ByteArrayOutputStream>> readings = new ConcurrentHashMap<>();

        private ByteArrayOutputStream reading(PutObjectRequest request) {
            ByteArrayOutputStream seen = new ByteArrayOutputStream();
            readings.computeIfAbsent(request.metadata().get("x-amz-i"), id -> new CopyOnWriteArrayList<>())
                    .add(seen);
            return seen;
        }

        void put(
                S3ecRetriesTest test,
                Calls.Kind kind,
                PutObjectRequest request,
                java.util.function.Supplier<byte[]> source) {
            if (kind == Calls.Kind.SYNC) {
                EnvelopeS3Client.builder()
                        .wrapping(new RecordingSync(test.target.s3(), this))
                        .policy(test.policy())
                        .build()
                        .putObject(
                                request,
                                RequestBody.fromContentProvider(
                                        () -> new ByteArrayInputStream(source.get()),
                                        SIZE,
                                        "application/octet-stream"));
                return;
            }
            try {
                EnvelopeS3AsyncClient.builder()
                        .wrapping(new RecordingAsync(test.target.s3Async(), this))
                        .policy(test.policy())
                        .build()
                        .putObject(request, new Changing(source))
                        .join();
            } catch (CompletionException e) {
                throw (RuntimeException) e.getCause();
            }
        }
    }

    private record Changing(java.util.function.Supplier<byte[]> source) implements AsyncRequestBody {
        @Override
        public Optional<Long> contentLength() {
            return Optional.of((long) SIZE);
        }

        @Override
        public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
            AsyncRequestBody.fromBytes(source.get()).subscribe(subscriber);
        }
    }

    private static final class RecordingSync extends DelegatingS3Client {
        private final S3Client wrapped;
        private final Captured captured;

        RecordingSync(S3Client wrapped, Captured captured) {
            super(wrapped);
            this.wrapped = wrapped;
            this.captured = captured;
        }

        @Override
        public PutObjectResponse putObject(PutObjectRequest request, RequestBody body) {
            return wrapped.putObject(
                    request,
                    RequestBody.fromContentProvider(
                            () -> new Copied(body.contentStreamProvider().newStream(), captured.reading(request)),
                            body.optionalContentLength().orElseThrow(),
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
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
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

    private static final class RecordingAsync extends DelegatingS3AsyncClient {
        private final S3AsyncClient wrapped;
        private final Captured captured;

        RecordingAsync(S3AsyncClient wrapped, Captured captured) {
            super(wrapped);
            this.wrapped = wrapped;
            this.captured = captured;
        }

        @Override
        public CompletableFuture<PutObjectResponse> putObject(PutObjectRequest request, AsyncRequestBody body) {
            return wrapped.putObject(request, new AsyncRequestBody() {
                @Override
                public Optional<Long> contentLength() {
                    return body.contentLength();
                }

                @Override
                public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
                    ByteArrayOutputStream seen = captured.reading(request);
                    body.subscribe(new Subscriber<ByteBuffer>() {
                        @Override
                        public void onSubscribe(Subscription subscription) {
                            subscriber.onSubscribe(subscription);
                        }

                        @Override
                        public void onNext(ByteBuffer buffer) {
                            byte[] copy = new byte[buffer.remaining()];
                            buffer.duplicate().get(copy);
                            seen.writeBytes(copy);
                            subscriber.onNext(buffer);
                        }

                        @Override
                        public void onError(Throwable failure) {
                            subscriber.onError(failure);
                        }

                        @Override
                        public void onComplete() {
                            subscriber.onComplete();
                        }
                    });
                }
            });
        }
    }
}
