package dev.s3envelope.s3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.policy.ObjectMatcher;
import dev.s3envelope.core.policy.PolicyRule;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Subscriber;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.ObjectLockMode;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Request;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.StorageClass;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/** Puts in parts, several in flight: which bodies, in which order, and what is left when something fails. Against an S3 without a network. */
@NullUnmarked
class ParallelPutsTest {
    private static final int MIB = 1 << 20;
    private static final int PART = 5 * MIB;
    private static final int IN_FLIGHT = 3;
    private static final long PATIENCE = 20;
    private static final ExecutionAttribute<String> MARK = new ExecutionAttribute<>("ParallelPutsTest");
    private static byte[] content;
    private static ExecutorService threads;

    private final FakeUploads s3 = new FakeUploads();

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

    private static ParallelTransfers.Builder settings() {
        return ParallelTransfers.builder()
                .partSize(PART)
                .threshold(2 * PART)
                .maxInFlight(IN_FLIGHT)
                .executor(threads);
    }

    private Object client(Flavor flavor) {
        return client(s3, flavor);
    }

    private static Object client(FakeUploads s3, Flavor flavor) {
        return client(s3, flavor, settings().build(), EncryptionPolicy.always(EncryptionMode.sseS3()));
    }

    private static Object client(
            FakeUploads s3, Flavor flavor, @Nullable ParallelTransfers parallel, EncryptionPolicy policy) {
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

    private static PutObjectRequest request() {
        return PutObjectRequest.builder().bucket("bucket").key("key").build();
    }

    private static byte[] content(int length) {
        return Arrays.copyOf(content, length);
    }

    /** Puts a body whose length is told or not; failures as they were thrown. */
    private static PutObjectResponse put(Object client, PutObjectRequest request, byte[] body, boolean known) {
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

    private static <V> V join(CompletableFuture<V> future) {
        try {
            return future.orTimeout(PATIENCE, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertTrue(latch.await(PATIENCE, TimeUnit.SECONDS));
    }

    /** A body in pieces that do not fit parts. */
    private static AsyncRequestBody pieces(byte[] body, Optional<Long> announced) {
        List<ByteBuffer> pieces = new ArrayList<>();
        for (int from = 0; from < body.length; from += 700_001) {
            pieces.add(ByteBuffer.wrap(body, from, Math.min(700_001, body.length - from))
                    .slice());
        }
        return body(SdkPublisher.fromIterable(pieces), announced);
    }

    private static AsyncRequestBody body(SdkPublisher<ByteBuffer> publisher, Optional<Long> announced) {
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

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 0", "5242880, 0", "10485759, 0", "10485760, 2", "10485761, 3", "15728640, 3", "31457287, 7"
    })
    void aBodyGoesInParts_fromTheThresholdOn_whetherItsLengthIsKnownOrNot(int length, int parts) {
        for (Flavor flavor : Flavor.values()) {
            for (boolean known : new boolean[] {true, false}) {
                try (FakeUploads one = new FakeUploads()) {
                    PutObjectResponse answer = put(client(one, flavor), request(), content(length), known);
                    String what = flavor + (known ? " known " : " unknown ") + length;
                    assertArrayEquals(content(length), one.object(), what);
                    assertEquals(parts, one.count("stored"), what);
                    assertEquals(parts == 0 ? 1 : 0, one.count("put"), what);
                    assertEquals(parts == 0 ? "one" : "whole", answer.eTag(), what);
                    assertEquals(0, one.count("abort"), what);
                    assertTrue(one.most() <= IN_FLIGHT, what);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void asManyPartsAreInFlightAsWereAskedFor_andNoMore(Flavor flavor) {
        CyclicBarrier together = new CyclicBarrier(IN_FLIGHT);
        s3.before((operation, number) -> {
            if (operation.equals("part") && number <= 2 * IN_FLIGHT) {
                together.await(PATIENCE, TimeUnit.SECONDS);
            }
        });
        put(client(flavor), request(), content, true);
        assertEquals(IN_FLIGHT, s3.most());
        assertArrayEquals(content, s3.object());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void partsAreInOrder_thoughTheLastIsThereFirst(Flavor flavor) {
        CountDownLatch second = new CountDownLatch(1);
        CountDownLatch third = new CountDownLatch(1);
        s3.before((operation, number) -> {
            if (operation.equals("part") && number < 3) {
                await(number == 1 ? second : third);
            } else if (operation.equals("stored")) {
                (number == 2 ? second : third).countDown();
            }
        });
        put(client(flavor), request(), content(3 * PART), true);
        assertEquals(
                List.of("stored 3", "stored 2", "stored 1"),
                s3.log().stream().filter(entry -> entry.startsWith("stored")).toList());
        assertEquals(
                List.of(1, 2, 3),
                s3.requests(CompleteMultipartUploadRequest.class).get(0).multipartUpload().parts().stream()
                        .map(part -> part.partNumber())
                        .toList());
        assertArrayEquals(content(3 * PART), s3.object());
    }

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
    void whatFollowsTheAnnouncedLength_isLeftInTheSource_asTheSdkLeavesIt() throws Exception {
        ByteArrayInputStream source = new ByteArrayInputStream(content);
        ((EnvelopeS3Client) client(Flavor.SYNC))
                .putObject(request(), RequestBody.fromInputStream(source, 2 * PART + 9));
        assertArrayEquals(content(2 * PART + 9), s3.object());
        assertEquals(content.length - 2 * PART - 9, source.available());

        join(((EnvelopeS3AsyncClient) client(Flavor.ASYNC))
                .putObject(request(), pieces(content, Optional.of(3L * PART))));
        assertArrayEquals(content(3 * PART), s3.object());
    }

    @Test
    void theModeIsThatOfTheWholeBody_thoughAnUploadDoesNotSayItsSize() {
        EncryptionPolicy policy = EncryptionPolicy.of(
                PolicyRule.enforce(
                        "large",
                        ObjectMatcher.builder().minSize(2 * PART).build(),
                        EncryptionMode.sseKms(
                                "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab")),
                PolicyRule.enforce("rest", ObjectMatcher.anything(), EncryptionMode.sseS3()));
        for (Flavor flavor : Flavor.values()) {
            put(client(s3, flavor, settings().build(), policy), request(), content, true);
        }
        List<CreateMultipartUploadRequest> created = s3.requests(CreateMultipartUploadRequest.class);
        assertEquals(2, created.size());
        created.forEach(sent -> assertEquals(ServerSideEncryption.AWS_KMS, sent.serverSideEncryption()));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void whatTheRequestSays_isSaidWhereItBelongs(Flavor flavor) {
        PutObjectRequest request = request().toBuilder()
                .metadata(Map.of("colour", "blue"))
                .tagging("team=red")
                .storageClass(StorageClass.STANDARD_IA)
                .objectLockMode(ObjectLockMode.GOVERNANCE)
                .objectLockRetainUntilDate(Instant.EPOCH)
                .grantRead("id=1")
                .contentLanguage("de")
                .requestPayer("requester")
                .expectedBucketOwner("111122223333")
                .checksumAlgorithm(ChecksumAlgorithm.SHA256)
                .ifMatch("before")
                .overrideConfiguration(o -> o.putExecutionAttribute(MARK, "mine"))
                .build();
        put(client(flavor), request, content, false);

        CreateMultipartUploadRequest created =
                s3.requests(CreateMultipartUploadRequest.class).get(0);
        assertEquals(Map.of("colour", "blue"), created.metadata());
        assertEquals("team=red", created.tagging());
        assertEquals(StorageClass.STANDARD_IA, created.storageClass());
        assertEquals(ObjectLockMode.GOVERNANCE, created.objectLockMode());
        assertEquals(Instant.EPOCH, created.objectLockRetainUntilDate());
        assertEquals("id=1", created.grantRead());
        assertEquals("de", created.contentLanguage());
        assertEquals("text/plain", created.contentType());
        assertEquals(ChecksumAlgorithm.SHA256, created.checksumAlgorithm());
        UploadPartRequest part = s3.requests(UploadPartRequest.class).get(0);
        assertEquals(ChecksumAlgorithm.SHA256, part.checksumAlgorithm());
        CompleteMultipartUploadRequest completed =
                s3.requests(CompleteMultipartUploadRequest.class).get(0);
        assertEquals("before", completed.ifMatch());
        s3.requests(S3Request.class).forEach(sent -> {
            assertEquals(Optional.of("111122223333"), sent.getValueForField("ExpectedBucketOwner", String.class));
            assertEquals(
                    "requester",
                    sent.getValueForField("RequestPayer", Object.class)
                            .orElseThrow()
                            .toString());
            assertEquals(
                    "mine",
                    sent.overrideConfiguration()
                            .orElseThrow()
                            .executionAttributes()
                            .getAttribute(MARK));
        });
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void onePut_whereThePartsCouldNotSayWhatTheRequestSays_orNobodyWantsParts(Flavor flavor) {
        Object client = client(flavor);
        List<PutObjectRequest> requests = List.of(
                request().toBuilder().contentMD5("1B2M2Y8AsgTpgAmY7PhCfg==").build(),
                request().toBuilder().checksumSHA256("x").build(),
                request().toBuilder().writeOffsetBytes(0L).build(),
                request().toBuilder()
                        .overrideConfiguration(o -> o.putHeader("x-amz-meta-raw", "1"))
                        .build(),
                request().toBuilder()
                        .overrideConfiguration(o -> o.putRawQueryParameter("x-id", "1"))
                        .build());
        for (PutObjectRequest request : requests) {
            put(client, request, content(2 * PART), true);
        }
        put(
                client(s3, flavor, null, EncryptionPolicy.always(EncryptionMode.sseS3())),
                request(),
                content(2 * PART),
                true);
        assertEquals(requests.size() + 1, s3.count("put"));
        assertEquals(requests.size() + 1, s3.log().size(), () -> s3.log().toString());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void aShortBodyOfUnknownLength_takesNoMoreMemoryThanItNeeds(Flavor flavor) {
        for (int length : new int[] {1, 65_536, 65_537, 300_000}) {
            try (FakeUploads one = new FakeUploads()) {
                put(client(one, flavor), request(), content(length), false);
                assertArrayEquals(content(length), one.object());
                one.arrays().forEach(array -> assertTrue(array.length <= Math.max(65_536, 4 * length)));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void aBodyOfUnknownLength_isNotHeldBeyondTheMemoryThatIsAllowed(Flavor flavor) {
        ParallelTransfers parallel =
                settings().threshold(1L << 40).maxInFlight(1).build();
        put(
                client(s3, flavor, parallel, EncryptionPolicy.always(EncryptionMode.sseS3())),
                request(),
                content(2 * PART + 1),
                false);
        assertEquals(3, s3.count("stored"));
        assertEquals(1, s3.most());
        put(
                client(s3, flavor, parallel, EncryptionPolicy.always(EncryptionMode.sseS3())),
                request(),
                content(2 * PART),
                false);
        assertEquals(1, s3.count("put"));
        assertArrayEquals(content(2 * PART), s3.object());
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void plaintextInMemoryIsZeroed_whetherThePutSucceedsOrFails(boolean fails) {
        s3.before((operation, number) -> {
            if (fails && operation.equals("stored") && number == 4) {
                throw Recorder.failure(400, "InvalidRequest", "no");
            }
        });
        Object client = client(Flavor.ASYNC);
        try {
            put(client, request(), content, true);
            assertFalse(fails);
        } catch (RuntimeException e) {
            assertTrue(fails, e::toString);
        }
        put(client, request(), content(PART), false);
        List<byte[]> arrays = s3.arrays();
        assertTrue(arrays.size() >= 2 && arrays.size() <= IN_FLIGHT + 2, "arrays used again: " + arrays.size());
        arrays.forEach(array -> assertArrayEquals(new byte[array.length], array));
    }

    @Test
    void threadsOfTheExecutorAreTakenWhereThereAreSome_andTheCallersOtherwise() {
        AtomicReference<Runnable> never = new AtomicReference<>();
        Executor rejecting = task -> {
            throw new RejectedExecutionException("full");
        };
        List<Executor> executors = List.of(rejecting, never::set, Runnable::run);
        for (Executor executor : executors) {
            Object client = client(
                    s3,
                    Flavor.SYNC,
                    settings().executor(executor).build(),
                    EncryptionPolicy.always(EncryptionMode.sseS3()));
            put(client, request(), content, true);
            assertArrayEquals(content, s3.object());
        }
        assertEquals(executors.size() * 7, s3.count("stored"));
        // A task that is begun long after its upload is over does nothing.
        never.get().run();
        assertEquals(executors.size() * 7, s3.count("part"));
    }

    @Test
    void nothingWaitsForever_whenTheExecutorIsFullOfCallers() throws Exception {
        ExecutorService two = Executors.newFixedThreadPool(2);
        try {
            EnvelopeS3Client client = (EnvelopeS3Client) client(
                    s3, Flavor.SYNC, settings().executor(two).build(), EncryptionPolicy.always(EncryptionMode.sseS3()));
            CyclicBarrier both = new CyclicBarrier(2);
            List<CompletableFuture<?>> callers = IntStream.range(0, 2)
                    .<CompletableFuture<?>>mapToObj(i -> CompletableFuture.runAsync(
                            () -> {
                                try {
                                    both.await(PATIENCE, TimeUnit.SECONDS);
                                } catch (Exception e) {
                                    throw new IllegalStateException(e);
                                }
                                client.putObject(request(), RequestBody.fromBytes(content));
                            },
                            two))
                    .toList();
            callers.forEach(ParallelPutsTest::join);
            assertEquals(14, s3.count("stored"));
        } finally {
            two.shutdownNow();
        }
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
