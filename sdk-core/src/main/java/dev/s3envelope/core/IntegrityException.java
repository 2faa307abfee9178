package dev.s3envelope.core;

import org.jspecify.annotations.Nullable;

/** Encrypted data failed authentication, or is not the object that was asked for: a changed, truncated, reordered or moved
 * message, a wrong key, a broken commitment. No plaintext beyond what was already verified has been released. Never retried. */
public final class IntegrityException extends EnvelopeException {
    private static final long serialVersionUID = 1L;

    public IntegrityException(String message) {
        super(message);
    }

    public IntegrityException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
