package dev.s3envelope.core.advice;

/** How bad a finding is. */
public enum Severity {
    /** It works today, and is wider, narrower or more fragile than it looks. */
    WARNING,
    /** Requests fail or data is lost or open, now or when the thing in question is used. */
    ERROR
}
