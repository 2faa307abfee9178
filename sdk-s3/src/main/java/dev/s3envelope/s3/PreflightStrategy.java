package dev.s3envelope.s3;

/** How it is found out, before an object is read, whether its KMS key will let the caller in. */
public enum PreflightStrategy {
    /** {@link #KMS_DRY_RUN}; where that does not decide, {@link #S3_PROBE}. One call to KMS, and to S3 only if KMS refuses the caller itself. */
    AUTO,
    /**
     * A dry run of Decrypt. Sees the permissions of the caller and the state of the key, not conditions on {@code kms:ViaService}: a refusal decides only for keys
     * that are declared direct. One call to KMS.
     */
    KMS_DRY_RUN,
    /**
     * A GET of one byte: both gates as S3 itself asks them. One call to S3, which asks KMS. Under a Bucket Key S3 may answer from what it was allowed
     * a while ago.
     */
    S3_PROBE,
    /** DescribeKey: whether the state of the key keeps everybody out, and nothing of permissions. One call to KMS. */
    KEY_STATE,
    /** Nothing. */
    OFF
}
