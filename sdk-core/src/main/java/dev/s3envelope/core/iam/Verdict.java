package dev.s3envelope.core.iam;

/** What is known of a gate's answer to one request. */
public enum Verdict {
    /** The gate opens, or did when it was asked. */
    ALLOWED,
    /** The gate stays shut. */
    DENIED,
    /** The evidence does not decide; never to be read as one of the others. */
    UNKNOWN
}
