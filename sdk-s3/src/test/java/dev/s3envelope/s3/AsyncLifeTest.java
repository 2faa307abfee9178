package dev.s3envelope.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.PolicyViolationException;
import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.guard.BucketDirectory;
import dev.s3envelope.core.guard.WriteGuard;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.policy.ObjectMatcher;
import dev.s3envelope.core.policy.PolicyRule;
import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.core.ssec.SseCKeySource;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** The life of the asynchronous client's futures: cancelled, refused, repeated, and never waited for. */
@NullUnmarked
class AsyncLifeTest {
    private static final SseCKeySource SOURCE = SseCKeySource.fixed("vault", SseCKey.of(new byte[32]));
    private static final PutObjectRequest PUT =
            PutObjectRequest.builder().bucket("reports").key("k").build();
    private static final GetObjectRequest GET =
            GetObjectRequest.builder().bucket("reports").key("k").build();

    private final Recorder recorder = new Recorder();

    @Test
    void cancellingTheFuture_cancelsTheRequestInFlight() {
        List<CompletableFuture<?>> pending = recorder.hang();
        CompletableFuture<?> future = client(EncryptionMode.sseS3()).putObject(PUT, AsyncRequestBody.empty());
        future.cancel(true);
        assertTrue(pending.get(0).isCancelled());
    }

    @Test
    void aTimeoutOnTheFuture_endsTheRequestInFlight() {
        List<CompletableFuture<?>> pending = recorder.hang();
        CompletableFuture<?> future = client(EncryptionMode.sseS3()).putObject(PUT, AsyncRequestBody.empty());
        future.completeExceptionally(new TimeoutException());
        assertTrue(pending.get(0).isCompletedExceptionally());
    }

    @Test
    void sendsNothing_whenCancelledBeforeALookUpEnds() {
        CompletableFuture<Optional<AccountId>> account = new CompletableFuture<>();
        EnvelopeS3AsyncClient client = client(EncryptionMode.awsManagedKms(), account);
        CompletableFuture<?> future = client.putObject(PUT, AsyncRequestBody.empty());
        assertFalse(future.isDone());
        future.cancel(true);
        account.complete(Optional.of(AccountId.of("111122223333")));
        assertTrue(recorder.requests().isEmpty());
    }

    @Test
    void sendsOnTheThreadThatEndsTheLookUp() throws Exception {
        CompletableFuture<Optional<AccountId>> account = new CompletableFuture<>();
        List<String> threads = new ArrayList<>();
        recorder.answer(request -> {
            threads.add(Thread.currentThread().getName());
            return null;
        });
        CompletableFuture<?> future =
                client(EncryptionMode.awsManagedKms(), account).putObject(PUT, AsyncRequestBody.empty());
        Thread loop = new Thread(() -> account.complete(Optional.of(AccountId.of("111122223333"))), "the-event-loop");
        loop.start();
        future.get(30, TimeUnit.SECONDS);
        assertEquals(List.of("the-event-loop"), threads);
    }

    @Test
    void aRefusalCompletesTheFuture_andTellsTheTransformerOnce() {
        EncryptionPolicy policy =
                EncryptionPolicy.of(PolicyRule.enforce("s3", ObjectMatcher.anything(), EncryptionMode.sseS3()));
        EnvelopeS3AsyncClient client = EnvelopeS3AsyncClient.builder()
                .wrapping(recorder.async())
                .policy(policy)
                .build();
        CompletableFuture<?> put =
                client.putObject(PUT.toBuilder().serverSideEncryption("aws:kms").build(), AsyncRequestBody.empty());
        assertInstanceOf(
                PolicyViolationException.class,
                assertThrows(CompletionException.class, put::join).getCause());

        Told told = new Told();
        CompletableFuture<?> get =
                client.getObject(GET.toBuilder().sseCustomerAlgorithm("AES256").build(), told);
        Throwable refusal = assertThrows(CompletionException.class, get::join).getCause();
        assertEquals(List.of(refusal), told.failures);
        assertTrue(recorder.requests().isEmpty());
    }

    @Test
    void theTransformerHearsNothingOfAFailureThatIsRepeated_andOnceOfOneThatIsNot() {
        recorder.answer(request -> ((GetObjectRequest) request).sseCustomerKey() == null
                ? Recorder.failure(
                        400, "InvalidRequest", "The object was stored using a form of Server Side Encryption.")
                : null);
        EncryptionPolicy policy = EncryptionPolicy.of(
                PolicyRule.byDefault(
                        "vault", ObjectMatcher.builder().tag("v", "*").build(), EncryptionMode.sseC(SOURCE)),
                PolicyRule.byDefault("rest", ObjectMatcher.anything(), EncryptionMode.sseS3()));
        EnvelopeS3AsyncClient client = EnvelopeS3AsyncClient.builder()
                .wrapping(recorder.async())
                .policy(policy)
                .build();
        Told told = new Told();
        client.getObject(GET, told).join();
        assertEquals(2, recorder.requests().size());
        assertEquals(List.of(), told.failures);
        assertEquals(1, told.responses);

        S3Exception denied = Recorder.failure(403, "AccessDenied", "Access Denied");
        recorder.answer(request -> denied);
        Told final1 = new Told();
        CompletableFuture<?> refused = client.getObject(GET, final1);
        assertSame(
                denied, assertThrows(CompletionException.class, refused::join).getCause());
        assertEquals(List.of(denied), final1.failures);
    }

