package dev.s3envelope.core.access;

import dev.s3envelope.core.iam.AccessGate;
import java.util.Objects;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/**
 * An error as a service answered it, with what is known of the request. Nothing in it is secret.
 *
 * @param service who answered: S3, or KMS itself
 * @param operation the API operation that was asked for, such as {@code GetObject}
 * @param status the HTTP status
 * @param code the error code; empty where the answer had no body, as for HEAD
 * @param message the error message; empty where the answer had no body
 * @param requestId the id of the answer, which AWS Support asks for
 * @param customerKeySent whether the request carried an SSE-C key
 * @param kmsUse whether answering the request takes a KMS key
 */
public record ServiceError(
        AccessGate service,
        String operation,
        int status,
        Optional<String> code,
        Optional<String> message,
        Optional<String> requestId,
        boolean customerKeySent,
        KmsUse kmsUse) {
    public ServiceError {
        Objects.requireNonNull(service, "service");
        Objects.requireNonNull(operation, "operation");
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(requestId, "requestId");
        Objects.requireNonNull(kmsUse, "kmsUse");
    }

    /** What an exception of an AWS client says; whether KMS is used is left open. */
    public static ServiceError of(AccessGate service, String operation, AwsServiceException answer) {
        Optional<AwsErrorDetails> details = Optional.ofNullable(answer.awsErrorDetails());
        return new ServiceError(
                service,
                operation,
                answer.statusCode(),
                details.map(AwsErrorDetails::errorCode),
                details.filter(known -> known.errorCode() != null).map(AwsErrorDetails::errorMessage),
                Optional.ofNullable(answer.requestId()),
                false,
                KmsUse.UNKNOWN);
    }

    /** The same answer to a request that carried an SSE-C key. */
    public ServiceError withCustomerKey() {
        return new ServiceError(service, operation, status, code, message, requestId, true, kmsUse);
    }

    /** The same answer, where this is known of the object or the write. */
    public ServiceError withKmsUse(KmsUse use) {
        return new ServiceError(service, operation, status, code, message, requestId, customerKeySent, use);
    }

    /** Whether the answer cannot have had a body. */
    public boolean isHead() {
        return operation.startsWith("Head");
    }

    /** Status, code and message on one line, such as {@code S3 answered 403 AccessDenied: Access Denied}. */
    public String text() {
        return service + " answered " + status + code.map(text -> " " + text).orElse(" without a body")
                + message.map(text -> ": " + text).orElse("");
    }

    /** Whether a request takes a KMS key. */
    public enum KmsUse {
        /** The object is, or is to be, encrypted under a KMS key. */
        NEEDED,
        /** It is not: SSE-S3, SSE-C, or nothing of S3's. */
        NOT_NEEDED,
        /** Nobody knows. */
        UNKNOWN
    }
}
