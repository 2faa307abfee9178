package dev.s3envelope.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.policy.ObjectMatcher;
import dev.s3envelope.core.policy.PolicyRule;
import dev.s3envelope.core.s3ec.HoldBack;
import dev.s3envelope.core.ssec.SseCKeySource;
import dev.s3envelope.s3.EnvelopeBuilder;
import dev.s3envelope.s3.EnvelopeS3AsyncClient;
import dev.s3envelope.s3.EnvelopeS3Client;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.ResponsePublisher;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/** LocalAws, both clients over HTTP clients with few connections, and what must be as it was after a call that was given up. */
final class CancellationWorld implements AutoCloseable {
    /** What a copy through the client takes, and one more. */
    private static final int CONNECTIONS = 3;

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String KNOWN = "sealed/known";
    private static final byte[] PLAIN = ClientSideContract.bytes(3, 200_000);

    private final LocalAwsTarget target = new LocalAwsTarget();
    private final Set<Thread> before = threads();
    private final ScheduledExecutorService others = Executors.newScheduledThreadPool(1);
    private final Path spool;
    private final SdkHttpClient syncHttp;
    private final SdkEventLoopGroup loops;
    private final SdkAsyncHttpClient asyncHttp;
    private final S3Client plainSync;
    private final S3AsyncClient plainAsync;
    private final StepKeys syncKeys;
    private final StepKeys asyncKeys;

    final CallSteps steps = new CallSteps();
    final EnvelopeS3Client sync;
    final EnvelopeS3AsyncClient async;

    CancellationWorld(Path spool) {
        this.spool = spool;
        this.syncHttp = Apache5HttpClient.builder()
                .maxConnections(CONNECTIONS)
                .connectionAcquisitionTimeout(PATIENCE)
                .tlsTrustManagersProvider(() -> target.aws().trustManagers().orElseThrow())
                .build();
        this.loops = SdkEventLoopGroup.builder().numberOfThreads(1).build();
        this.asyncHttp = NettyNioAsyncHttpClient.builder()
                .eventLoopGroup(loops)
                .maxConcurrency(CONNECTIONS)
                .connectionAcquisitionTimeout(PATIENCE)
                .tlsTrustManagersProvider(() -> target.aws().trustManagers().orElseThrow())
                .build();
        this.plainSync = target.aws()
                .configure(S3Client.builder(), target.principal())
                .httpClient(syncHttp)
                .overrideConfiguration(o -> o.addExecutionInterceptor(steps))
                .build();
        this.plainAsync = target.aws()
                .configure(S3AsyncClient.builder(), target.principal())
                .httpClient(asyncHttp)
                .overrideConfiguration(o -> o.addExecutionInterceptor(steps))
                .build();
        this.syncKeys = new StepKeys(steps, Runnable::run);
        // As an asynchronous KMS client answers: on an event loop.
        this.asyncKeys = new StepKeys(steps, loops.eventLoopGroup());
        EnvelopeS3Client.Builder ofSync = EnvelopeS3Client.builder().wrapping(plainSync);
        configure(ofSync, syncKeys, Calls.Kind.SYNC);
        this.sync = ofSync.build();
        EnvelopeS3AsyncClient.Builder ofAsync = EnvelopeS3AsyncClient.builder().wrapping(plainAsync);
        configure(ofAsync, asyncKeys, Calls.Kind.ASYNC);
        this.async = ofAsync.build();
        sync.putObject(b -> b.bucket(bucket()).key(KNOWN), RequestBody.fromBytes(PLAIN));
    }

    private void configure(EnvelopeBuilder<?> builder, StepKeys keys, Calls.Kind kind) {
        var s3ec = keys.over(S3ecKey.AES.ours(target, kind));
        builder.policy(EncryptionPolicy.of(
                        rule("sse-s3/", EncryptionMode.sseS3()),
                        rule("sse-kms/", EncryptionMode.sseKms(target.kmsKey())),
                        rule("dsse-kms/", EncryptionMode.dsseKms(target.kmsKey())),
                        rule("sse-c/", EncryptionMode.sseC(SseCKeySource.fixed("vault", ContractSuite.key(9)))),
                        rule("sealed/", EncryptionMode.clientSide("sealed", keys.over(ClientSideContract.keyring(1)))),
                        rule("other/", EncryptionMode.clientSide("other", keys.over(ClientSideContract.keyring(2)))),
                        rule("s3ec/", ClientSide.s3ecBuilder("s3ec", s3ec).build()),
                        PolicyRule.enforce("rest", ObjectMatcher.anything(), EncryptionMode.bucketDefault())))
                .holdBack(new HoldBack(256 * 1024, spool, new SecureRandom()));
    }

