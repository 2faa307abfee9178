package dev.s3envelope.core.access;

/**
 * What an error of S3 or KMS means for the two gates. Each value names the cause a caller does something about; the verdicts of a
 * {@link ClassifiedFailure} follow from it.
 */
public enum FailureKind {
    /** S3 refused the action. */
    S3_DENIED,
    /** KMS refused the action, or will not say whether the key exists. */
    KMS_DENIED,
    /** The key is disabled. */
    KEY_DISABLED,
    /** The key is pending deletion or import, unavailable, or not yet created. */
    KEY_NOT_USABLE,
    /** There is no such key in this Region, or its name means nothing here. */
    KEY_NOT_FOUND,
    /** The key is not a symmetric encryption key. */
    KEY_UNSUITABLE,
    /** The data key was wrapped under another key or encryption context than the request says. */
    WRAPPED_KEY_MISMATCH,
    /** KMS is asked too often by this account; S3 reports it as SlowDown. */
    KMS_THROTTLED,
    /** KMS did not answer this time. */
    KMS_UNAVAILABLE,
    /** The object is SSE-C, and no key was sent. */
    CUSTOMER_KEY_NEEDED,
    /** The object is SSE-C under another key than the one that was sent: neither gate's doing. */
    CUSTOMER_KEY_WRONG,
    /** An SSE-C key was sent for an object that is not SSE-C. */
    CUSTOMER_KEY_NOT_WANTED,
    /** The bucket refuses writes under SSE-C. */
    CUSTOMER_KEYS_BLOCKED,
    /** Denied, and the answer does not say by which gate. */
    DENIED_UNATTRIBUTED,
    /** A HEAD answered 400, which has several causes and no text. */
    HEAD_REJECTED,
    /** No failure: the request passed, or a dry run of it would have. */
    PASSED,
    /** Nothing about access: not found, a failed precondition, bad credentials, a server's own error. */
    UNRELATED;

    /** Whether the failure is about access, so that a report on it has something to say. */
    public boolean isAboutAccess() {
        return this != UNRELATED && this != PASSED;
    }
}
