package dev.s3envelope.contract;

import static dev.s3envelope.contract.ParallelFixture.AT_A_TIME;
import static dev.s3envelope.contract.ParallelFixture.PART;
import static dev.s3envelope.contract.ParallelFixture.key;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.contract.ParallelFixture.Mode;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.kms.KmsKeyAccess;
import dev.s3envelope.kms.KmsKeyring;
import dev.s3envelope.local.EventLog;
import dev.s3envelope.s3.EnvelopeListener;
import dev.s3envelope.s3.Preflight;
import dev.s3envelope.s3.PreflightStrategy;
import dev.s3envelope.s3.ReadAs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.ResponsePublisher;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** Large objects are read in pieces at the same time, in every mode, through both clients, with every byte taken from S3 once. */
class ParallelReadsTest {
    private static final int LENGTH = 2 * PART + 70_001;
    /** Headers, frames' tags, and what arrived of the first answer beyond its last piece. */
    private static final long OVERLAP = 300_000;

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

    static Stream<Arguments> objects() {
        return Stream.of(Calls.Kind.values())
                .flatMap(kind -> Stream.concat(
                        IntStream.of(2 * PART - 1, 2 * PART)
                                .boxed()
                                .flatMap(length -> Stream.of(Mode.PLAIN, Mode.CLIENT_SIDE)
                                        .map(mode -> Arguments.of(kind, mode, length))),
                        Stream.of(Mode.values())
                                .flatMap(mode -> Stream.of(3 * PART, LENGTH)
                                        .filter(length -> length == LENGTH || mode == Mode.CLIENT_SIDE)
                                        .map(length -> Arguments.of(kind, mode, length)))));
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("objects")
    void everyByteIsThere_andTakenOnce(Calls.Kind kind, Mode mode, int length) {
        byte[] body = at.object(mode, length);
        at.forget();
        Calls s3 = length == 3 * PART ? at.parallel(kind, mode) : at.surely(kind, mode);
        ResponseBytes<GetObjectResponse> read = s3.get(at.get(key(mode, length)));

        assertArrayEquals(body, read.asByteArrayUnsafe());
        assertEquals(length, read.response().contentLength());
        assertEquals(null, read.response().contentRange());
        int pieces = length < 2 * PART ? 1 : (length + PART - 1) / PART;
        if (length != 3 * PART) {
            assertEquals(pieces, at.sent.size(), () -> "" + at.ranges());
        }
        assertTrue(at.taken.get() >= length && at.taken.get() <= length + OVERLAP, () -> "" + at.taken);
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("kindsAndModes")
    void aFileIsWrittenInPlace(Calls.Kind kind, Mode mode, @TempDir Path folder) throws IOException {
        byte[] body = at.object(mode, LENGTH);
        at.forget();
        Path file = folder.resolve("object");
        GetObjectResponse answer = ParallelFixture.toFile(at.surely(kind, mode), at.get(key(mode, LENGTH)), file);
        assertEquals(LENGTH, answer.contentLength());
        assertArrayEquals(body, Files.readAllBytes(file));
        assertTrue(at.sent.size() > 1);
        assertTrue(at.taken.get() <= LENGTH + OVERLAP, () -> "" + at.taken);
    }

    static Stream<Arguments> kindsAndModes() {
        return Stream.of(Calls.Kind.values())
                .flatMap(kind -> Stream.of(Mode.PLAIN, Mode.CLIENT_SIDE).map(mode -> Arguments.of(kind, mode)));
    }

    @ParameterizedTest
    @EnumSource
    void aSmallFileIsOneRequest(Calls.Kind kind, @TempDir Path folder) throws IOException {
        byte[] body = at.object(Mode.CLIENT_SIDE, 100_000);
        at.forget();
        Path file = folder.resolve("small");
        ParallelFixture.toFile(at.parallel(kind, Mode.CLIENT_SIDE), at.get(key(Mode.CLIENT_SIDE, 100_000)), file);
        assertArrayEquals(body, Files.readAllBytes(file));
        assertEquals(1, at.sent.size());
    }

    @ParameterizedTest
    @EnumSource
    void rangesPartsAndStoredBytesAreAsBefore(Calls.Kind kind) {
        byte[] body = at.object(Mode.CLIENT_SIDE, LENGTH);
        Calls s3 = at.surely(kind, Mode.CLIENT_SIDE);
        GetObjectRequest whole = at.get(key(Mode.CLIENT_SIDE, LENGTH));
        assertArrayEquals(
                Arrays.copyOfRange(body, 7, 2 * PART + 7),
                s3.get(whole.toBuilder().range("bytes=7-" + (2 * PART + 6)).build())
                        .asByteArrayUnsafe());
        assertEquals(1, at.sent.size());
        assertArrayEquals(body, s3.get(whole.toBuilder().partNumber(1).build()).asByteArrayUnsafe());
        assertEquals(2, at.sent.size());
        byte[] stored = s3.get(
                        whole.toBuilder().overrideConfiguration(ReadAs.stored()).build())
                .asByteArrayUnsafe();
        assertArrayEquals(at.stored(key(Mode.CLIENT_SIDE, LENGTH)), stored);
        assertTrue(at.sent.size() > 3, "stored bytes have ranges too");
    }

    @ParameterizedTest
    @EnumSource
    void onePreflight_oneKeyringCall_oneEvent(Calls.Kind kind) {
        at.object(Mode.SSE_KMS, LENGTH);
        at.forget();
        List<Long> told = new CopyOnWriteArrayList<>();
        EnvelopeListener listener = new EnvelopeListener() {
            @Override
            public void objectRead(Mode mode, long bytes) {
                told.add(bytes);
            }
        };
        KmsKeyAccess.Builder access = KmsKeyAccess.builder();
        Preflight preflight = Preflight.builder()
                .keyAccess((kind == Calls.Kind.SYNC
                                ? access.client(at.aws.kms(at.alice))
                                : access.client(at.aws.kmsAsync(at.alice)))
                        .build())
                .strategy(PreflightStrategy.KMS_DRY_RUN)
                .lifetime(Duration.ZERO)
                .build();
        EventLog.Mark mark = at.aws.events().mark();
        at.parallel(
                        kind,
                        Mode.SSE_KMS,
                        Runnable::run,
                        builder -> builder.preflight(preflight).listener(listener))
                .get(at.get(key(Mode.SSE_KMS, LENGTH)));
        assertEquals(1, asked(mark), "dry runs");
        assertEquals(List.of((long) LENGTH), told);

        KmsKeyring.Builder keyring = KmsKeyring.builder().generator(at.kmsKey.arn());
        EncryptionPolicy byKms = EncryptionPolicy.always(EncryptionMode.clientSide(
                "kms",
                (kind == Calls.Kind.SYNC
                                ? keyring.client(at.aws.kms(at.alice))
                                : keyring.client(at.aws.kmsAsync(at.alice)))
                        .build()));
        String name = "kms/" + kind;
        byte[] body = new byte[LENGTH];
        kind.open(at.aws.s3(at.alice), at.aws.s3Async(at.alice), builder -> builder.policy(byKms))
                .put(
                        PutObjectRequest.builder()
                                .bucket(ParallelFixture.BUCKET)
                                .key(name)
                                .build(),
                        body);
        mark = at.aws.events().mark();
        at.sent.clear();
        assertArrayEquals(
                body,
                at.parallel(kind, Mode.PLAIN, Runnable::run, builder -> builder.policy(byKms))
                        .get(at.get(name))
                        .asByteArrayUnsafe());
        assertTrue(at.sent.size() > 1);
        assertEquals(1, asked(mark), "data keys");
    }

    /** Decrypt requests that the client made itself. */
    private static int asked(EventLog.Mark since) {
        return at.aws
                .events()
                .since(since)
                .service("kms")
                .operation("Decrypt")
                .where(event -> event.viaService().isEmpty())
                .size();
    }

    @Test
    void aSlowSubscriberHoldsBackTheRequests() throws Exception {
        byte[] body = at.object(Mode.PLAIN, 4 * PART);
        at.forget();
        S3AsyncClient s3 = ((Calls.Async) at.parallel(Calls.Kind.ASYNC, Mode.PLAIN)).s3();
        ResponsePublisher<GetObjectResponse> publisher = s3.getObject(
                        at.get(key(Mode.PLAIN, 4 * PART)), AsyncResponseTransformer.toPublisher())
                .join();
        assertEquals(1, at.sent.size(), "before anything is asked for");
        BlockingQueue<Object> signals = new ArrayBlockingQueue<>(4);
        CompletableFuture<Subscription> subscribed = new CompletableFuture<>();
        publisher.subscribe(new Subscriber<>() {
            @Override
            public void onSubscribe(Subscription given) {
                subscribed.complete(given);
            }

            @Override
            public void onNext(ByteBuffer buffer) {
                signals.add(buffer);
            }

            @Override
            public void onError(Throwable failure) {
                signals.add(failure);
            }

            @Override
            public void onComplete() {
                signals.add("complete");
            }
        });
        Subscription subscription = subscribed.get(20, TimeUnit.SECONDS);
        assertEquals(1, at.sent.size(), "before anything is asked for");
        ByteBuffer read = ByteBuffer.allocate(body.length);
        while (read.hasRemaining()) {
            subscription.request(1);
            Object signal = signals.poll(20, TimeUnit.SECONDS);
            read.put((ByteBuffer) signal);
            assertWithinWindow(read.position());
        }
        assertEquals("complete", signals.poll(20, TimeUnit.SECONDS));
        assertArrayEquals(body, read.array());
    }

    @Test
    void aSlowReaderHoldsBackTheRequests() throws IOException {
        byte[] body = at.object(Mode.PLAIN, 4 * PART);
        at.forget();
        byte[] read = new byte[body.length];
        try (InputStream in = ((Calls.Sync) at.parallel(Calls.Kind.SYNC, Mode.PLAIN))
                .s3()
                .getObject(at.get(key(Mode.PLAIN, 4 * PART)))) {
            assertEquals(1, at.sent.size(), "before anything is read");
            int position = 0;
            while (position < read.length) {
                position += in.readNBytes(read, position, Math.min(700_000, read.length - position));
                assertWithinWindow(position);
            }
            assertEquals(-1, in.read());
        }
        assertArrayEquals(body, read);
    }

    /** No piece was asked for that begins further ahead of the reader's piece than there may be requests. */
    private static void assertWithinWindow(long position) {
        long window = (position / PART + AT_A_TIME) * PART;
        for (String range : at.ranges()) {
            long from = Long.parseLong(range.substring("bytes=".length(), range.indexOf('-')));
            assertTrue(from < window, () -> range + " while the reader was at " + position);
        }
    }

    static Stream<Executor> executors() {
        return Stream.of(
                Runnable::run,
                task -> {},
                task -> {
                    throw new RejectedExecutionException("full");
                },
                new Executor() {
                    private int count;

                    @Override
                    public synchronized void execute(Runnable task) {
                        if (count++ > 0) {
                            throw new RejectedExecutionException("full");
                        }
                        at.executor.execute(task);
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("executors")
    void whateverTheExecutorDoes_theReadGoesOn(Executor executor, @TempDir Path folder) throws IOException {
        byte[] body = at.object(Mode.CLIENT_SIDE, LENGTH);
        at.forget();
        Calls s3 = at.parallel(Calls.Kind.SYNC, Mode.CLIENT_SIDE, executor, builder -> {});
        GetObjectRequest request = at.get(key(Mode.CLIENT_SIDE, LENGTH));
        assertArrayEquals(body, s3.get(request).asByteArrayUnsafe());
        Path file = folder.resolve("file");
        ParallelFixture.toFile(s3, request, file);
        assertArrayEquals(body, Files.readAllBytes(file));
    }

    @Test
    void aBlockingStreamIsRead() throws IOException {
        byte[] body = at.object(Mode.CLIENT_SIDE, LENGTH);
        at.forget();
        S3AsyncClient s3 = ((Calls.Async) at.parallel(Calls.Kind.ASYNC, Mode.CLIENT_SIDE)).s3();
        try (ResponseInputStream<GetObjectResponse> in = s3.getObject(
                        at.get(key(Mode.CLIENT_SIDE, LENGTH)), AsyncResponseTransformer.toBlockingInputStream())
                .join()) {
            assertArrayEquals(body, in.readAllBytes());
        }
        assertTrue(at.sent.size() > 1);
    }

    @ParameterizedTest
    @EnumSource(names = {"PLAIN", "CLIENT_SIDE"})
    void aMultipartClientBeneathReadsWholeObjects(Mode mode) {
        byte[] body = at.object(mode, LENGTH);
        at.forget();
        try (S3AsyncClient multipart = at.aws
                .configure(S3AsyncClient.builder(), at.alice)
                .multipartEnabled(true)
                .build()) {
            Calls s3 = at.parallel(Calls.Kind.ASYNC, mode, at.aws.s3(at.alice), multipart, at.executor, builder -> {});
            assertArrayEquals(body, s3.get(at.get(key(mode, LENGTH))).asByteArrayUnsafe());
        }
    }
}
