package dev.s3envelope.core.access;

import java.util.Objects;

/**
 * One observation a verdict rests on.
 *
 * @param source how it was made
 * @param detail what was seen, in one sentence without a secret: for example the error code and message AWS gave
 */
public record AccessEvidence(Source source, String detail) {
    public AccessEvidence {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(detail, "detail");
    }

    /** How an observation was made. */
    public enum Source {
        /** The status, code or message of the error that AWS answered the request itself with. */
        ERROR_MESSAGE,
        /** The request itself succeeded. */
        RESPONSE,
        /** A KMS call with {@code DryRun}. */
        DRY_RUN,
        /** A read of at most one byte of the object, through S3. */
        PROBE,
        /** KMS {@code DescribeKey}. */
        DESCRIBE_KEY,
        /** S3 {@code HeadObject}, which passes the S3 gate alone. */
        HEAD,
        /** The KMS call for the data key that the request needs anyway. */
        DATA_KEY,
        /** What the application declared: its policy, a key's restrictions, the owner of a bucket. */
        CONFIGURATION
    }
}
