package dev.s3envelope.core.guard;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.arn.KeyReference;
import dev.s3envelope.core.internal.StageFailures;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Asks the directory once per key. While one look-up is under way others wait for it; a failed one is forgotten. The look-up
 * itself runs outside the cache, for a synchronous directory blocks and must not hold up other keys.
 */
final class KeyMemory {
    private static final int MOST = 10_000;

    /** An unqualified name means another key for another caller. */
    private record Name(Optional<AccountId> caller, KeyReference key) {}

    private final KeyDirectory directory;
    private final Cache<Name, CompletableFuture<KeyFacts>> known =
            Caffeine.newBuilder().maximumSize(MOST).executor(Runnable::run).build();

    KeyMemory(KeyDirectory directory) {
        this.directory = directory;
    }

    CompletionStage<KeyFacts> describe(Optional<AccountId> caller, KeyReference key) {
        Name name = new Name(caller, key);
        CompletableFuture<KeyFacts> mine = new CompletableFuture<>();
        CompletableFuture<KeyFacts> first = known.asMap().putIfAbsent(name, mine);
        if (first != null) {
            return first.minimalCompletionStage();
        }
        try {
            directory.describe(key).whenComplete((facts, failure) -> {
                if (failure == null) {
                    mine.complete(facts);
                } else {
                    fail(name, mine, StageFailures.unwrap(failure));
                }
            });
        } catch (RuntimeException e) {
            fail(name, mine, e);
        }
        return mine.minimalCompletionStage();
    }

    /** Forgotten first, so that whoever sees the failure and tries again is not given it again. */
    private void fail(Name name, CompletableFuture<KeyFacts> mine, Throwable failure) {
        known.asMap().remove(name, mine);
        mine.completeExceptionally(failure);
    }

    void forget() {
        known.invalidateAll();
    }
}
