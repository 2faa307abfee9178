package dev.s3envelope.core.guard;

import dev.s3envelope.core.arn.AccountId;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Whose request it is. Asked for writes that name a key by alias, by id or not at all, for AWS looks those up in the
 * caller's account; never for a full key ARN.
 *
 * <p>Implementations are safe for use by several threads and ask AWS at most once while the answer holds. Those over a
 * synchronous client complete before they return; those over an asynchronous one do not block.
 */
@FunctionalInterface
public interface CallerIdentity {
    /**
     * The account of the credentials that sign the requests; empty if nobody knows. The stage fails with
     * {@link dev.s3envelope.core.LookupFailedException} if it could not be learned this time.
     */
    CompletionStage<Optional<AccountId>> account();

    /** An account known from configuration. */
    static CallerIdentity of(AccountId account) {
        Optional<AccountId> known = Optional.of(account);
        return () -> CompletableFuture.completedFuture(known);
    }

    /** Not known: every write that needs it is treated as cross-account. */
    static CallerIdentity unknown() {
        return () -> CompletableFuture.completedFuture(Optional.empty());
    }
}
