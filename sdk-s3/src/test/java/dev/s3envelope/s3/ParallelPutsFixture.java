package dev.s3envelope.s3;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.reactivestreams.Subscriber;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/** What the tests of puts in parts share: an S3 without a network, clients over it, and bodies whose length is told or not. */
@NullUnmarked
abstract class ParallelPutsFixture {
    static final int MIB = 1 << 20;
    static final int PART = 5 * MIB;
    static final int IN_FLIGHT = 3;
    static final long PATIENCE = 20;
    static byte[] content;
    static ExecutorService threads;

    final FakeUploads s3 = new FakeUploads();

    @BeforeAll
    static void start() {
        content = new byte[6 * PART + 7];
        new Random(20_261_121).nextBytes(content);
        threads = Executors.newCachedThreadPool();
    }

    @AfterAll
    static void stop() {
        threads.shutdownNow();
    }

    @AfterEach
    void close() {
        s3.close();
    }

    static ParallelTransfers.Builder settings() {
        return ParallelTransfers.builder()
                .partSize(PART)
                .threshold(2 * PART)
                .maxInFlight(IN_FLIGHT)
                .executor(threads);
    }

    final Object client(Flavor flavor) {
        return client(s3, flavor);
    }

    static Object client(FakeUploads s3, Flavor flavor) {
        return client(s3, flavor, settings().build(), EncryptionPolicy.always(EncryptionMode.sseS3()));
    }

    static Object client(FakeUploads s3, Flavor flavor, @Nullable ParallelTransfers parallel, EncryptionPolicy policy) {
        EnvelopeBuilder<?> builder = flavor == Flavor.SYNC
                ? EnvelopeS3Client.builder().wrapping(s3.sync())
                : EnvelopeS3AsyncClient.builder().wrapping(s3.async());
        builder.policy(policy);
        if (parallel != null) {
            builder.parallelTransfers(parallel);
        }
        return builder instanceof EnvelopeS3Client.Builder sync
                ? sync.build()
                : ((EnvelopeS3AsyncClient.Builder) builder).build();
    }

    static PutObjectRequest request() {
        return PutObjectRequest.builder().bucket("bucket").key("key").build();
    }

    static byte[] content(int length) {
        return Arrays.copyOf(content, length);
    }

    /** Puts a body whose length is told or not; failures as they were thrown. */
    static PutObjectResponse put(Object client, PutObjectRequest request, byte[] body, boolean known) {
        if (client instanceof EnvelopeS3Client sync) {
            return sync.putObject(
                    request,
                    known
                            ? RequestBody.fromBytes(body)
                            : RequestBody.fromContentProvider(() -> new ByteArrayInputStream(body), "text/plain"));
        }
        return join(((EnvelopeS3AsyncClient) client)
                .putObject(request, known ? AsyncRequestBody.fromBytes(body) : pieces(body, Optional.empty())));
    }

    static <V> V join(CompletableFuture<V> future) {
        try {
            return future.orTimeout(PATIENCE, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    static void await(CountDownLatch latch) throws InterruptedException {
        assertTrue(latch.await(PATIENCE, TimeUnit.SECONDS));
    }

    /** A body in pieces that do not fit parts. */
    static AsyncRequestBody pieces(byte[] body, Optional<Long> announced) {
        List<ByteBuffer> pieces = new ArrayList<>();
        for (int from = 0; from < body.length; from += 700_001) {
            pieces.add(ByteBuffer.wrap(body, from, Math.min(700_001, body.length - from))
                    .slice());
        }
        return body(SdkPublisher.fromIterable(pieces), announced);
    }

    static AsyncRequestBody body(SdkPublisher<ByteBuffer> publisher, Optional<Long> announced) {
        return new AsyncRequestBody() {
            @Override
            public Optional<Long> contentLength() {
                return announced;
            }

            @Override
            public String contentType() {
                return "text/plain";
            }

            @Override
            public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
                publisher.subscribe(subscriber);
            }
        };
    }
}
