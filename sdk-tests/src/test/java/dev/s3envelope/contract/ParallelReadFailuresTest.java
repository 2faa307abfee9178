package dev.s3envelope.contract;

import static dev.s3envelope.contract.ParallelFixture.AT_A_TIME;
import static dev.s3envelope.contract.ParallelFixture.BUCKET;
import static dev.s3envelope.contract.ParallelFixture.PART;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.contract.ParallelFixture.Mode;
import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.local.EventLog;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** Reads in pieces that go wrong: what broke is fetched again and nothing else, nothing mixed or unverified is given out, and nothing is left behind. */
class ParallelReadFailuresTest {
    private static final int LENGTH = 2 * PART + 70_001;
    private static final int PIECES = 3;
    private static ParallelFixture at;

    @BeforeAll
    static void start() {
        at = new ParallelFixture();
    }

    @AfterAll
    static void stop() {
        at.close();
    }

    @BeforeEach
    void forget() {
        at.forget();
    }

    static Stream<Arguments> kindsAndModes() {
        return Stream.of(Calls.Kind.values())
                .flatMap(kind -> Stream.of(Mode.PLAIN, Mode.CLIENT_SIDE).map(mode -> Arguments.of(kind, mode)));
    }

    /** An object of one test's own: what others gave up may still be on its way to the server, and must not meet this one's troubles. */
    private static String own(Mode mode, String test) {
        String key = test + "/" + mode;
        at.object(mode, key, LENGTH);
        at.forgetAllBut(key);
        return key;
    }

