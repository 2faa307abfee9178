package dev.s3envelope.core.message;

/** What a coder wants next from the caller who pushes bytes through it. */
public enum CodingStatus {
    /** All input was taken; give more, or finish. */
    NEED_INPUT,
    /** The output buffer cannot take the next piece; empty it and call again with the rest of the input. */
    NEED_OUTPUT,
    /** The message, part or range is complete, and all of it was given out. */
    DONE
}
