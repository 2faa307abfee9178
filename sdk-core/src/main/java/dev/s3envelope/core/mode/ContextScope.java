package dev.s3envelope.core.mode;

/** What the encryption context of a client-side encrypted object names under {@code aws:s3:arn}, and so how far a data key is shared. */
public enum ContextScope {
    /** The bucket's ARN: with a cache one KMS call per bucket and window, as S3 Bucket Keys do it. The default. */
    BUCKET,
    /** The object's ARN: policies can name the object, and each object costs one KMS call a write and one a read. */
    OBJECT
}
