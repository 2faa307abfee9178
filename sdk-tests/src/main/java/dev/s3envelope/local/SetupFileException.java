package dev.s3envelope.local;

import dev.s3envelope.core.EnvelopeException;
import org.jspecify.annotations.Nullable;

/** A set-up file that cannot be read or applied. The message names the place, such as {@code accounts.111122223333.users.alice}. */
public final class SetupFileException extends EnvelopeException {
    private static final long serialVersionUID = 1L;

    private final String path;

    SetupFileException(String path, String problem, @Nullable Throwable cause) {
        super((path.isEmpty() ? "set-up file" : path) + ": " + problem, cause);
        this.path = path;
    }

    /** The place in the document, its names joined by dots; empty text for the document itself. */
    public String path() {
        return path;
    }
}
