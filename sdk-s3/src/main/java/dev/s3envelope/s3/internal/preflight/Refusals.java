package dev.s3envelope.s3.internal.preflight;

import dev.s3envelope.core.access.AccessEvidence;
import dev.s3envelope.core.access.AccessReport;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.s3.internal.OperationTreatment;
import java.util.stream.Collectors;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.s3.model.AccessDeniedException;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Request;

/** The failures of requests that a preflight stops. They are S3's own type, with status 403, so that existing handlers see what they expect. */
final class Refusals {
    private static final int FORBIDDEN = 403;

    private Refusals() {}

    /**
     * What a request is told that the KMS gate does not let through; made here and nowhere else. It carries a report.
     *
     * @param what the beginning of a sentence, such as {@code Reading s3://bucket/key}
     */
    static S3Exception denied(
            String what,
            S3Request request,
            ObjectAddress object,
            String action,
            StoredUnder.Key under,
            KeyVerdict verdict) {
        KeyArn key = under.arn();
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
        S3Exception denied = (S3Exception) AccessDeniedException.builder()
                .statusCode(FORBIDDEN)
                .awsErrorDetails(details)
                .message(message)
                .build();
        AccessReport.Builder report = AccessReport.builder(OperationTreatment.operationName(request))
                .object(object)
                .key(key)
                .kmsAction(action)
                .verdict(verdict.gate())
                .note("No request was sent: the preflight of this client stopped it.");
        under.context(object).ifPresent(context -> report.encryptionContext(context.asMap()));
        report.build().attachTo(denied);
        return denied;
    }

    /** S3's own refusal of a probe, for the request it was made for; an exception of its own each time, since callers attach things to it. */
    static S3Exception repeated(S3Exception refusal) {
        return (S3Exception) refusal.toBuilder().cause(refusal).build();
    }
}
