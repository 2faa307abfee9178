package dev.s3envelope.core.keyring;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Makes data keys, wraps them, and unwraps them again.
 *
 * <p>One interface for local keys, KMS with a synchronous client, KMS with an asynchronous client, several keyrings together, and a
 * cache in front of any of them. Keyrings that need no network return completed stages, so that a synchronous caller joins without
 * waiting. A keyring whose methods block the calling thread says so with {@link #blocking()}; an asynchronous caller then runs it on
 * an executor of its own, never on an event loop. What dependents of a stage do runs on whichever thread completes it and must
 * be short.
 *
 * <p>Stages complete exceptionally, never with null, with {@link dev.s3envelope.core.KeyringException} where no key fits and with the
 * original AWS exception where KMS answered with one. Implementations are safe for use by several threads. Data keys they return
 * belong to the caller, who closes them. Source: AWS Encryption SDK specification, framework/keyring-interface.
 */
public interface Keyring {
    /** Makes a new data key, or takes one from a cache, with its wrapped forms. */
    CompletionStage<EncryptionMaterials> generate(EncryptionMaterialsRequest request);

    /**
     * Wraps a data key another keyring made, once for each wrapping key of this one.
     *
     * @param dataKey stays the caller's, who keeps it open until the stage is complete
     */
    CompletionStage<List<WrappedKey>> wrap(DataKey dataKey, EncryptionMaterialsRequest request);

    /** Unwraps the first wrapped key this keyring can open; it ignores those of other providers or names. */
    CompletionStage<DataKey> unwrap(DecryptionMaterialsRequest request);

    /** Returns whether calls may block the calling thread, for example on a synchronous KMS client. */
    default boolean blocking() {
        return false;
    }

    /**
     * Returns this keyring for one request, on behalf of whoever makes it: credentials are resolved once, here, and every call of the returned keyring
     * is signed with just those. A client asks at the start of each request, on the caller's thread, because a credentials provider that
     * is not asynchronous answers on the thread that asks, possibly after a call of its own.
     *
     * <p>The stage fails with the provider's exception where it has no credentials. Keyrings without credentials return themselves.
     *
     * @param credentials of the request; without any, those the keyring's own clients are configured with
     */
    default CompletionStage<Keyring> onBehalfOf(RequestCredentials credentials) {
        return CompletableFuture.completedFuture(this);
    }

    /**
     * Returns an opaque digest of the credentials a keyring from {@link #onBehalfOf} signs with. A cache never serves a data key across principals, so
     * that nobody uses a key that was granted to somebody else; credentials that were rotated are another principal. Empty where no
     * credentials are involved, or not resolved yet.
     */
    default Optional<String> principal() {
        return Optional.empty();
    }

    /**
     * Materials this keyring has at hand, as {@link #generate} would give them; empty where it would have to ask, or does not know yet who asks. Never blocks. A client
     * whose threads must not wait takes these before it gives a {@linkplain #blocking() blocking} keyring a thread of its own.
     */
    default Optional<EncryptionMaterials> materialsAtHand(EncryptionMaterialsRequest request) {
        return Optional.empty();
    }

    /** The data key this keyring has at hand, as {@link #unwrap} would give it; empty as {@link #materialsAtHand} says. Never blocks. */
    default Optional<DataKey> keyAtHand(DecryptionMaterialsRequest request) {
        return Optional.empty();
    }
}
