package dev.s3envelope.core.iam;

/**
 * The name of a gate: one of the two authorizations a request for an encrypted object needs. {@link Gate} is the evaluator that decides
 * a gate from policy documents.
 */
public enum AccessGate {
    /** S3 authorization: {@code s3:} actions on a bucket or object. */
    S3,
    /** KMS authorization, and the state of the key: {@code kms:} actions on a key. */
    KMS
}
