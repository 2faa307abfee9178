package dev.s3envelope.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.s3.ClientSideUpload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.ResponsePublisher;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/**
 * Calls that are given up, at every step they take and at some of the pieces of their bodies: nothing of them is left, no upload, connection, data key, spool file or thread,
 * and what was written is there whole or not at all.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CancellationTest {
    private static final int MIB = 1 << 20;
    private static final int PIECES = 3;
    private static final long SEED = 11;
    private static final String SENT = "Request is sent";

    private final Map<Integer, byte[]> plain = new HashMap<>();
    private CancellationWorld world;
    private StepBodies bodies;

    /** A call that takes steps. */
    enum Operation {
        PUT,
        PUT_OF_UNKNOWN_LENGTH,
        GET,
        RANGE,
        COPY
    }

    /**
     * One kind of call.
     *
     * @param prefix of the key, which names the mode
     * @param length bytes of plaintext
     */
    record Given(Operation operation, String prefix, int length) {
        @Override
        public String toString() {
            return operation + " of " + length + " bytes in " + prefix;
        }
    }

    static Stream<Given> calls() {
        return Stream.of(
                new Given(Operation.PUT, "sse-s3/", 300_000),
                new Given(Operation.PUT, "sse-kms/", 300_000),
                new Given(Operation.PUT, "dsse-kms/", 300_000),
                new Given(Operation.PUT, "sse-c/", 300_000),
                new Given(Operation.PUT, "bucket/", 300_000),
                new Given(Operation.PUT, "sealed/", 300_000),
                new Given(Operation.PUT, "sealed/", 2 * MIB),
                new Given(Operation.PUT, "s3ec/", 2 * MIB),
                new Given(Operation.PUT_OF_UNKNOWN_LENGTH, "sealed/", 6 * MIB),
                new Given(Operation.GET, "sse-kms/", 300_000),
                new Given(Operation.GET, "sse-c/", 300_000),
                new Given(Operation.GET, "sealed/", 2 * MIB),
                new Given(Operation.RANGE, "sealed/", 2 * MIB),
                new Given(Operation.GET, "s3ec/", 2 * MIB),
                new Given(Operation.COPY, "sealed/", 2 * MIB));
    }

    @BeforeAll
    void open(@TempDir Path spool) {
        world = new CancellationWorld(spool);
        bodies = new StepBodies(world.steps);
    }

    @AfterAll
    void close() {
        world.close();
    }

    @ParameterizedTest
    @MethodSource("calls")
    void nothingIsLeft_whenAFutureIsCancelled(Given call) {
        prepare(call);
        CancellationWorld.join(start(call, key(call, "async/before")), "the first call: " + call);
        world.steps.restart();
        CancellationWorld.join(start(call, key(call, "async/whole")), "the whole call: " + call);
        List<String> steps = world.steps.taken();
        for (int step : CallSteps.chosen(steps, PIECES, SEED)) {
            String at = call + ", cancelled at step " + step + ", " + steps.get(step);
            String key = key(call, "async/" + step);
            cancelled(call, key, step, Runnable::run, at);
            delayed(steps.get(step)).ifPresent(operation -> {
                world.target().aws().faults().on("s3", operation).delay(Duration.ofMillis(60));
                cancelled(call, key + "/slow", step, world::soon, at + ", on its way");
                world.target().aws().faults().clear();
            });
        }
        world.assertNothingIsLeft("any " + call);
    }

    /** {@code when} is when the step is taken, or a moment later. */
    private void cancelled(Given call, String key, int step, Executor when, String at) {
        CompletableFuture<CompletableFuture<?>> begun = new CompletableFuture<>();
        world.steps.restart(
                step,
                () -> when.execute(() -> {
                    var unused = begun.thenAccept(future -> future.cancel(true));
                }));
        CompletableFuture<?> future = start(call, key);
        begun.complete(future);
        CancellationWorld.settle(future, at);
        world.steps.restart();
        world.assertNothingIsLeft(at);
        assertWholeOrNothing(call, key, at);
    }

    @ParameterizedTest
    @MethodSource("calls")
    void nothingIsLeft_whenTheThreadIsInterrupted(Given call) {
        prepare(call);
        make(call, key(call, "sync/before"));
        world.steps.restart();
        make(call, key(call, "sync/whole"));
        List<String> steps = world.steps.taken();
        Thread caller = Thread.currentThread();
        for (int step : CallSteps.chosen(steps, PIECES, SEED)) {
            String at = call + ", interrupted at step " + step + ", " + steps.get(step);
            String key = key(call, "sync/" + step);
            if (steps.get(step).matches("CreateMultipartUploadRequest is (answered|read)")) {
                // The AWS SDK drops the answer to an interrupted thread, and with it the id of the upload.
                continue;
            }
            world.steps.restart(step, caller::interrupt);
            interrupted(call, key, step, CompletableFuture.completedFuture(null), at);
            if (steps.get(step).startsWith("CreateMultipartUpload")) {
                continue;
            }
            delayed(steps.get(step)).ifPresent(operation -> {
                world.target().aws().faults().on("s3", operation).delay(Duration.ofMillis(60));
                CompletableFuture<Void> interrupted = new CompletableFuture<>();
                world.steps.restart(
                        step,
                        () -> world.soon(() -> {
                            caller.interrupt();
                            interrupted.complete(null);
                        }));
                interrupted(call, key + "/slow", step, interrupted, at + ", on its way");
                world.target().aws().faults().clear();
            });
        }
        world.assertNothingIsLeft("any " + call);
    }

    private void interrupted(Given call, String key, int step, CompletableFuture<Void> sure, String at) {
        try {
            make(call, key);
        } catch (SdkException e) {
            assertTrue(Thread.currentThread().isInterrupted(), "the interrupt is still to be seen after " + at);
        }
        if (world.steps.taken().size() > step) {
            // An interrupt that comes after the call must not meet what follows.
            sure.join();
            assertTrue(Thread.interrupted(), "nobody takes the interrupt away after " + at);
        }
        world.steps.restart();
        world.assertNothingIsLeft(at);
        assertWholeOrNothing(call, key, at);
    }

    static Stream<Given> reads() {
        return calls().filter(call -> call.operation() == Operation.GET || call.operation() == Operation.RANGE);
    }

    @ParameterizedTest
    @MethodSource("reads")
    void nothingIsLeft_whenABodyIsNotReadToItsEnd(Given call) throws IOException {
        prepare(call);
        Random random = new Random(SEED);
        for (int i = 0; i < PIECES; i++) {
            int bytes = i == 0 ? 0 : random.nextInt(call.length() / 2);
            GetObjectRequest request = get(call);
            for (boolean abort : new boolean[] {true, false}) {
                give(world.sync.getObject(request), bytes, abort);
                world.assertNothingIsLeft(call + ", " + (abort ? "aborted" : "closed") + " after " + bytes + " bytes");
            }
            String at = call + ", its subscription cancelled after " + bytes + " bytes";
            ResponsePublisher<GetObjectResponse> body =
                    CancellationWorld.join(world.async.getObject(request, AsyncResponseTransformer.toPublisher()), at);
            // In onNext, on the event loop. The AWS SDK's HTTP client may keep a connection until it times out if its
            // body is
            // cancelled on another thread.
            body.subscribe(new Taking(Math.max(1, bytes)));
            world.assertNothingIsLeft(at);
        }
    }

    /** Takes buffers until it has so many bytes, and cancels. */
    private static final class Taking implements Subscriber<ByteBuffer> {
        private int wanted;
        private Subscription subscription;

        Taking(int wanted) {
            this.wanted = wanted;
        }

        @Override
        public void onSubscribe(Subscription given) {
            subscription = given;
            onNext(ByteBuffer.allocate(0));
        }

        @Override
        public void onNext(ByteBuffer buffer) {
            wanted -= buffer.remaining();
            if (wanted > 0) {
                subscription.request(1);
            } else {
                subscription.cancel();
            }
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onComplete() {}
    }

    private static void give(ResponseInputStream<GetObjectResponse> body, int bytes, boolean abort) throws IOException {
        try (body) {
            body.readNBytes(bytes);
            if (abort) {
                body.abort();
            }
        }
    }

    /** The request of a step that is one being sent, whose answer may take time. */
    private static Optional<String> delayed(String step) {
        return step.endsWith(SENT) ? Optional.of(step.substring(0, step.length() - SENT.length())) : Optional.empty();
    }

    private void prepare(Given call) {
        if (call.operation() == Operation.GET
                || call.operation() == Operation.RANGE
                || call.operation() == Operation.COPY) {
            world.sync.putObject(
                    b -> b.bucket(world.bucket()).key(call.prefix() + "source"), RequestBody.fromBytes(plain(call)));
        }
    }

    private CompletableFuture<?> start(Given call, String key) {
        return switch (call.operation()) {
            case PUT -> world.async.putObject(put(key), bodies.async(plain(call), true));
            case PUT_OF_UNKNOWN_LENGTH -> world.async.putObject(put(key), bodies.async(plain(call), false));
            case GET, RANGE -> world.async.getObject(get(call), bodies.before(AsyncResponseTransformer.toBytes()));
            case COPY -> world.async.copyObject(copy(call, key));
        };
    }

    private void make(Given call, String key) {
        switch (call.operation()) {
            case PUT -> world.sync.putObject(put(key), bodies.sync(plain(call), true));
            case PUT_OF_UNKNOWN_LENGTH -> world.sync.putObject(put(key), bodies.sync(plain(call), false));
            case GET, RANGE -> world.sync.getObject(get(call), bodies.reader());
            case COPY -> world.sync.copyObject(copy(call, key));
        }
    }

    private void assertWholeOrNothing(Given call, String key, String at) {
        if (call.operation() == Operation.GET || call.operation() == Operation.RANGE) {
            return;
        }
        try {
            assertArrayEquals(
                    plain(call),
                    world.sync
                            .getObjectAsBytes(b -> b.bucket(world.bucket()).key(key))
                            .asByteArray(),
                    at);
        } catch (NoSuchKeyException e) {
            // Nothing.
        }
    }

    private static String key(Given call, String name) {
        return (call.operation() == Operation.COPY ? "other/" : call.prefix())
                + call.operation()
                + call.length()
                + "/"
                + name;
    }

    private byte[] plain(Given call) {
        return plain.computeIfAbsent(call.length(), length -> ClientSideContract.bytes(length, length));
    }

    private PutObjectRequest put(String key) {
        return PutObjectRequest.builder()
                .bucket(world.bucket())
                .key(key)
                .overrideConfiguration(ClientSideUpload.partSize(5 * MIB))
                .build();
    }

    private GetObjectRequest get(Given call) {
        return GetObjectRequest.builder()
                .bucket(world.bucket())
                .key(call.prefix() + "source")
                .range(call.operation() == Operation.RANGE ? "bytes=100000-1500000" : null)
                .build();
    }

    private CopyObjectRequest copy(Given call, String key) {
        return CopyObjectRequest.builder()
                .sourceBucket(world.bucket())
                .sourceKey(call.prefix() + "source")
                .destinationBucket(world.bucket())
                .destinationKey(key)
                .build();
    }
}
