package dev.s3envelope.core;

import org.jspecify.annotations.Nullable;

/** A customer-provided key would have travelled over plain HTTP to a host that is not loopback. Nothing was sent. */
public final class InsecureTransportException extends EnvelopeException {
    private static final long serialVersionUID = 1L;

    public InsecureTransportException(String message) {
        super(message);
    }

    public InsecureTransportException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
