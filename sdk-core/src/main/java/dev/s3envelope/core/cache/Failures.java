package dev.s3envelope.core.cache;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.access.AccessReport;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.exception.SdkClientException;

/** Tells apart what a keyring fails with. */
final class Failures {
    private static final Set<String> DENIALS = Set.of("AccessDeniedException", "AccessDenied");

    private Failures() {}

    /** Throttling, a 5xx answer, or a network that did not answer; nothing of our own. */
    static boolean isTransient(Throwable failure) {
        if (failure instanceof AwsServiceException answer) {
            return answer.isThrottlingException() || answer.statusCode() >= 500 || answer.statusCode() == 429;
        }
        return failure instanceof RetryableException
                || (failure instanceof SdkClientException && !(failure instanceof EnvelopeException));
    }

    static boolean isDenial(Throwable failure) {
        return failure instanceof AwsServiceException answer
                && answer.awsErrorDetails() != null
                && DENIALS.contains(String.valueOf(answer.awsErrorDetails().errorCode()));
    }

    /** The failure as a new instance, so that what one caller attaches to it does not show up at another's; the report on it comes along. */
    static Throwable copy(Throwable denial) {
        if (!(denial instanceof AwsServiceException answer)) {
            return denial;
        }
        AwsServiceException copy = answer.toBuilder().build();
        AccessReport.of(denial).ifPresent(report -> report.attachTo(copy));
        return copy;
    }
}
