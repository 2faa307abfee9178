package dev.s3envelope.core.access;

import dev.s3envelope.core.keyring.RequestCredentials;
import java.util.concurrent.CompletionStage;

/**
 * Learns who signs a request. Asked only where an error does not name the principal and the application allows further calls.
 *
 * <p>Where {@link #blocking} is false, no method waits. Implementations are safe for use by several threads.
 */
public interface PrincipalLookup {
    /** The ARN of the principal behind these credentials, those of the client if they are none; the stage fails if it could not be learned. */
    CompletionStage<String> arn(RequestCredentials credentials);

    /** Whether {@link #arn} may wait on the calling thread. */
    boolean blocking();
}
