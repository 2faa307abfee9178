package dev.s3envelope.local.internal.kms;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.function.Executable;
import software.amazon.awssdk.services.kms.model.KmsException;

/** Errors as a client of KMS sees them. */
final class KmsErrorsSeen {
    static final String WOULD_SUCCEED = "The request would have succeeded, but the DryRun option is set.";

    private KmsErrorsSeen() {}

    /** Asserts status 400 and the error code; answers the message. */
    static String refused(String code, Executable call) {
        KmsException e = assertThrows(KmsException.class, call);
        assertEquals(code, e.awsErrorDetails().errorCode());
        assertEquals(400, e.statusCode());
        return e.awsErrorDetails().errorMessage();
    }

    static void dryRunSucceeds(Executable call) {
        assertEquals(WOULD_SUCCEED, refused("DryRunOperationException", call));
    }
}
