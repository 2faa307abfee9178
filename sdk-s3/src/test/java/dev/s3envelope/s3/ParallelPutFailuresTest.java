package dev.s3envelope.s3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.OperationRefusedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/** Puts in parts that fail, are cancelled or interrupted: what the caller sees, and that nothing is left. Against an S3 without a network. */
@NullUnmarked
class ParallelPutFailuresTest extends ParallelPutsFixture {
    @ParameterizedTest
    @CsvSource({"SYNC, 1", "ASYNC, 1", "SYNC, 3", "ASYNC, 3", "SYNC, 7", "ASYNC, 7"})
    void theUploadIsAborted_whenAPartFails(Flavor flavor, int part) {
        RuntimeException failure = Recorder.failure(400, "InvalidRequest", "no");
        s3.before((operation, number) -> {
            if (operation.equals("part") && number == part) {
                throw failure;
            }
        });
        Object client = client(flavor);
        assertSame(failure, assertThrows(RuntimeException.class, () -> put(client, request(), content, true)));
        assertAborted();
    }

    /** Aborted once, and nothing arrived afterwards. */
    private void assertAborted() {
        List<String> log = s3.log();
        assertEquals(1, s3.count("abort"), log::toString);
        assertEquals(0, s3.count("complete"), log::toString);
        assertTrue(
                log.subList(log.indexOf("abort"), log.size()).stream().noneMatch(entry -> entry.startsWith("stored")),
                log::toString);
    }

