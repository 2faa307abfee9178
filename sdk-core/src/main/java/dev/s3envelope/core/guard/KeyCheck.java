package dev.s3envelope.core.guard;

/** For which keys the guard asks KMS (one DescribeKey per key and guard). */
public enum KeyCheck {
    /** For those that have to be resolved to an ARN; the default. A key given by its ARN costs no call. */
    UNRESOLVED_ONLY,
    /**
     * For every key, so that a disabled, asymmetric or foreign managed key is refused before the write is sent. Where KMS
     * will not say, the write passes.
     */
    EVERY_KEY
}
