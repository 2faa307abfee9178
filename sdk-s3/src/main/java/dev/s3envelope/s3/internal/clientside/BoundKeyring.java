package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.internal.StageFailures;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A keyring on behalf of whoever makes a request, or the reason why it is of no use to them, such as missing credentials: another one may open the object,
 * so the reason is told only when this one is asked.
 *
 * @param keyring bound to the request, unless it is unusable
 * @param <K> the kind of keyring
 */
record BoundKeyring<K>(K keyring, @Nullable Throwable unusable) {
    /** Binds a keyring; the stage does not fail. */
    static <K> CompletionStage<BoundKeyring<K>> of(K keyring, Function<K, CompletionStage<K>> bind) {
        CompletionStage<K> bound;
        try {
            bound = bind.apply(keyring);
        } catch (RuntimeException e) {
            bound = CompletableFuture.failedFuture(e);
        }
        return bound.handle((usable, failure) -> failure == null
                ? new BoundKeyring<>(usable, null)
                : new BoundKeyring<>(keyring, StageFailures.unwrap(failure)));
    }

    /** Asks the keyring, if it can be asked. */
    <V> CompletionStage<V> ask(Function<K, CompletionStage<V>> question) {
        Throwable reason = unusable;
        return reason == null ? question.apply(keyring) : CompletableFuture.failedFuture(reason);
    }
}
