package dev.s3envelope.s3.internal.clientside;

import java.util.Map;

/**
 * One body of known length on its way into one PUT, in the format of its mode: {@link BodyMessages} or {@link S3ecBodyEncryption}. What is fixed
 * before the first byte is sent, length and metadata, holds for every reading.
 */
interface BodyEncryption extends AutoCloseable {
    /** Bytes that are sent. */
    long ciphertextLength();

    /** The entries that mark the object as encrypted, to be added to the caller's. */
    Map<String, String> metadata();

    /** The coder of the next reading of the body. */
    Coder next();

    /** Destroys the keys. */
    @Override
    void close();
}
