package dev.s3envelope.local.internal.kms;

import dev.s3envelope.local.internal.http.AwsError;

/** The errors of KMS with its codes, statuses and texts (the KMS API reference; texts as AWS gives them where they were recorded). */
final class KmsErrors {
    /** What KMS tells a caller about a ciphertext whose key it will not even confirm to exist. */
    static final String OPAQUE_CIPHERTEXT =
            "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not"
                    + " allowed to access.";

    private KmsErrors() {}

    static AwsError validation(String message) {
        return new AwsError(400, "ValidationException", message);
    }

    static AwsError missing(String member) {
        return validation("1 validation error detected: Value null at '" + member
                + "' failed to satisfy constraint: Member must not be null");
    }

    static AwsError constraint(String value, String member, String constraint) {
        return validation("1 validation error detected: Value '" + value + "' at '" + member
                + "' failed to satisfy constraint: " + constraint);
    }

    static AwsError notFound(String message) {
        return new AwsError(400, "NotFoundException", message);
    }

    static AwsError accessDenied(String message) {
        return new AwsError(400, "AccessDeniedException", message);
    }

    static AwsError disabled(KmsKey key) {
        return new AwsError(400, "DisabledException", key.arn() + " is disabled.");
    }

    static AwsError invalidState(String message) {
        return new AwsError(400, "KMSInvalidStateException", message);
    }

    static AwsError invalidCiphertext() {
        return new AwsError(400, "InvalidCiphertextException", "");
    }

    static AwsError incorrectKey() {
        return new AwsError(
                400,
                "IncorrectKeyException",
                "The key ID in the request does not identify a CMK that can perform this operation.");
    }

    static AwsError invalidUsage(KmsKey key, String operation) {
        return new AwsError(
                400,
                "InvalidKeyUsageException",
                key.arn() + " key usage is " + key.usage() + " which is not valid for " + operation + ".");
    }

    static AwsError dryRun() {
        return new AwsError(
                400, "DryRunOperationException", "The request would have succeeded, but the DryRun option is set.");
    }

    static AwsError unsupported(String message) {
        return new AwsError(400, "UnsupportedOperationException", message);
    }

    static AwsError alreadyExists(String message) {
        return new AwsError(400, "AlreadyExistsException", message);
    }

    static AwsError malformedPolicy(String message) {
        return new AwsError(400, "MalformedPolicyDocumentException", message);
    }
}
