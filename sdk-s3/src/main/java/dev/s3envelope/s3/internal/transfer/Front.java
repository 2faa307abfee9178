package dev.s3envelope.s3.internal.transfer;

import org.jspecify.annotations.Nullable;

/** What the body of an object that is read in pieces says to the call that reads it. */
interface Front {
    /** The rest of the first answer is not needed any more. */
    void left();

    /** The first answer broke, and its request must not be repeated: the rest is fetched otherwise. */
    void replaced();

    /** The read is about to fail, for this reason, and nothing more is asked for; what the transformer says of it is a consequence. */
    void failing(Throwable reason);

    /** Tells the caller's transformer of a failure that its subscriber will not hear of. */
    void tell(Throwable reason);

    /** All requests have ended. */
    void over(@Nullable Throwable reason);

    /** The subscriber wants no more. */
    void cancelled();

    /** And the other way round. */
    interface Body {
        /** The first answer, or its request, failed. */
        void frontBroke(Throwable broken);

        /** The call was given up. */
        void stop(Throwable reason);

        /** Whether somebody takes the body, so that giving it up ends the first request. Ending that too would make its client complain. */
        boolean begun();
    }
}