    @ParameterizedTest
    @EnumSource(value = Flavor.class)
    void theUploadIsAborted_whenItsCompletionFails(Flavor flavor) {
        RuntimeException failure = Recorder.failure(412, "PreconditionFailed", "there is one");
        s3.before((operation, number) -> {
            if (operation.equals("complete")) {
                throw failure;
            }
        });
        Object client = client(flavor);
        PutObjectRequest request = request().toBuilder().ifNoneMatch("*").build();
        assertSame(failure, assertThrows(RuntimeException.class, () -> put(client, request, content, false)));
        assertEquals(1, s3.count("abort"));
        assertEquals(
                "*", s3.requests(CompleteMultipartUploadRequest.class).get(0).ifNoneMatch());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void nothingIsAborted_whenNothingWasCreated(Flavor flavor) {
        RuntimeException failure = Recorder.failure(403, "AccessDenied", "no");
        s3.before((operation, number) -> {
            throw failure;
        });
        Object client = client(flavor);
        assertSame(failure, assertThrows(RuntimeException.class, () -> put(client, request(), content, true)));
        assertEquals(List.of("create"), s3.log());
    }

    @Test
    void anAbortWaitsForAPartWhoseBytesAreAllOut_andForNoOther() throws Exception {
        CountDownLatch bothThere = new CountDownLatch(2);
        CountDownLatch aborted = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        RuntimeException failure = Recorder.failure(400, "InvalidRequest", "no");
        CountDownLatch late = new CountDownLatch(1);
        s3.before((operation, number) -> {
            switch (operation + " " + number) {
                case "part 1" -> {
                    bothThere.countDown();
                    await(aborted);
                    late.countDown();
                }
                case "stored 2" -> {
                    bothThere.countDown();
                    await(answer);
                }
                case "part 3" -> {
                    await(bothThere);
                    throw failure;
                }
                case "abort 0" -> aborted.countDown();
                default -> {}
            }
        });
        CompletableFuture<PutObjectResponse> put = ((EnvelopeS3AsyncClient) client(Flavor.ASYNC))
                .putObject(request(), AsyncRequestBody.fromBytes(content(3 * PART)));
        await(bothThere);
        // Part 3 fails at once; part 2 is on its way, so neither the abort nor the failure may be seen yet.
        assertFalse(aborted.await(100, TimeUnit.MILLISECONDS));
        assertFalse(put.isDone());
        answer.countDown();
        assertSame(failure, assertThrows(RuntimeException.class, () -> join(put)));
        await(late);
        assertAborted();
        assertFalse(s3.log().contains("stored 1"), () -> s3.log().toString());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void theUploadIsAborted_whenTheSourceFails(Flavor flavor) {
        IOException failure = new IOException("the disk is gone");
        Object client = client(flavor);
        Throwable seen = assertThrows(Throwable.class, () -> {
            if (client instanceof EnvelopeS3Client sync) {
                InputStream fails = new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw failure;
                    }
                };
                sync.putObject(
                        request(),
                        RequestBody.fromContentProvider(
                                () -> new SequenceInputStream(new ByteArrayInputStream(content(3 * PART)), fails),
                                "text/plain"));
            } else {
                ByteBuffer first = ByteBuffer.wrap(content, 0, 3 * PART);
                join(((EnvelopeS3AsyncClient) client)
                        .putObject(
                                request(),
                                body(
                                        SdkPublisher.fromIterable(() -> Stream.iterate(first, slice -> {
                                                    throw new UncheckedIOException(failure);
                                                })
                                                .iterator()),
                                        Optional.empty())));
            }
        });
        assertTrue(
                Stream.iterate(seen, cause -> cause != null, Throwable::getCause)
                        .anyMatch(cause -> cause == failure),
                seen::toString);
        assertAborted();
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void aBodyShorterThanAnnounced_becomesNoObject(Flavor flavor) {
        Object client = client(flavor);
        byte[] body = content(2 * PART);
        OperationRefusedException refused = assertThrows(OperationRefusedException.class, () -> {
            if (client instanceof EnvelopeS3Client sync) {
                sync.putObject(request(), RequestBody.fromInputStream(new ByteArrayInputStream(body), content.length));
            } else {
                join(((EnvelopeS3AsyncClient) client)
                        .putObject(request(), pieces(body, Optional.of((long) content.length))));
            }
        });
        assertTrue(refused.getMessage().contains(body.length + " bytes, not the " + content.length));
        assertAborted();
    }

    @Test
    void anInterruptedCaller_abortsAndStaysInterrupted() throws Exception {
        Thread caller = Thread.currentThread();
        CountDownLatch interrupted = new CountDownLatch(1);
        s3.before((operation, number) -> {
            if (operation.equals("part") && number == 2) {
                caller.interrupt();
                interrupted.countDown();
            } else if (operation.equals("part")) {
                try {
                    await(interrupted);
                } catch (InterruptedException e) {
                    // The caller sends a part itself; this is what the SDK does then.
                    caller.interrupt();
                    throw AbortedException.create("interrupted", e);
                }
            }
        });
        EnvelopeS3Client client = (EnvelopeS3Client) client(Flavor.SYNC);
        boolean still;
        try {
            assertThrows(AbortedException.class, () -> client.putObject(request(), RequestBody.fromBytes(content)));
        } finally {
            still = Thread.interrupted();
        }
        assertTrue(still);
        assertAborted();
    }

    @ParameterizedTest
    @CsvSource({"create 0", "part 1", "part 2", "stored 1", "stored 3", "part 7"})
    void aCancelledPut_leavesNoUpload(String where) throws Exception {
        AtomicReference<CompletableFuture<PutObjectResponse>> put = new AtomicReference<>();
        CountDownLatch known = new CountDownLatch(1);
        CountDownLatch aborted = new CountDownLatch(1);
        s3.before((operation, number) -> {
            if ((operation + " " + number).equals(where)) {
                await(known);
                put.get().cancel(true);
            } else if (operation.equals("abort")) {
                aborted.countDown();
            }
        });
        put.set(((EnvelopeS3AsyncClient) client(Flavor.ASYNC))
                .putObject(request(), AsyncRequestBody.fromBytes(content)));
        known.countDown();
        assertThrows(CancellationException.class, () -> put.get().get(PATIENCE, TimeUnit.SECONDS));
        await(aborted);
        assertAborted();
    }

    @Test
    void aPutCancelledWhileItIsCompleted_isNotAborted() throws Exception {
        AtomicReference<CompletableFuture<PutObjectResponse>> put = new AtomicReference<>();
        CountDownLatch known = new CountDownLatch(1);
        s3.before((operation, number) -> {
            if (operation.equals("complete")) {
                await(known);
                put.get().cancel(true);
            }
        });
        put.set(((EnvelopeS3AsyncClient) client(Flavor.ASYNC))
                .putObject(request(), AsyncRequestBody.fromBytes(content)));
        known.countDown();
        assertThrows(CancellationException.class, () -> put.get().get(PATIENCE, TimeUnit.SECONDS));
        assertTrue(s3.awaitEnd());
        assertEquals(0, s3.count("abort"), () -> s3.log().toString());
        assertArrayEquals(content, s3.object());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void aFailedAbort_isShownBesideTheFailure(Flavor flavor) {
        RuntimeException failure = Recorder.failure(400, "InvalidRequest", "no");
        RuntimeException left = Recorder.failure(503, "SlowDown", "later");
        s3.before((operation, number) -> {
            if (operation.equals("part") && number == 1) {
                throw failure;
            } else if (operation.equals("abort")) {
                throw left;
            }
        });
        Object client = client(flavor);
        RuntimeException seen =
                assertThrows(RuntimeException.class, () -> put(client, request(), content(3 * PART), true));
        assertSame(failure, seen);
        assertTrue(Arrays.asList(seen.getSuppressed()).contains(left), () -> Arrays.toString(seen.getSuppressed()));
    }
}
