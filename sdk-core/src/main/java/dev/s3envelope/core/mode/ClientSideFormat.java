package dev.s3envelope.core.mode;

/** The format in which a client-side encrypted object is written, which the kind of the mode's keyring decides. Reading tells formats apart by itself. */
public enum ClientSideFormat {
    /** The AWS Encryption SDK message format, version 2, suite 0x0478: framed, so ranges and parts are authenticated. The default. */
    ENCRYPTION_SDK,
    /** The S3 Encryption Client's V3 format, suite 0x0073: for readers that have that client. One tag per object: no ranges without a full read. */
    S3_ENCRYPTION_CLIENT_V3
}
