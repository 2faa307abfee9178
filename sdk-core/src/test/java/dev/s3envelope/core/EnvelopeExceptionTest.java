package dev.s3envelope.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkException;

final class EnvelopeExceptionTest {
    @Test
    void keepsItsType_whenTheSdkCopiesIt() {
        SdkException refused = new IntegrityException("frame 3 is not authentic");
        assertSame(refused, refused.toBuilder().numAttempts(2).build());
    }

    @Test
    void isNeverRetried_andKeepsMessageAndCause() {
        RuntimeException cause = new IllegalStateException("why");
        EnvelopeException refused = new KeyringException("no key opens it", cause);
        assertFalse(refused.retryable());
        assertEquals("no key opens it", refused.getMessage());
        assertSame(cause, refused.getCause());
    }
}
