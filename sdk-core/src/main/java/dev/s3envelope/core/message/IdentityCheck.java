package dev.s3envelope.core.message;

/** Whether an authenticated message belongs to the object name it was read under. */
public enum IdentityCheck {
    /** The reader did not ask. */
    NOT_ASKED,
    /** Written by us for this name. */
    MATCHED,
    /** Written without identity by another AWS Encryption SDK: nothing can be said. Whether that is accepted is the reader's option. */
    FOREIGN,
    /** Written for another name, or with less identity than the reader demands. To be refused. */
    MISMATCH
}
