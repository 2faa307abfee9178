package dev.s3envelope.core.guard;

import dev.s3envelope.core.IllegalKeyException;
import dev.s3envelope.core.arn.KeyReference;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Looks a key up by any of its names. It need not remember anything: the guard asks once per key and keeps the answer.
 *
 * <p>Implementations are safe for use by several threads. Those over a synchronous client complete before they return; those
 * over an asynchronous one do not block.
 */
@FunctionalInterface
public interface KeyDirectory {
    /**
     * What KMS says of the key. The stage fails with {@link IllegalKeyException} if KMS knows no such key, and with
     * {@link dev.s3envelope.core.LookupFailedException} if KMS would not or could not say.
     */
    CompletionStage<KeyFacts> describe(KeyReference key);

    /** No directory: every look-up is refused, with the advice to give the full key ARN. */
    static KeyDirectory none() {
        return key -> CompletableFuture.failedFuture(
                new IllegalKeyException(
                        "Key " + key
                                + " cannot be resolved to an ARN: no key directory is configured. Give the full key ARN, or a KMS client."));
    }
}
