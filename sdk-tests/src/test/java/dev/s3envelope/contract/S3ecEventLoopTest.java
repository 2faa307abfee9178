package dev.s3envelope.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.s3ec.HoldBack;
import dev.s3envelope.s3.EnvelopeS3AsyncClient;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.ResponsePublisher;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** Objects that wait until they are verified, read through an event loop of one thread, which neither spools nor verifies nor decrypts them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class S3ecEventLoopTest {
    private static final String LOOP = "the-only-event-loop";
    private static final String WORKER = "the-key-executor";
    private static final int SIZE = 3_000_000;
    private static final int MEMORY = 256 * 1024;
    private static final long PATIENCE = 60;

    private final byte[] plain = ClientSideContract.bytes(4, SIZE);
    private LocalAwsTarget target;
    private SdkEventLoopGroup loop;
    private S3AsyncClient single;

    @TempDir
    Path directory;

    @BeforeAll
    void open() {
        target = new LocalAwsTarget();
        loop = SdkEventLoopGroup.builder()
                .numberOfThreads(1)
                .threadFactory(task -> new Thread(task, LOOP))
                .build();
        single = target.aws()
                .configure(S3AsyncClient.builder(), target.principal())
                .httpClient(NettyNioAsyncHttpClient.builder()
                        .eventLoopGroup(loop)
                        .tlsTrustManagersProvider(
                                () -> target.aws().trustManagers().orElseThrow())
                        .build())
                .build();
        S3ecKey.AES
                .peer(target, true)
                .putObject(b -> b.bucket(target.bucket()).key("held"), RequestBody.fromBytes(plain));
    }

    @AfterAll
    void close() {
        if (single != null) {
            single.close();
            loop.eventLoopGroup().shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
        if (target != null) {
            target.close();
        }
    }

    private GetObjectRequest get() {
        return GetObjectRequest.builder().bucket(target.bucket()).key("held").build();
    }

    private EnvelopeS3AsyncClient.Builder client(SecureRandom spooling) {
        return EnvelopeS3AsyncClient.builder()
                .wrapping(single)
                .policy(EncryptionPolicy.always(EncryptionMode.bucketDefault()))
                .s3ecKeyring(S3ecKey.AES.ours(target, Calls.Kind.ASYNC))
                .holdBack(new HoldBack(MEMORY, directory, spooling));
    }

    /** Says on which threads spool files are made: their key and name are drawn from it. */
    private static final class Watched extends SecureRandom {
        private static final long serialVersionUID = 1L;
        private final transient Set<String> threads = ConcurrentHashMap.newKeySet();

        @Override
        public void nextBytes(byte[] bytes) {
            threads.add(Thread.currentThread().getName());
            super.nextBytes(bytes);
        }
    }

    /** Takes a body one buffer at a time and notes the threads it comes on. */
    private static final class Collector implements Subscriber<ByteBuffer> {
        private final Set<String> threads = ConcurrentHashMap.newKeySet();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
        private Subscription subscription;

        @Override
        public void onSubscribe(Subscription given) {
            subscription = given;
            given.request(1);
        }

        @Override
        public void onNext(ByteBuffer buffer) {
            threads.add(Thread.currentThread().getName());
            byte[] copy = new byte[buffer.remaining()];
            buffer.get(copy);
            bytes.writeBytes(copy);
            subscription.request(1);
        }

        @Override
        public void onError(Throwable failure) {
            whole.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            whole.complete(bytes.toByteArray());
        }
    }

    @Test
    void spoolsAndDecryptsElsewhere() throws Exception {
        Watched spooling = new Watched();
        ExecutorService workers = Executors.newSingleThreadExecutor(task -> new Thread(task, WORKER));
        try (EnvelopeS3AsyncClient s3 = client(spooling).keyExecutor(workers).build()) {
            ResponsePublisher<GetObjectResponse> body =
                    s3.getObject(get(), AsyncResponseTransformer.toPublisher()).get(PATIENCE, TimeUnit.SECONDS);
            Collector collector = new Collector();
            body.subscribe(collector);
            assertArrayEquals(plain, collector.whole.get(PATIENCE, TimeUnit.SECONDS));
            assertEquals(Set.of(WORKER), collector.threads);
            assertEquals(Set.of(WORKER), spooling.threads);
        } finally {
            workers.shutdown();
        }
        assertNothingIsLeft();
    }

    @Test
    void hasThreadsOfItsOwn_whereNoneAreGiven() throws Exception {
        Watched spooling = new Watched();
        try (EnvelopeS3AsyncClient s3 = client(spooling).build()) {
            List<CompletableFuture<ResponseBytes<GetObjectResponse>>> reads = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                reads.add(s3.getObject(get(), AsyncResponseTransformer.toBytes()));
            }
            Path file = directory.resolve("file");
            s3.getObject(get(), AsyncResponseTransformer.toFile(file)).get(PATIENCE, TimeUnit.SECONDS);
            assertArrayEquals(plain, Files.readAllBytes(file));
            Files.delete(file);
            for (CompletableFuture<ResponseBytes<GetObjectResponse>> read : reads) {
                assertArrayEquals(plain, read.get(PATIENCE, TimeUnit.SECONDS).asByteArrayUnsafe());
            }
        }
        assertFalse(spooling.threads.isEmpty());
        assertFalse(spooling.threads.contains(LOOP));
        assertNothingIsLeft();
    }

    @Test
    void theLoopServesOthers_whileAnObjectWaits() throws Exception {
        BlockingQueue<Runnable> parked = new LinkedBlockingQueue<>();
        Executor parking = parked::add;
        try (EnvelopeS3AsyncClient s3 =
                client(new SecureRandom()).keyExecutor(parking).build()) {
            CompletableFuture<ResponseBytes<GetObjectResponse>> read =
                    s3.getObject(get(), AsyncResponseTransformer.toBytes());
            int steps = 0;
            while (!read.isDone()) {
                Runnable step = parked.poll(100, TimeUnit.MILLISECONDS);
                if (step == null) {
                    continue;
                }
                if (steps++ % 20 == 0) {
                    // The object cannot go on now, and the loop's one thread is free all the same.
                    single.headObject(b -> b.bucket(target.bucket()).key("held"))
                            .get(PATIENCE, TimeUnit.SECONDS);
                    assertFalse(read.isDone());
                }
                assertTrue(parked.isEmpty(), "one task at a time");
                step.run();
            }
            assertArrayEquals(plain, read.join().asByteArrayUnsafe());
            assertTrue(steps > 1);
        }
        assertNothingIsLeft();
    }

    @Test
    void fails_whereTheExecutorTakesNoMoreWork() throws Exception {
        for (int taken : new int[] {0, 1, 5}) {
            AtomicInteger left = new AtomicInteger(taken);
            ExecutorService workers = Executors.newSingleThreadExecutor();
            Executor limited = task -> {
                if (left.getAndDecrement() <= 0) {
                    throw new RejectedExecutionException("full");
                }
                workers.execute(task);
            };
            try (EnvelopeS3AsyncClient s3 =
                    client(new SecureRandom()).keyExecutor(limited).build()) {
                ExecutionException failure = assertThrows(
                        ExecutionException.class,
                        () -> s3.getObject(get(), AsyncResponseTransformer.toBytes())
                                .get(PATIENCE, TimeUnit.SECONDS));
                assertTrue(hasCause(failure, EnvelopeException.class), () -> "after " + taken + ": " + failure);
                assertNotNull(single.headObject(b -> b.bucket(target.bucket()).key("held"))
                        .get(PATIENCE, TimeUnit.SECONDS));
            } finally {
                workers.shutdown();
                assertTrue(workers.awaitTermination(PATIENCE, TimeUnit.SECONDS));
            }
        }
        assertNothingIsLeft();
    }

    @Test
    void aChangedObjectIsRefused_andItsSpoolFileDeleted() throws Exception {
        byte[] stored = target.s3()
                .getObjectAsBytes(b -> b.bucket(target.bucket()).key("held"))
                .asByteArray();
        Map<String, String> marks = target.s3()
                .headObject(b -> b.bucket(target.bucket()).key("held"))
                .metadata();
        stored[SIZE / 2] ^= 4;
        target.s3()
                .putObject(
                        b -> b.bucket(target.bucket()).key("changed").metadata(marks), RequestBody.fromBytes(stored));
        try (EnvelopeS3AsyncClient s3 = client(new SecureRandom()).build()) {
            ExecutionException failure = assertThrows(
                    ExecutionException.class,
                    () -> s3.getObject(get().toBuilder().key("changed").build(), AsyncResponseTransformer.toBytes())
                            .get(PATIENCE, TimeUnit.SECONDS));
            assertInstanceOf(IntegrityException.class, failure.getCause());
        }
        assertNothingIsLeft();
    }

    private static boolean hasCause(Throwable failure, Class<?> type) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .anyMatch(type::isInstance);
    }

    private void assertNothingIsLeft() throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(List.of(), files.toList());
        }
    }
}