    private static GetObjectRequest request(Mode mode) {
        return at.get(ParallelFixture.key(mode, LENGTH));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("kindsAndModes")
    void theRestOfAPieceIsFetched_whenTheFirstAnswerBreaks(Calls.Kind kind, Mode mode, @TempDir Path folder)
            throws IOException {
        String key = own(mode, "front");
        byte[] body = at.object(mode, key, LENGTH);
        EventLog.Mark mark = at.aws.events().mark();
        at.trouble(key).truncateAnswer(1_000_000);
        assertArrayEquals(body, at.surely(kind, mode).get(at.get(key)).asByteArrayUnsafe());
        assertEquals(PIECES + 1, at.sent.size(), () -> "" + at.ranges());
        assertEquals(PIECES + 1, at.gets(mark, key), "the first request is not repeated");

        at.forgetAllBut(key);
        at.trouble(key).truncateAnswer(1_000_000);
        Path file = folder.resolve("file");
        ParallelFixture.toFile(at.surely(kind, mode), at.get(key), file);
        assertArrayEquals(body, Files.readAllBytes(file));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("kindsAndModes")
    void onlyThePieceIsRepeated_whenItBreaks(Calls.Kind kind, Mode mode, @TempDir Path folder) throws IOException {
        String key = own(mode, "piece");
        byte[] body = at.object(mode, key, LENGTH);
        Path file = folder.resolve("file");
        breakOnePiece(key);
        EventLog.Mark mark = at.aws.events().mark();
        assertArrayEquals(body, at.surely(kind, mode).get(at.get(key)).asByteArrayUnsafe());
        assertEquals(PIECES + 1, at.gets(mark, key));

        at.forgetAllBut(key);
        breakOnePiece(key);
        ParallelFixture.toFile(at.surely(kind, mode), at.get(key), file);
        assertArrayEquals(body, Files.readAllBytes(file));
    }

    @ParameterizedTest
    @EnumSource
    void aPieceIsRepeatedOnce_whenTheWrappedClientRepeatsNothing(Calls.Kind kind) {
        String key = own(Mode.CLIENT_SIDE, "once/" + kind);
        byte[] body = at.object(Mode.CLIENT_SIDE, key, LENGTH);
        breakOnePiece(key);
        try (S3Client sync = at.aws
                        .configure(S3Client.builder(), at.alice)
                        .overrideConfiguration(o -> o.retryStrategy(DefaultRetryStrategy.doNotRetry()))
                        .build();
                S3AsyncClient async = at.aws
                        .configure(S3AsyncClient.builder(), at.alice)
                        .overrideConfiguration(o -> o.retryStrategy(DefaultRetryStrategy.doNotRetry()))
                        .build()) {
            Calls s3 = at.parallel(kind, Mode.CLIENT_SIDE, sync, async, Runnable::run, builder -> {});
            assertArrayEquals(body, s3.get(at.get(key)).asByteArrayUnsafe());
            assertEquals(PIECES + 1, at.sent.size(), () -> "" + at.ranges());

            at.forgetAllBut(key);
            at.before = sent -> {
                if (sent.range() != null) {
                    at.trouble(key).truncateAnswer(10_000);
                }
            };
            assertThrows(RuntimeException.class, () -> s3.get(at.get(key)));
        }
    }

    private static void breakOnePiece(String key) {
        AtomicBoolean first = new AtomicBoolean();
        at.before = sent -> {
            if (sent.range() != null && first.compareAndSet(false, true)) {
                at.trouble(key).truncateAnswer(10_000);
            }
        };
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("kindsAndModes")
    void theReadFails_whenTheObjectIsReplacedInBetween(Calls.Kind kind, Mode mode, @TempDir Path folder) {
        Path file = folder.resolve("file");
        for (boolean toFile : new boolean[] {false, true}) {
            String key = "replaced/" + kind + mode + toFile;
            at.put(mode, key, LENGTH, 1);
            at.forgetAllBut(key);
            AtomicBoolean first = new AtomicBoolean();
            at.before = sent -> {
                if (sent.range() != null && first.compareAndSet(false, true)) {
                    at.put(mode, key, LENGTH, 2);
                }
            };
            Calls s3 = at.surely(kind, mode);
            EnvelopeException failure = assertThrows(EnvelopeException.class, () -> {
                if (toFile) {
                    ParallelFixture.toFile(s3, at.get(key), file);
                } else {
                    s3.get(at.get(key));
                }
            });
            assertTrue(failure.getMessage().contains("was replaced while it was read"), failure::toString);
            assertFalse(Files.exists(file));
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingUnverifiedIsGivenOut_whenAFrameWasChanged(Calls.Kind kind, @TempDir Path folder) {
        String key = "tampered/" + kind;
        byte[] body = at.put(Mode.CLIENT_SIDE, key, LENGTH, 3);
        byte[] stored = at.stored(key);
        stored[PART + 1_000_000] ^= 1;
        var metadata =
                at.aws.s3(at.alice).headObject(b -> b.bucket(BUCKET).key(key)).metadata();
        at.aws.s3(at.alice).putObject(b -> b.bucket(BUCKET).key(key).metadata(metadata), RequestBody.fromBytes(stored));
        at.forget();
        Calls s3 = at.surely(kind, Mode.CLIENT_SIDE);
        assertThrows(IntegrityException.class, () -> s3.get(at.get(key)));
        Path file = folder.resolve("file");
        assertThrows(IntegrityException.class, () -> ParallelFixture.toFile(s3, at.get(key), file));
        assertFalse(Files.exists(file));

        byte[] given = s3 instanceof Calls.Async async
                ? Received.upTo(async.s3(), at.get(key), Long.MAX_VALUE)
                : untilItFails(((Calls.Sync) s3).s3().getObject(at.get(key)));
        assertTrue(given.length < PART + 1_000_000, () -> "" + given.length);
        assertArrayEquals(Arrays.copyOf(body, given.length), given);
    }

    private static byte[] untilItFails(ResponseInputStream<GetObjectResponse> in) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThrows(IntegrityException.class, () -> {
            try (in) {
                in.transferTo(out);
            }
        });
        return out.toByteArray();
    }

    @ParameterizedTest
    @EnumSource
    void anExistingFileStays(Calls.Kind kind, @TempDir Path folder) throws IOException {
        at.object(Mode.PLAIN, LENGTH);
        at.forget();
        Path file = Files.writeString(folder.resolve("there"), "mine");
        Throwable failure = assertThrows(
                Exception.class, () -> ParallelFixture.toFile(at.surely(kind, Mode.PLAIN), request(Mode.PLAIN), file));
        boolean said = false;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            said |= cause instanceof FileAlreadyExistsException;
        }
        assertTrue(said, failure::toString);
        assertEquals("mine", Files.readString(file));
    }

    /** Through a client whose connections would be used up by any that is not given back. */
    @Test
    void noConnectionIsLeft_whenASubscriberCancels() {
        byte[] body = at.object(Mode.CLIENT_SIDE, LENGTH);
        at.forget();
        try (SdkAsyncHttpClient few = NettyNioAsyncHttpClient.builder()
                        .maxConcurrency(AT_A_TIME)
                        .connectionAcquisitionTimeout(Duration.ofSeconds(20))
                        .build();
                S3AsyncClient wrapped = at.aws
                        .configure(S3AsyncClient.builder(), at.alice)
                        .httpClient(few)
                        .build()) {
            Calls calls = at.parallel(
                    Calls.Kind.ASYNC, Mode.CLIENT_SIDE, at.aws.s3(at.alice), wrapped, Runnable::run, builder -> {});
            S3AsyncClient s3 = ((Calls.Async) calls).s3();
            GetObjectRequest request = request(Mode.CLIENT_SIDE);
            for (long bytes : new long[] {0, 1, PART - 1, PART, PART + 1, 2 * PART, LENGTH - 1}) {
                byte[] received = Received.upTo(s3, request, bytes);
                assertArrayEquals(Arrays.copyOf(body, received.length), received);
            }
            for (int count = 2; count <= PIECES; count++) {
                cancelAtRequest(count, () -> s3.getObject(request, AsyncResponseTransformer.toBytes()));
            }
            at.forget();
            assertArrayEquals(body, calls.get(request).asByteArrayUnsafe());
        }
    }

    /** Gives a read up at its request of this number, from 2, before that is sent. */
    private static void cancelAtRequest(int count, Supplier<CompletableFuture<?>> start) {
        at.forget();
        CompletableFuture<CompletableFuture<?>> started = new CompletableFuture<>();
        CompletableFuture<Void> reached = new CompletableFuture<>();
        AtomicInteger requests = new AtomicInteger();
        at.before = sent -> {
            if (requests.incrementAndGet() == count) {
                started.thenAccept(read -> read.cancel(true))
                        .orTimeout(20, TimeUnit.SECONDS)
                        .join();
                reached.complete(null);
            }
        };
        CompletableFuture<?> read = start.get();
        started.complete(read);
        reached.orTimeout(20, TimeUnit.SECONDS).join();
        assertTrue(read.isCancelled());
    }

    @Test
    void noFileIsLeft_whenTheFutureIsCancelled(@TempDir Path folder) throws Exception {
        at.object(Mode.PLAIN, LENGTH);
        at.forget();
        Path file = folder.resolve("file");
        S3AsyncClient s3 = ((Calls.Async) at.parallel(Calls.Kind.ASYNC, Mode.PLAIN)).s3();
        cancelAtRequest(2, () -> s3.getObject(request(Mode.PLAIN), file));
        for (int i = 0; Files.exists(file) && i < 2_000; i++) {
            Thread.sleep(10);
        }
        assertFalse(Files.exists(file));
    }

    /** Through a client whose connections would be used up by any that is not given back. */
    @Test
    void noConnectionAndNoThreadIsLeft_whenAStreamIsClosed() throws Exception {
        byte[] body = at.object(Mode.CLIENT_SIDE, LENGTH);
        at.forget();
        try (SdkHttpClient few = Apache5HttpClient.builder()
                        .maxConnections(AT_A_TIME)
                        .connectionAcquisitionTimeout(Duration.ofSeconds(20))
                        .build();
                S3Client wrapped = at.aws
                        .configure(S3Client.builder(), at.alice)
                        .httpClient(few)
                        .build()) {
            Calls calls = at.parallel(
                    Calls.Kind.SYNC, Mode.CLIENT_SIDE, wrapped, at.aws.s3Async(at.alice), at.executor, builder -> {});
            S3Client s3 = ((Calls.Sync) calls).s3();
            for (int bytes : new int[] {0, 1, PART - 1, PART, PART + 1, 2 * PART, LENGTH - 1}) {
                ResponseInputStream<GetObjectResponse> in = s3.getObject(request(Mode.CLIENT_SIDE));
                assertArrayEquals(Arrays.copyOf(body, bytes), in.readNBytes(bytes));
                if (bytes % 2 == 0) {
                    in.close();
                } else {
                    in.abort();
                }
            }
            boolean idle = false;
            for (int i = 0; !idle && i < 2_000; i++) {
                // Tasks that were given up before they began are gone when threads have looked at them.
                idle = at.executor.getQueue().isEmpty() && at.executor.getActiveCount() == 0;
                Thread.sleep(10);
            }
            assertTrue(idle, at.executor::toString);
            assertArrayEquals(body, calls.get(request(Mode.CLIENT_SIDE)).asByteArrayUnsafe());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, PART + 1, 2 * PART + 1})
    void theCallEnds_whenATransformerHasEnough(int bytes) {
        at.object(Mode.CLIENT_SIDE, LENGTH);
        at.forget();
        S3AsyncClient s3 = ((Calls.Async) at.parallel(Calls.Kind.ASYNC, Mode.CLIENT_SIDE)).s3();
        CompletionException silent = assertThrows(
                CompletionException.class,
                () -> s3.getObject(request(Mode.CLIENT_SIDE), new Enough(bytes, null))
                        .orTimeout(20, TimeUnit.SECONDS)
                        .join());
        assertFalse(silent.getCause() instanceof TimeoutException, silent::toString);
        IllegalStateException full = new IllegalStateException("disk full");
        CompletionException said = assertThrows(
                CompletionException.class,
                () -> s3.getObject(request(Mode.CLIENT_SIDE), new Enough(bytes, full))
                        .orTimeout(20, TimeUnit.SECONDS)
                        .join());
        if (bytes > PART) {
            assertEquals(full, said.getCause());
        }
    }

    /** A transformer that cancels, and then says why or says nothing. */
    private static final class Enough implements AsyncResponseTransformer<GetObjectResponse, Void> {
        private final int bytes;
        private final @Nullable RuntimeException why;
        private CompletableFuture<Void> result = new CompletableFuture<>();

        Enough(int bytes, @Nullable RuntimeException why) {
            this.bytes = bytes;
            this.why = why;
        }

        @Override
        public CompletableFuture<Void> prepare() {
            result = new CompletableFuture<>();
            return result;
        }

        @Override
        public void onResponse(GetObjectResponse answer) {}

        @Override
        public void onStream(SdkPublisher<ByteBuffer> body) {
            Received received = new Received(bytes);
            var unused = received.end.thenRun(() -> {
                if (why != null) {
                    result.completeExceptionally(why);
                }
            });
            body.subscribe(received);
        }

        @Override
        public void exceptionOccurred(Throwable failure) {
            // As the first request is given up, which a transformer that has enough does not mind.
        }
    }

    /** Takes some bytes and then no more. */
    private static final class Received implements Subscriber<ByteBuffer> {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final CompletableFuture<byte[]> end = new CompletableFuture<>();
        private final long most;
        private Subscription subscription;

        private Received(long most) {
            this.most = most;
        }

        /** What came until the subscriber had enough, or the body ended or failed. */
        static byte[] upTo(S3AsyncClient s3, GetObjectRequest request, long most) {
            Received received = new Received(most);
            s3.getObject(request, AsyncResponseTransformer.toPublisher()).join().subscribe(received);
            return received.end.orTimeout(20, TimeUnit.SECONDS).join();
        }

        @Override
        public void onSubscribe(Subscription given) {
            subscription = given;
            enough();
            given.request(1);
        }

        private void enough() {
            if (bytes.size() >= most) {
                subscription.cancel();
                end.complete(bytes.toByteArray());
            }
        }

        @Override
        public void onNext(ByteBuffer buffer) {
            byte[] some = new byte[buffer.remaining()];
            buffer.get(some);
            bytes.writeBytes(some);
            enough();
            subscription.request(1);
        }

        @Override
        public void onError(Throwable failure) {
            end.complete(bytes.toByteArray());
        }

        @Override
        public void onComplete() {
            end.complete(bytes.toByteArray());
        }
    }
}
