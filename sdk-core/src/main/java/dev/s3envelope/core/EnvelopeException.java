package dev.s3envelope.core;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * The root of everything this SDK refuses or detects by itself, as opposed to what AWS answered.
 *
 * <p>It extends {@link SdkClientException} so that code written for the plain AWS SDK handles it unchanged, and it is
 * never retryable: the same request would be refused again. There is one subclass for each thing a caller does
 * differently. Messages say what was refused, for which object, key or principal, and what to do; they never contain
 * key material, plaintext or signed URLs.
 */
public class EnvelopeException extends SdkClientException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message that stands on its own. */
    public EnvelopeException(String message) {
        this(message, null);
    }

    /** Creates an exception with a message that stands on its own and the failure that led to it, if any. */
    public EnvelopeException(String message, @Nullable Throwable cause) {
        super(SdkClientException.builder().message(message).cause(cause));
    }

    @Override
    public final boolean retryable() {
        return false;
    }

    /**
     * A builder that builds this very exception, whatever is set on it: the AWS SDK copies the exceptions that pass its retry
     * stage, and a copy made by the inherited builder would no longer be of our type.
     */
    @Override
    public final SdkClientException.Builder toBuilder() {
        return new Unchanged(this);
    }

    private static final class Unchanged extends SdkClientException.BuilderImpl {
        private final EnvelopeException original;

        Unchanged(EnvelopeException original) {
            this.original = original;
        }

        @Override
        public EnvelopeException build() {
            return original;
        }
    }
}
