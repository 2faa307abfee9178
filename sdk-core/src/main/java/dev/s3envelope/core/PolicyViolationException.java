package dev.s3envelope.core;

import org.jspecify.annotations.Nullable;

/** A request asked for an encryption mode other than the one an enforcing policy rule prescribes for its object. Nothing was
 * sent. The message names the rule. */
public final class PolicyViolationException extends EnvelopeException {
    private static final long serialVersionUID = 1L;

    public PolicyViolationException(String message) {
        super(message);
    }

    public PolicyViolationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
