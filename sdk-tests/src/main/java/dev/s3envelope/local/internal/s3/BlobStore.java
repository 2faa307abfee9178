package dev.s3envelope.local.internal.s3;

import java.io.Closeable;
import java.io.IOException;

/** Where sealed segments lie. Thread-safe; writers and readers belong to one thread. */
interface BlobStore {
    /** Starts a blob under a fresh id. */
    Writer create() throws IOException;

    Reader open(String id) throws IOException;

    /** Deletes a blob; readers that are open may go on. Unknown ids are ignored. */
    void delete(String id);

    /** A blob in the making; closing it before {@link #commit} discards it. */
    interface Writer extends Closeable {
        void append(byte[] segment) throws IOException;

        /** Makes the blob durable and readable; answers its id. */
        String commit() throws IOException;
    }

    /** An open blob. */
    interface Reader extends Closeable {
        /** Reads the stored segment that starts at {@code index * fullLength} and has {@code length} bytes. */
        byte[] segment(long index, int fullLength, int length) throws IOException;
    }
}
