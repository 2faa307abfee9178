package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.EnvelopeException;
import org.jspecify.annotations.Nullable;

/** The object is not the one a read was planned for: it was replaced in between, or remembered wrongly. Plan again. */
final class StaleLayoutException extends EnvelopeException {
    private static final long serialVersionUID = 1L;

    StaleLayoutException(String object) {
        this(object, null);
    }

    StaleLayoutException(String object, @Nullable Throwable cause) {
        super("The object " + object + " was replaced while it was read. Read it again.", cause);
    }
}
