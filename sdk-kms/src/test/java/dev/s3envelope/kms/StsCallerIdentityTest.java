package dev.s3envelope.kms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.LookupFailedException;
import dev.s3envelope.core.arn.AccountId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.sts.StsAsyncClient;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.GetCallerIdentityRequest;
import software.amazon.awssdk.services.sts.model.GetCallerIdentityResponse;

class StsCallerIdentityTest {
    private static final Optional<AccountId> ONE = Optional.of(AccountId.of("111122223333"));
    private static final Optional<AccountId> TWO = Optional.of(AccountId.of("444455556666"));

    private final AtomicInteger calls = new AtomicInteger();

    private StsClient client(Supplier<GetCallerIdentityResponse> answer) {
        return new StsClient() {
            @Override
            public GetCallerIdentityResponse getCallerIdentity(GetCallerIdentityRequest request) {
                calls.incrementAndGet();
                return answer.get();
            }

            @Override
            public GetCallerIdentityResponse getCallerIdentity() {
                return getCallerIdentity(GetCallerIdentityRequest.builder().build());
            }

            @Override
            public String serviceName() {
                return "sts";
            }

            @Override
            public void close() {
                throw new AssertionError("not ours to close");
            }
        };
    }

    private StsAsyncClient async(Supplier<CompletableFuture<GetCallerIdentityResponse>> answer) {
        return new StsAsyncClient() {
            @Override
            public CompletableFuture<GetCallerIdentityResponse> getCallerIdentity(GetCallerIdentityRequest request) {
                calls.incrementAndGet();
                return answer.get();
            }

            @Override
            public CompletableFuture<GetCallerIdentityResponse> getCallerIdentity() {
                return getCallerIdentity(GetCallerIdentityRequest.builder().build());
            }

            @Override
            public String serviceName() {
                return "sts";
            }

            @Override
            public void close() {
                throw new AssertionError("not ours to close");
            }
        };
    }

    private static GetCallerIdentityResponse account(String account) {
        return GetCallerIdentityResponse.builder().account(account).build();
    }

    private static Optional<AccountId> now(StsCallerIdentity identity) {
        CompletableFuture<Optional<AccountId>> stage = identity.account().toCompletableFuture();
        assertTrue(stage.isDone(), "a synchronous client answers before the method returns");
        return stage.join();
    }

    private static void fails(StsCallerIdentity identity, String essential) {
        CompletionException e = assertThrows(
                CompletionException.class,
                () -> identity.account().toCompletableFuture().join());
        LookupFailedException failure = assertInstanceOf(LookupFailedException.class, e.getCause());
        assertTrue(String.valueOf(failure.getMessage()).contains(essential), failure::getMessage);
        assertTrue(String.valueOf(failure.getMessage()).contains("sts:GetCallerIdentity"), failure::getMessage);
    }

    @Test
    void asksOnce() {
        StsCallerIdentity identity = StsCallerIdentity.of(client(() -> account("111122223333")));

        for (int i = 0; i < 5; i++) {
            assertEquals(ONE, now(identity));
        }
        assertEquals(1, calls.get());
    }

    @Test
    void asksAgain_afterRefresh() {
        StsCallerIdentity identity =
                StsCallerIdentity.of(client(() -> account(calls.get() == 1 ? "111122223333" : "444455556666")));
        assertEquals(ONE, now(identity));

        identity.refresh();

        assertEquals(TWO, now(identity));
        assertEquals(2, calls.get());
    }

    @Test
    void doesNotRememberAFailure() {
        StsCallerIdentity identity = StsCallerIdentity.of(client(() -> {
            if (calls.get() == 1) {
                throw SdkClientException.create("no route to host");
            }
            return account("111122223333");
        }));

        fails(identity, "no route to host");
        assertEquals(ONE, now(identity));
        assertEquals(2, calls.get());
    }

    @Test
    void refusesAnAnswerThatIsNoAccount() {
        fails(StsCallerIdentity.of(client(() -> account("x"))), "Not an AWS account id");
        fails(
                StsCallerIdentity.of(
                        client(() -> GetCallerIdentityResponse.builder().build())),
                "Not an AWS account id");
    }

    @Test
    void sharesOneCallAmongWaiters_withoutBlocking() {
        CompletableFuture<GetCallerIdentityResponse> answer = new CompletableFuture<>();
        StsCallerIdentity identity = StsCallerIdentity.of(async(() -> answer));
        List<CompletableFuture<Optional<AccountId>>> waiting = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            waiting.add(identity.account().toCompletableFuture());
        }
        assertFalse(waiting.stream().anyMatch(CompletableFuture::isDone));

        waiting.get(0).cancel(true);
        answer.complete(account("111122223333"));

        waiting.subList(1, 10).forEach(stage -> assertEquals(ONE, stage.join()));
        assertEquals(1, calls.get());
    }

    @Test
    void retriesFromWithinTheFailure_withoutMeetingItAgain() {
        CompletableFuture<GetCallerIdentityResponse> first = new CompletableFuture<>();
        StsCallerIdentity identity = StsCallerIdentity.of(
                async(() -> calls.get() == 1 ? first : CompletableFuture.completedFuture(account("111122223333"))));
        CompletableFuture<Optional<AccountId>> retried = identity.account()
                .exceptionallyCompose(failure -> identity.account())
                .toCompletableFuture();

        first.completeExceptionally(SdkClientException.create("reset"));

        assertEquals(ONE, retried.join());
    }

    @Test
    void keepsTheNewAnswer_whenAnOldCallFailsAfterRefresh() {
        CompletableFuture<GetCallerIdentityResponse> first = new CompletableFuture<>();
        StsCallerIdentity identity = StsCallerIdentity.of(
                async(() -> calls.get() == 1 ? first : CompletableFuture.completedFuture(account("444455556666"))));
        CompletableFuture<Optional<AccountId>> old = identity.account().toCompletableFuture();
        identity.refresh();
        assertEquals(TWO, now(identity));

        first.completeExceptionally(SdkClientException.create("late"));

        assertTrue(old.isCompletedExceptionally());
        assertEquals(TWO, now(identity));
        assertEquals(2, calls.get());
    }

    @Test
    void makesOneCall_whenManyThreadsAskTheSynchronousClient() throws Exception {
        CountDownLatch all = new CountDownLatch(8);
        StsCallerIdentity identity = StsCallerIdentity.of(client(() -> {
            try {
                // Held until every thread has asked or is about to.
                assertTrue(all.await(30, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return account("111122223333");
        }));
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<Optional<AccountId>>> answers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                answers.add(threads.submit(() -> {
                    all.countDown();
                    return identity.account().toCompletableFuture().join();
                }));
            }
            for (Future<Optional<AccountId>> answer : answers) {
                assertEquals(ONE, answer.get(30, TimeUnit.SECONDS));
            }
        } finally {
            threads.shutdownNow();
        }
        assertEquals(1, calls.get());
    }
}
