package dev.s3envelope.core;

import org.jspecify.annotations.Nullable;

/** Something that had to be asked of AWS before a request could be made (which key an alias names, which account the caller
 * is, the MAC an SSE-C key follows from) could not be learned: not permitted, throttled, unreachable. It says nothing against the key. Nothing was sent to S3. */
public final class LookupFailedException extends EnvelopeException {
    private static final long serialVersionUID = 1L;

    public LookupFailedException(String message) {
        super(message);
    }

    public LookupFailedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
