package dev.s3envelope.s3.internal.transfer;

/** Whether a piece may still be written. Once it is closed nobody opens the file any more, which is about to be deleted, and may be another one's soon. Safe for use by several threads. */
final class Gate {
    private boolean closed;

    /** Lets something begin; false if it is too late. */
    synchronized boolean enter(Runnable begin) {
        if (closed) {
            return false;
        }
        begin.run();
        return true;
    }

    synchronized void close() {
        closed = true;
    }
}
