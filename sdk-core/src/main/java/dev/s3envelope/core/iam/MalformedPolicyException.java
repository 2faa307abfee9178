package dev.s3envelope.core.iam;

import dev.s3envelope.core.EnvelopeException;
import org.jspecify.annotations.Nullable;

/**
 * A policy document that AWS would refuse to store: bad JSON, a missing or unknown element, a principal where none may be, a
 * document over its size limit. Correct the document; the message names it and the place.
 */
public final class MalformedPolicyException extends EnvelopeException {
    private static final long serialVersionUID = 1L;

    private final String reason;

    MalformedPolicyException(String document, String reason, @Nullable String where) {
        this(document, reason, where, null);
    }

    MalformedPolicyException(String document, String reason, @Nullable String where, @Nullable Throwable cause) {
        super("Policy '" + document + "' refused: " + reason + (where == null ? "" : " (" + where + ")"), cause);
        this.reason = reason;
    }

    /** What is wrong, in words close to those AWS returns, without the document's name and the place. */
    public String reason() {
        return reason;
    }
}
