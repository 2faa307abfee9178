package dev.s3envelope.s3.internal.preflight;

import dev.s3envelope.core.access.AccessEvidence;
import dev.s3envelope.core.arn.KeyArn;
import java.util.stream.Collectors;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.s3.model.AccessDeniedException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** The failures of requests that a preflight stops. They are S3's own type, with status 403, so that existing handlers see what they expect. */
final class Refusals {
    private static final int FORBIDDEN = 403;

    private Refusals() {}

    /** What a request is told that the KMS gate does not let through; made here and nowhere else. */
    static S3Exception denied(String what, String action, KeyArn key, KeyVerdict verdict) {
        String message = what + " is refused before it is sent: the KMS gate denies " + action + " on key " + key
                + ". Seen: "
                + verdict.gate().evidence().stream().map(AccessEvidence::detail).collect(Collectors.joining("; then "))
                + " Allow " + action
                + " to this principal in the key policy or, where that delegates to the account, in its IAM policies; or enable the key."
                + " (Checked by the S3 Envelope SDK's preflight.)";
        AwsErrorDetails details = AwsErrorDetails.builder()
                .errorCode("AccessDenied")
                .errorMessage(message)
                .serviceName("S3")
                .build();
        return (S3Exception) AccessDeniedException.builder()
                .statusCode(FORBIDDEN)
                .awsErrorDetails(details)
                .message(message)
                .build();
    }

    /** S3's own refusal of a probe, for the request it was made for; an exception of its own each time, since callers attach things to it. */
    static S3Exception repeated(S3Exception refusal) {
        return (S3Exception) refusal.toBuilder().cause(refusal).build();
    }
}
