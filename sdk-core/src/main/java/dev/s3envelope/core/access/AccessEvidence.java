package dev.s3envelope.core.access;

import dev.s3envelope.core.guard.KeyFacts;
import java.util.Objects;
import java.util.Optional;

/**
 * One observation a verdict rests on.
 *
 * @param source how it was made
 * @param detail what was seen, in one sentence without a secret: for example the error code and message AWS gave
 * @param kind what it means, if it was a failure whose meaning is known
 * @param keyState the state of the key, if it was seen
 * @param failure the error itself, if it was one
 */
public record AccessEvidence(
        Source source,
        String detail,
        Optional<FailureKind> kind,
        Optional<KeyFacts.State> keyState,
        Optional<ClassifiedFailure> failure) {
    public AccessEvidence {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(detail, "detail");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(keyState, "keyState");
        Objects.requireNonNull(failure, "failure");
    }

    /** An observation in words alone. */
    public AccessEvidence(Source source, String detail) {
        this(source, detail, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** An error that AWS answered with. */
    public static AccessEvidence of(Source source, String detail, ClassifiedFailure failure) {
        return new AccessEvidence(
                source,
                detail,
                Optional.of(failure.kind()).filter(FailureKind::isAboutAccess),
                failure.keyState(),
                Optional.of(failure));
    }

    /** The state of a key, as it was seen. */
    public static AccessEvidence of(Source source, String detail, KeyFacts.State keyState) {
        Optional<FailureKind> kind = keyState == KeyFacts.State.DISABLED
                ? Optional.of(FailureKind.KEY_DISABLED)
                : Optional.of(FailureKind.KEY_NOT_USABLE).filter(unusable -> !keyState.isUsable());
        return new AccessEvidence(source, detail, kind, Optional.of(keyState), Optional.empty());
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
