package dev.s3envelope.core;

import org.jspecify.annotations.Nullable;

/** The operation could read, write or expose object bytes in a way that the object's mode does not support, so it was refused
 * rather than passed on. Nothing was sent. The message gives the reason and the alternative. */
public final class OperationRefusedException extends EnvelopeException {
    private static final long serialVersionUID = 1L;

    public OperationRefusedException(String message) {
        super(message);
    }

    public OperationRefusedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
