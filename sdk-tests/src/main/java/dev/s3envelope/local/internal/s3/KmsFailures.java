package dev.s3envelope.local.internal.s3;

import dev.s3envelope.local.internal.http.AwsError;
import java.util.function.Supplier;

/** How S3 reports what KMS refused. */
final class KmsFailures {
    private KmsFailures() {}

    static <T> T translated(Supplier<T> call) {
        try {
            return call.get();
        } catch (AwsError e) {
            throw translate(e);
        }
    }

    static AwsError translate(AwsError kms) {
        return switch (kms.code()) {
            case "AccessDeniedException" -> new AwsError(403, "AccessDenied", kms.text());
            case "ThrottlingException", "LimitExceededException" ->
                new AwsError(503, "SlowDown", "Please reduce your request rate for operations involving AWS KMS.");
            case "KMSInternalException", "DependencyTimeoutException", "KeyUnavailableException" ->
                new AwsError(503, "ServiceUnavailable", "Reduce your request rate.");
            default ->
                kms.status() >= 500
                        ? new AwsError(500, "InternalError", "We encountered an internal error. Please try again.")
                        : new AwsError(400, "KMS." + kms.code(), kms.text());
        };
    }
}
