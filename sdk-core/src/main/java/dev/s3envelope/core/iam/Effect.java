package dev.s3envelope.core.iam;

/** What a statement does when it applies. */
public enum Effect {
    /** It permits, if nothing denies. */
    ALLOW,
    /** It denies, whatever permits. */
    DENY
}