    @Test
    void transformersPassAsTheyAre_whereNoReadRepeatsAndNoAnswerIsLookedAt() {
        Told told = new Told();
        List<Object> seen = new ArrayList<>();
        EnvelopeS3AsyncClient client = EnvelopeS3AsyncClient.builder()
                .wrapping(new software.amazon.awssdk.services.s3.DelegatingS3AsyncClient(recorder.async()) {
                    @Override
                    public <R> CompletableFuture<R> getObject(
                            GetObjectRequest request, AsyncResponseTransformer<GetObjectResponse, R> transformer) {
                        seen.add(transformer);
                        return super.getObject(request, transformer);
                    }
                })
                .policy(EncryptionPolicy.always(EncryptionMode.sseS3()))
                .build();
        GetObjectRequest stored =
                GET.toBuilder().overrideConfiguration(ReadAs.stored()).build();
        client.getObject(stored, told).join();
        assertEquals(List.of(told), seen);
    }

    @Test
    void keySourcesAreAskedOnTheirExecutor() {
        List<Runnable> queued = new ArrayList<>();
        Executor later = queued::add;
        EnvelopeS3AsyncClient client = EnvelopeS3AsyncClient.builder()
                .wrapping(recorder.async())
                .policy(EncryptionPolicy.always(EncryptionMode.sseC(SOURCE)))
                .keyExecutor(later)
                .build();
        CompletableFuture<?> future = client.putObject(PUT, AsyncRequestBody.empty());
        assertFalse(future.isDone());
        queued.get(0).run();
        future.join();
        assertTrue(recorder.<PutObjectRequest>last().sseCustomerKey() != null);
    }

    @Test
    void closeEndsTheWaitersThreadAndLeavesTheWrappedClientOpen() throws InterruptedException {
        List<Thread> before = waiterThreads();
        EnvelopeS3AsyncClient client = client(EncryptionMode.sseS3());
        AtomicInteger asked = new AtomicInteger();
        recorder.answer(request -> asked.incrementAndGet() == 1
                ? Recorder.failure(404, "NoSuchKey", "not yet")
                : HeadObjectResponse.builder()
                        .sdkHttpResponse(
                                SdkHttpResponse.builder().statusCode(200).build())
                        .build());
        client.waiter()
                .waitUntilObjectExists(
                        b -> b.bucket("reports").key("k"), o -> o.backoffStrategyV2(BackoffStrategy.retryImmediately()))
                .join();
        List<Thread> own = new ArrayList<>(waiterThreads());
        own.removeAll(before);
        assertEquals(1, own.size());
        client.close();
        assertFalse(recorder.calls().contains("close"));
        own.get(0).join(30_000);
        assertFalse(own.get(0).isAlive());
    }

    private static List<Thread> waiterThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("s3-envelope-waiter"))
                .toList();
    }

    private EnvelopeS3AsyncClient client(EncryptionMode mode) {
        return EnvelopeS3AsyncClient.builder()
                .wrapping(recorder.async())
                .policy(EncryptionPolicy.always(mode))
                .build();
    }

    private EnvelopeS3AsyncClient client(EncryptionMode mode, CompletableFuture<Optional<AccountId>> account) {
        return EnvelopeS3AsyncClient.builder()
                .wrapping(recorder.async())
                .policy(EncryptionPolicy.always(mode))
                .writeGuard(WriteGuard.builder()
                        .callerIdentity(() -> account)
                        .bucketDirectory(BucketDirectory.builder()
                                .allOthersOwnedBy(AccountId.of("111122223333"))
                                .build())
                        .build())
                .build();
    }

    /** Counts what a response transformer is told. */
    private static final class Told implements AsyncResponseTransformer<GetObjectResponse, String> {
        private final List<Throwable> failures = new ArrayList<>();
        private int responses;
        private CompletableFuture<String> future;

        @Override
        public CompletableFuture<String> prepare() {
            future = new CompletableFuture<>();
            return future;
        }

        @Override
        public void onResponse(GetObjectResponse response) {
            responses++;
        }

        @Override
        public void onStream(SdkPublisher<ByteBuffer> publisher) {
            future.complete("done");
        }

        @Override
        public void exceptionOccurred(Throwable failure) {
            failures.add(failure);
            if (future != null) {
                future.completeExceptionally(failure);
            }
        }
    }
}
