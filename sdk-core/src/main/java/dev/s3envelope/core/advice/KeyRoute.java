package dev.s3envelope.core.advice;

/** Who calls KMS for a principal. */
public enum KeyRoute {
    /** S3, in the principal's name: {@code kms:ViaService} is set. Server-side modes. */
    THROUGH_S3,
    /** The principal's own program: {@code kms:ViaService} is absent, and a condition that wants it never holds. Client-side modes. */
    DIRECT
}
