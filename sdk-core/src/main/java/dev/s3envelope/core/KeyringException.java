package dev.s3envelope.core;

import java.util.List;
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

    /**
     * Several failures as one: each message on a line of its own, each failure suppressed.
     *
     * @param lead what failed, with a colon at its end
     */
    public static KeyringException ofAll(String lead, List<? extends Throwable> failures) {
        StringBuilder message = new StringBuilder(lead);
        failures.forEach(failure -> message.append("\n  ").append(failure.getMessage()));
        KeyringException result = new KeyringException(message.toString());
        failures.forEach(result::addSuppressed);
        return result;
    }
}