    private static PolicyRule rule(String prefix, EncryptionMode mode) {
        return PolicyRule.enforce(
                prefix, ObjectMatcher.builder().keyPrefix(prefix).build(), mode);
    }

    LocalAwsTarget target() {
        return target;
    }

    String bucket() {
        return target.bucket();
    }

    /** Runs something a moment later, on another thread. */
    CompletableFuture<Void> soon(Runnable what) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        others.schedule(
                () -> {
                    what.run();
                    done.complete(null);
                },
                30,
                TimeUnit.MILLISECONDS);
        return done;
    }

    /** Uploads, data keys, spool files and connections are as before any call, and the clients serve the next. */
    void assertNothingIsLeft(String of) {
        try {
            until(() -> uploads().isEmpty(), "an upload is left of " + of);
            until(() -> syncKeys.allDestroyed() && asyncKeys.allDestroyed(), "a data key is left of " + of);
        } catch (AssertionError e) {
            // So that it is not held against the next call.
            uploads()
                    .forEach(left -> target.s3()
                            .abortMultipartUpload(
                                    b -> b.bucket(bucket()).key(left.key()).uploadId(left.uploadId())));
            throw e;
        } finally {
            syncKeys.forget();
            asyncKeys.forget();
        }
        until(() -> spool.toFile().list().length == 0, "a spool file is left of " + of);
        assertConnectionsAreFree(of);
        GetObjectRequest known =
                GetObjectRequest.builder().bucket(bucket()).key(KNOWN).build();
        assertArrayEquals(PLAIN, sync.getObjectAsBytes(known).asByteArray());
        assertArrayEquals(
                PLAIN,
                join(async.getObject(known, AsyncResponseTransformer.toBytes()), of)
                        .asByteArray());
    }

    private List<MultipartUpload> uploads() {
        return target.s3().listMultipartUploads(b -> b.bucket(bucket())).uploads();
    }

    /** As many reads at once as there are connections, each of which holds its own while the others begin. */
    private void assertConnectionsAreFree(String of) {
        GetObjectRequest known =
                GetObjectRequest.builder().bucket(bucket()).key(KNOWN).build();
        List<ResponseInputStream<GetObjectResponse>> streams = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            streams.add(plainSync.getObject(known));
        }
        streams.forEach(CancellationWorld::drain);
        List<CompletableFuture<ResponsePublisher<GetObjectResponse>>> bodies = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            bodies.add(plainAsync.getObject(known, AsyncResponseTransformer.toPublisher()));
        }
        bodies.forEach(body -> join(body, of));
        bodies.forEach(body -> join(body.join().subscribe(buffer -> {}), of));
    }

    private static void drain(ResponseInputStream<GetObjectResponse> stream) {
        try (stream) {
            stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends with the answer, or says of which call this was not possible. */
    static <V> V join(CompletableFuture<V> future, String of) {
        try {
            return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            return fail("after " + of, e);
        }
    }

    /** Waits for the end of a call, whatever it is. */
    static void settle(CompletableFuture<?> future, String of) {
        CompletableFuture<Object> ended = future.handle((value, failure) -> "ended");
        join(ended, of);
    }

    private static void until(BooleanSupplier condition, String otherwise) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                fail(otherwise);
            }
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(2);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Closes all but the server; no thread is left that was not there before. */
    @Override
    public void close() {
        sync.close();
        async.close();
        plainSync.close();
        plainAsync.close();
        syncHttp.close();
        asyncHttp.close();
        loops.eventLoopGroup().shutdownGracefully(0, 5, TimeUnit.SECONDS);
        others.shutdown();
        Supplier<List<String>> left = () -> threads().stream()
                .filter(thread -> !before.contains(thread))
                .map(Thread::getName)
                .toList();
        try {
            until(() -> left.get().isEmpty(), "threads are left");
        } catch (AssertionError e) {
            assertEquals(List.of(), left.get());
        } finally {
            target.close();
        }
    }

    /** Threads but those of the server, and those that the JDK and the AWS SDK keep for the whole process. */
    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> Stream.of(
                                "local-aws",
                                "ForkJoinPool.commonPool",
                                "CompletableFutureDelayScheduler",
                                "response-publisher-timeout-scheduler",
                                "response-input-stream-timeout-scheduler")
                        .noneMatch(thread.getName()::startsWith))
                .collect(Collectors.toSet());
    }
}
