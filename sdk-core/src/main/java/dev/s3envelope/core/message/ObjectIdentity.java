package dev.s3envelope.core.message;

/** What of an object's name its message is bound to, so that a message moved elsewhere is refused. */
public enum ObjectIdentity {
    /** Nothing: the message reads under any name, as with other AWS Encryption SDKs. */
    OFF,
    /** The object key. The default: buckets can be renamed and replicated. */
    KEY,
    /** Bucket and object key. */
    BUCKET_AND_KEY
}
