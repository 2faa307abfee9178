package dev.s3envelope.core.iam;

/**
 * One of the two checks in front of an encrypted object. A read or write passes only if both do, each asked with its own action,
 * resource and context.
 *
 * <p>Implementations are immutable and thread-safe.
 */
public sealed interface Gate permits S3Gate, KmsGate {
    /** Decides, at the least cost. */
    Evaluation evaluate(AccessRequest request, GatePolicies policies);

    /** Decides the same and says of every statement why it applies or not; several times as costly as {@link #evaluate}. */
    Explanation explain(AccessRequest request, GatePolicies policies);
}
