package dev.s3envelope.core.s3ec;

import dev.s3envelope.core.keyring.DataKey;
import dev.s3envelope.core.keyring.RequestCredentials;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Makes and unwraps the data keys of S3 Encryption Client objects, which hold exactly one wrapped key each. {@link S3ecAesKeyring} and
 * {@link S3ecRsaKeyring} use local keys and complete before they return; with KMS the call is made where a KMS client is.
 *
 * <p>Stages complete exceptionally with {@link dev.s3envelope.core.KeyringException} where the key does not fit. Implementations are safe for use by
 * several threads. Data keys belong to the caller, who closes them.
 */
public interface S3ecKeyring {
    /** How this keyring wraps. It opens envelopes of this wrapping only. */
    S3ecWrapping wrapping();

    /**
     * Makes a data key and wraps it for {@code suite}.
     *
     * @param description the caller's KMS encryption context, without the reserved key, or a material description
     */
    CompletionStage<S3ecMaterials> generate(S3ecSuite suite, Map<String, String> description);

    /**
     * Unwraps an object's data key. A key wrapped for the other suite does not open: that is what stops an object's metadata from being
     * rewritten to a suite without commitment.
     *
     * @param expected the KMS encryption context the reader expects, as in {@link S3ecKmsContext#forRead}; local keys authenticate no
     *     description and ignore it
     */
    CompletionStage<DataKey> unwrap(S3ecEnvelope envelope, Map<String, String> expected);

    /** Whether calls may block the calling thread, for example on a synchronous KMS client. */
    default boolean blocking() {
        return false;
    }

    /**
     * Returns this keyring for one request, on behalf of whoever makes it; as {@link dev.s3envelope.core.keyring.Keyring#onBehalfOf}. Keyrings without
     * credentials return themselves.
     */
    default CompletionStage<S3ecKeyring> onBehalfOf(RequestCredentials credentials) {
        return CompletableFuture.completedFuture(this);
    }
}
