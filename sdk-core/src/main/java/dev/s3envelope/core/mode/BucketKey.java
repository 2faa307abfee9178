package dev.s3envelope.core.mode;

/**
 * Whether S3 may use an S3 Bucket Key for an SSE-KMS object: far fewer KMS calls, and the bucket's ARN instead of the
 * object's in the encryption context (Amazon S3 User Guide, "Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys").
 */
public enum BucketKey {
    /** The request asks for the bucket key. */
    ENABLED,
    /** The request asks for a KMS call of its own. */
    DISABLED,
    /** The request says nothing; the bucket's configuration applies. */
    UNSET
}
