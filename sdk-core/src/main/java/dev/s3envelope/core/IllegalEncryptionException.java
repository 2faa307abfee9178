package dev.s3envelope.core;

import org.jspecify.annotations.Nullable;

/** The encryption parameters of one request or mode contradict each other, or break a limit of the service: SSE-C together
 * with SSE-KMS, a key id without KMS, a bucket key under DSSE, a malformed encryption context. Nothing was sent. */
public final class IllegalEncryptionException extends EnvelopeException {
    private static final long serialVersionUID = 1L;

    public IllegalEncryptionException(String message) {
        super(message);
    }

    public IllegalEncryptionException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
