package dev.s3envelope.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.mode.BucketKey;
import dev.s3envelope.core.mode.ContextPairs;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.mode.SseKms;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.core.ssec.SseCKeySource;
import dev.s3envelope.local.Event;
import dev.s3envelope.local.EventLog;
import dev.s3envelope.local.Faults;
import dev.s3envelope.local.LocalUser;
import dev.s3envelope.s3.EnvelopeListener;
import dev.s3envelope.s3.EnvelopeS3AsyncClient;
import dev.s3envelope.s3.ParallelTransfers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.services.s3.DelegatingS3AsyncClient;
import software.amazon.awssdk.services.s3.DelegatingS3Client;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Request;
import software.amazon.awssdk.transfer.s3.S3TransferManager;

/** Puts in parts, several in flight, over the network: every mode through its stock reader, what is sent again after trouble, and what is left of what failed. */
class ParallelUploadsTest extends ContractSuite {
    private static final int MIB = 1 << 20;
    private static final int PART = 5 * MIB;
    private static final int LENGTH = 2 * PART + 12_345;
    private static final SseCKey CUSTOMER_KEY = SseCKey.of(ClientSideFixture.bytes(32, 98));

    private LocalAwsTarget aws;
    private ExecutorService threads;

    @Override
    Target open() {
        ClientSideFixture.start();
        aws = ClientSideFixture.target;
        return aws;
    }

    @BeforeAll
    void startThreads() {
        threads = Executors.newFixedThreadPool(4);
    }

    @AfterAll
    void stopThreads() {
        threads.shutdownNow();
        ClientSideFixture.stop();
    }

    private ParallelTransfers parallel() {
        return ParallelTransfers.builder()
                .partSize(PART)
                .threshold(2 * PART)
                .maxInFlight(3)
                .executor(threads)
                .build();
    }

    private Calls parallel(Calls.Kind kind, EncryptionMode mode) {
        return client(kind, EncryptionPolicy.always(mode), builder -> builder.parallelTransfers(parallel()));
    }

    private Map<String, EncryptionMode> modes() {
        KeyArn key = KeyArn.parse(target().kmsKey());
        Map<String, EncryptionMode> modes = new TreeMap<>();
        modes.put("sse-s3", EncryptionMode.sseS3());
        modes.put(
                "sse-kms",
                SseKms.builder(key)
                        .bucketKey(BucketKey.ENABLED)
                        .context(ContextPairs.of("tenant", "blue"))
                        .build());
        modes.put("dsse-kms", EncryptionMode.dsseKms(key));
        modes.put("sse-c", EncryptionMode.sseC(SseCKeySource.fixed("current", CUSTOMER_KEY)));
        modes.put("bucket-default", EncryptionMode.bucketDefault());
        modes.put("client-side", ClientSideFixture.mode());
        modes.put("client-side-over-kms", ClientSideFixture.mode().withServerSide(EncryptionMode.sseKms(key)));
        return modes;
    }

