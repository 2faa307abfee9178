package dev.s3envelope.core;

import org.jspecify.annotations.Nullable;

/** No key of the reader or writer could produce the data key: every wrapped key was refused, unknown or unreadable. The
 * message lists each key tried and why; causes are attached as suppressed exceptions. */
public final class KeyringException extends EnvelopeException {
    private static final long serialVersionUID = 1L;

    public KeyringException(String message) {
        super(message);
    }

    public KeyringException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
