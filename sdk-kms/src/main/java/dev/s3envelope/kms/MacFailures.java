package dev.s3envelope.kms;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IllegalKeyException;
import dev.s3envelope.core.LookupFailedException;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.internal.StageFailures;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/**
 * Says what it means for SSE-C keys that GenerateMac failed, and what to do. A key that is no use is {@link IllegalKeyException}; one that nothing is known against
 * is {@link LookupFailedException}. Source: AWS KMS API Reference, "GenerateMac", Errors.
 */
final class MacFailures {
    private static final Set<String> DENIALS = Set.of("AccessDeniedException", "AccessDenied");

    private MacFailures() {}

    static EnvelopeException explained(String source, KeyArn key, int version, Throwable failure) {
        Throwable cause = StageFailures.unwrap(failure);
        if (cause instanceof EnvelopeException own) {
            return own;
        }
        String said = said(cause);
        String what = "The keys of version " + version + " of SSE-C key source " + source
                + " cannot be derived: KMS computes no MAC with " + key + ". ";
        return switch (code(cause)) {
            case "NotFoundException" ->
                new IllegalKeyException(
                        what
                                + "It knows no such key in the Region of the client (" + said
                                + "). If the key was deleted, objects under it cannot be read any more, except with a replica of a multi-Region key"
                                + " or another copy of the data. Check the ARN, and that client and key are of one Region.",
                        cause);
            case "InvalidArnException" ->
                new IllegalKeyException(
                        what + "The ARN is not one of the client's Region (" + said
                                + "). Use a KMS client of the key's Region.",
                        cause);
            case "DisabledException" ->
                new IllegalKeyException(
                        what + "The key is disabled (" + said
                                + "). Enable it with kms:EnableKey, after kms:CancelKeyDeletion if its deletion is pending; objects under it cannot be read or written until then.",
                        cause);
            case "KMSInvalidStateException" ->
                new IllegalKeyException(
                        what + "Its state does not allow it (" + said
                                + "). If its deletion is pending, cancel that with kms:CancelKeyDeletion and enable the key: once it is deleted,"
                                + " nothing brings the keys of these objects back.",
                        cause);
            case "InvalidKeyUsageException" ->
                new IllegalKeyException(
                        what + "It is not an HMAC_256 key with usage GENERATE_VERIFY_MAC (" + said
                                + "). A key's spec and usage never change: make a key of that kind and name it.",
                        cause);
            case "AccessDeniedException", "AccessDenied" ->
                new LookupFailedException(
                        what + "kms:GenerateMac is not permitted (" + said
                                + "). Allow it in the key policy or, where that delegates to the account, in an IAM policy.",
                        cause);
            default ->
                new LookupFailedException(
                        what
                                + (throttled(cause)
                                        ? "Requests were throttled (" + said
                                                + "). Try again later, let MACs be kept longer, or have the quota for cryptographic operations raised."
                                        : "The call failed (" + said + "). Try again."),
                        cause);
        };
    }

    /** Whether KMS decided against the caller. */
    static boolean isDenial(Throwable failure) {
        return DENIALS.contains(code(failure));
    }

    private static boolean throttled(Throwable cause) {
        return cause instanceof AwsServiceException answer && answer.isThrottlingException();
    }

    private static String code(Throwable cause) {
        AwsErrorDetails details = details(cause);
        return details == null || details.errorCode() == null ? "" : details.errorCode();
    }

    private static String said(Throwable cause) {
        AwsErrorDetails details = details(cause);
        String message = details == null ? cause.getMessage() : details.errorMessage();
        return message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
    }

    private static @Nullable AwsErrorDetails details(Throwable cause) {
        return cause instanceof AwsServiceException answer ? answer.awsErrorDetails() : null;
    }
}
