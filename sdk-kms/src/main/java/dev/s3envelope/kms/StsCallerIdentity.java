package dev.s3envelope.kms;

import dev.s3envelope.core.LookupFailedException;
import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.guard.CallerIdentity;
import dev.s3envelope.core.internal.StageFailures;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import software.amazon.awssdk.services.sts.StsAsyncClient;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.GetCallerIdentityResponse;

/**
 * Learns the caller's account with STS GetCallerIdentity: one call for the life of this object, which needs no permission. It
 * must be given a client with the credentials that the S3 client uses.
 *
 * <p>While the call is under way others wait for it; a failure is not remembered and fails with {@link LookupFailedException}.
 * Source: AWS STS API Reference, "GetCallerIdentity". Safe for use by several threads. The client is the application's: it is
 * never closed here.
 */
public final class StsCallerIdentity implements CallerIdentity {
    private final Supplier<CompletableFuture<GetCallerIdentityResponse>> ask;
    private final AtomicReference<CompletableFuture<Optional<AccountId>>> known = new AtomicReference<>();

    private StsCallerIdentity(Supplier<CompletableFuture<GetCallerIdentityResponse>> ask) {
        this.ask = ask;
    }

    /** Over a synchronous client: the first call is made, and its stage completed, before {@link #account} returns. */
    public static StsCallerIdentity of(StsClient client) {
        Objects.requireNonNull(client, "client");
        return new StsCallerIdentity(() -> CompletableFuture.completedFuture(client.getCallerIdentity()));
    }

    /** Over an asynchronous client: the stage completes on the client's completion thread, and nothing blocks. */
    public static StsCallerIdentity of(StsAsyncClient client) {
        Objects.requireNonNull(client, "client");
        return new StsCallerIdentity(client::getCallerIdentity);
    }

    /** Forgets the account, so that the next write asks again; for credentials that moved to another account. */
    public void refresh() {
        known.set(null);
    }

    @Override
    public CompletionStage<Optional<AccountId>> account() {
        CompletableFuture<Optional<AccountId>> mine = new CompletableFuture<>();
        CompletableFuture<Optional<AccountId>> first = known.compareAndExchange(null, mine);
        if (first != null) {
            return first.minimalCompletionStage();
        }
        CompletionStage<GetCallerIdentityResponse> answer;
        try {
            answer = ask.get();
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        answer.thenApply(StsCallerIdentity::account).whenComplete((account, failure) -> {
            if (failure == null) {
                mine.complete(account);
            } else {
                // Forgotten first, so that whoever sees the failure and tries again is not given it again.
                known.compareAndSet(mine, null);
                mine.completeExceptionally(explained(failure));
            }
        });
        return mine.minimalCompletionStage();
    }

    private static Optional<AccountId> account(GetCallerIdentityResponse response) {
        String account = response.account();
        return Optional.of(AccountId.of(account == null ? "" : account));
    }

    private static LookupFailedException explained(Throwable failure) {
        Throwable cause = StageFailures.unwrap(failure);
        return new LookupFailedException(
                "The caller's account could not be learned with sts:GetCallerIdentity: " + cause.getMessage()
                        + ". Give full key ARNs, which do not need it, or configure the account (CallerIdentity.of).",
                cause);
    }
}