    Stream<Arguments> everyMode() {
        return Stream.of(Calls.Kind.values())
                .flatMap(kind -> modes().keySet().stream().map(mode -> Arguments.of(kind, mode)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("everyMode")
    void everyMode_isWrittenInParts_andReadByWhoeverReadsIt(Calls.Kind kind, String mode) {
        byte[] body = bytes(mode.hashCode(), LENGTH);
        String key = kind + "/mode/" + mode;
        Heard heard = new Heard();
        Calls s3 = client(
                kind,
                EncryptionPolicy.always(modes().get(mode)),
                builder -> builder.parallelTransfers(parallel()).listener(heard));
        EventLog.Mark mark = aws.aws().events().mark();
        PutObjectResponse answer =
                s3.put(put(key).toBuilder().metadata(Map.of("colour", "blue")).build(), body);
        assertEquals(
                Map.of("s3:CreateMultipartUpload", 1, "s3:UploadPart", 3, "s3:CompleteMultipartUpload", 1),
                events(mark, key));
        EnvelopeListener.Mode expected = mode.startsWith("client-side")
                ? EnvelopeListener.Mode.CLIENT_SIDE
                : mode.equals("bucket-default")
                        ? EnvelopeListener.Mode.SSE_S3
                        : EnvelopeListener.Mode.valueOf(mode.replace('-', '_').toUpperCase(Locale.ROOT));
        assertEquals(List.of(expected), heard.objects);
        assertEquals(LENGTH, heard.bytes.get());

        var stored = aws.s3().getObjectAsBytes(get -> {
            get.bucket(target().bucket()).key(key);
            if (mode.equals("sse-c")) {
                customerKey(get);
            }
        });
        assertEquals("blue", stored.response().metadata().get("colour"));
        assertEquals(stored.response().eTag(), answer.eTag());
        assertTrue(answer.eTag().endsWith("-3\""), answer.eTag());
        assertEquals(stored.response().serverSideEncryption(), answer.serverSideEncryption());
        assertEquals(stored.response().ssekmsKeyId(), answer.ssekmsKeyId());
        assertEquals(stored.response().sseCustomerKeyMD5(), answer.sseCustomerKeyMD5());
        if (mode.startsWith("client-side")) {
            ClientSideFixture.assertReads(key, body);
            assertArrayEquals(body, s3.get(get(key)).asByteArray());
        } else {
            assertArrayEquals(body, stored.asByteArray());
        }
        assertNoUploadLeft();
    }

    private static void customerKey(GetObjectRequest.Builder get) {
        get.sseCustomerAlgorithm(SseCKey.ALGORITHM)
                .sseCustomerKey(CUSTOMER_KEY.keyBase64())
                .sseCustomerKeyMD5(CUSTOMER_KEY.md5Base64());
    }

    /** What a listener hears of one put, before its caller has the answer. */
    private static final class Heard implements EnvelopeListener {
        private final List<Mode> objects = new CopyOnWriteArrayList<>();
        private final AtomicLong bytes = new AtomicLong();

        @Override
        public void objectWritten(Mode mode) {
            objects.add(mode);
        }

        @Override
        public void bytesWritten(Mode mode, long count) {
            bytes.addAndGet(count);
        }
    }

    private Map<String, Integer> events(EventLog.Mark mark, String key) {
        return query(mark, key).counts();
    }

    private List<Event> log(EventLog.Mark mark, String key) {
        return query(mark, key).list();
    }

    private EventLog.Query query(EventLog.Mark mark, String key) {
        return aws.aws().events().since(mark).service("s3").resource(arn(key));
    }

    private String arn(String key) {
        return "arn:aws:s3:::" + target().bucket() + "/" + key;
    }

    /** What goes wrong with one part of this object; a part of another test's, which was given up, may still be on its way. */
    private Faults.Ordering trouble(String key) {
        return aws.aws().faults().on("s3", "UploadPart").resource(arn(key)).times(1);
    }

    @ParameterizedTest
    @CsvSource({
        "SYNC, sse-kms, true",
        "ASYNC, sse-kms, false",
        "SYNC, client-side, false",
        "ASYNC, client-side, true",
        "SYNC, sse-c, false",
        "ASYNC, sse-c, true"
    })
    void aPartThatFailsOnItsWay_isSentAgainAlone(Calls.Kind kind, String mode, boolean dropped) {
        byte[] body = bytes(2, LENGTH);
        String key = kind + "/again/" + mode;
        Calls s3 = parallel(kind, modes().get(mode));
        EventLog.Mark mark = aws.aws().events().mark();
        Faults.Ordering trouble = trouble(key);
        if (dropped) {
            trouble.dropConnection(10_000);
        } else {
            trouble.throttle();
        }
        try {
            s3.put(put(key), body);
        } finally {
            aws.aws().faults().clear();
        }
        // Each part succeeded once; a dropped connection has no answer, so the service logs none.
        List<Event> log = log(mark, key);
        assertEquals(
                3,
                log.stream()
                        .filter(event -> event.operation().equals("UploadPart") && event.succeeded())
                        .count(),
                log::toString);
        assertEquals(dropped ? 5 : 6, log.size(), log::toString);
        assertArrayEquals(body, s3.get(get(key)).asByteArray());
        if (mode.equals("client-side")) {
            ClientSideFixture.assertReads(key, body);
        }
        assertNoUploadLeft();
    }

    @ParameterizedTest
    @CsvSource({"SYNC, sse-s3", "ASYNC, sse-s3", "SYNC, client-side", "ASYNC, client-side"})
    void nothingIsLeft_whenAPartIsRefused(Calls.Kind kind, String mode) {
        String key = kind + "/refused/" + mode;
        Calls s3 = parallel(kind, modes().get(mode));
        EventLog.Mark mark = aws.aws().events().mark();
        trouble(key).fail(400, "InvalidRequest", "no");
        try {
            S3Exception seen = assertThrows(S3Exception.class, () -> s3.put(put(key), bytes(3, LENGTH)));
            assertEquals("InvalidRequest", seen.awsErrorDetails().errorCode());
        } finally {
            aws.aws().faults().clear();
        }
        assertAborted(mark, key);
    }

    private void assertAborted(EventLog.Mark mark, String key) {
        List<Event> log = log(mark, key);
        int abort = log.stream().map(Event::operation).toList().indexOf("AbortMultipartUpload");
        assertTrue(abort > 0, log::toString);
        assertTrue(
                log.subList(abort, log.size()).stream()
                        .noneMatch(event -> event.operation().equals("UploadPart") && event.succeeded()),
                log::toString);
        assertNoUploadLeft();
        assertEquals(
                404,
                assertThrows(S3Exception.class, () -> aws.s3().headObject(head(key)))
                        .statusCode());
    }

    private void assertNoUploadLeft() {
        assertEquals(
                List.of(),
                aws.s3().listMultipartUploads(b -> b.bucket(target().bucket())).uploads());
    }

    /** Where a put is given up: when this request was sent by the asynchronous client, and answered to the synchronous one. */
    @ParameterizedTest
    @CsvSource({
        "SYNC, CreateMultipartUpload, 1",
        "ASYNC, CreateMultipartUpload, 1",
        "SYNC, UploadPart, 1",
        "ASYNC, UploadPart, 1",
        "SYNC, UploadPart, 3",
        "ASYNC, UploadPart, 3"
    })
    void nothingIsLeft_whenThePutIsGivenUp(Calls.Kind kind, String operation, int nth) throws Exception {
        String key = kind + "/given-up/" + operation + nth;
        EventLog.Mark mark = aws.aws().events().mark();
        AtomicInteger seen = new AtomicInteger();
        CompletableFuture<Runnable> giveUp = new CompletableFuture<>();
        Runnable sent = () -> {
            if (seen.incrementAndGet() == nth) {
                giveUp.thenAccept(Runnable::run);
            }
        };
        Calls s3 = kind.open(
                new WatchedSync(aws.s3(), operation, sent),
                new WatchedAsync(aws.s3Async(), operation, sent),
                builder -> builder.policy(EncryptionPolicy.always(ClientSideFixture.mode()))
                        .writeGuard(guard())
                        .parallelTransfers(parallel()));
        byte[] body = bytes(4, LENGTH);
        if (s3 instanceof Calls.Async async) {
            CompletableFuture<PutObjectResponse> put = async.s3().putObject(put(key), AsyncRequestBody.fromBytes(body));
            giveUp.complete(() -> put.cancel(true));
            assertThrows(CancellationException.class, () -> put.get(60, TimeUnit.SECONDS));
        } else {
            Thread caller = Thread.currentThread();
            giveUp.complete(caller::interrupt);
            boolean still;
            try {
                assertThrows(AbortedException.class, () -> s3.put(put(key), body));
            } finally {
                still = Thread.interrupted();
            }
            assertTrue(still, "the thread stays interrupted");
        }
        awaitAbort(mark, key);
        assertAborted(mark, key);
    }

    /** A cancelled future says so at once; what it began is ended behind it. */
    private void awaitAbort(EventLog.Mark mark, String key) throws InterruptedException {
        for (int i = 0; i < 3_000 && !events(mark, key).containsKey("s3:AbortMultipartUpload"); i++) {
            Thread.sleep(10);
        }
    }

    private static final class WatchedSync extends DelegatingS3Client {
        private final String operation;
        private final Runnable sent;

        WatchedSync(S3Client delegate, String operation, Runnable sent) {
            super(delegate);
            this.operation = operation;
            this.sent = sent;
        }

        @Override
        protected <T extends S3Request, ReturnT> ReturnT invokeOperation(T request, Function<T, ReturnT> call) {
            ReturnT answer = call.apply(request);
            if (request.getClass().getSimpleName().equals(operation + "Request")) {
                sent.run();
            }
            return answer;
        }
    }

    private static final class WatchedAsync extends DelegatingS3AsyncClient {
        private final String operation;
        private final Runnable sent;

        WatchedAsync(S3AsyncClient delegate, String operation, Runnable sent) {
            super(delegate);
            this.operation = operation;
            this.sent = sent;
        }

        @Override
        protected <T extends S3Request, ReturnT> CompletableFuture<ReturnT> invokeOperation(
                T request, Function<T, CompletableFuture<ReturnT>> call) {
            CompletableFuture<ReturnT> answer = call.apply(request);
            if (request.getClass().getSimpleName().equals(operation + "Request")) {
                sent.run();
            }
            return answer;
        }
    }

    @ParameterizedTest
    @EnumSource
    void partsNeedDecrypt_whereOnePutDoesNot(Calls.Kind kind) {
        LocalUser writer = aws.aws()
                .account(aws.account().digits())
                .createUser("writer-" + kind)
                .allow("s3:*")
                .allow("kms:GenerateDataKey");
        Calls s3 = kind.open(
                aws.aws().s3(writer),
                aws.aws().s3Async(writer),
                builder -> builder.policy(EncryptionPolicy.always(EncryptionMode.sseKms(target().kmsKey())))
                        .writeGuard(guard())
                        .parallelTransfers(parallel()));
        s3.put(put(kind + "/gate/small"), bytes(5, 1_000));
        assertEquals(
                403,
                assertThrows(S3Exception.class, () -> s3.put(put(kind + "/gate/large"), bytes(5, LENGTH)))
                        .statusCode());
        assertNoUploadLeft();
    }

    @Test
    void theTransferManagerOverIt_countsEveryByteOnce(@TempDir Path directory) throws Exception {
        for (EncryptionMode mode : List.of(EncryptionMode.sseS3(), ClientSideFixture.mode())) {
            byte[] body = bytes(6, LENGTH);
            Path source = Files.write(directory.resolve("source"), body);
            String key = "transfer/" + mode.getClass().getSimpleName();
            TransferProgress progress = new TransferProgress();
            EventLog.Mark mark = aws.aws().events().mark();
            try (EnvelopeS3AsyncClient s3 = ((Calls.Async) parallel(Calls.Kind.ASYNC, mode)).s3();
                    S3TransferManager transfers =
                            S3TransferManager.builder().s3Client(s3).build()) {
                transfers
                        .uploadFile(u ->
                                u.source(source).addTransferListener(progress).putObjectRequest(put(key)))
                        .completionFuture()
                        .join();
                progress.assertAnnounced(LENGTH);
                assertEquals(3, events(mark, key).get("s3:UploadPart"));
                assertArrayEquals(
                        body,
                        s3.getObject(get(key), AsyncResponseTransformer.toBytes())
                                .join()
                                .asByteArray());
            }
        }
        assertNoUploadLeft();
    }
}
