package dev.s3envelope.core;

import org.jspecify.annotations.Nullable;

/** A KMS key reference is malformed or may not be used where it was given: an alias, a bare id or the aws/s3 key in a
 * cross-account write, a key of another Region, an asymmetric key. Nothing was sent. Give the full key ARN of a key that the
 * message says is allowed. */
public final class IllegalKeyException extends EnvelopeException {
    private static final long serialVersionUID = 1L;

    public IllegalKeyException(String message) {
        super(message);
    }

    public IllegalKeyException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
