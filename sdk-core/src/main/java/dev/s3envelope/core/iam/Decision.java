package dev.s3envelope.core.iam;

/** The outcome of evaluating one gate. */
public enum Decision {
    /** Everything that has to permit the request does, and nothing denies it. */
    ALLOWED,
    /** Nothing denies the request, but something that has to permit it does not. */
    IMPLICITLY_DENIED,
    /** A Deny statement applies; no Allow can change that. */
    EXPLICITLY_DENIED;

    /** Whether the request passes. */
    public boolean isAllowed() {
        return this == ALLOWED;
    }
}
