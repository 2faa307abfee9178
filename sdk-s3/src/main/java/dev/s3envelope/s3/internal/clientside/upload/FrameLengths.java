package dev.s3envelope.s3.internal.clientside.upload;

import dev.s3envelope.core.message.MessageEngine;
import java.util.OptionalInt;

/** The frame length of an upload: parts must be whole frames, so that each starts with a frame of its own. */
final class FrameLengths {
    private FrameLengths() {}

    /**
     * The mode's frame length if it divides the part size, else the largest divisor of the part size from 4 KiB up to that length and to 64 KiB;
     * empty if there is none.
     */
    static OptionalInt forParts(long partSize, int preferred) {
        if (partSize <= 0) {
            return OptionalInt.empty();
        }
        if (partSize % preferred == 0) {
            return OptionalInt.of(preferred);
        }
        int most = Math.min(preferred, MessageEngine.DEFAULT_FRAME_LENGTH);
        for (int length = most; length >= MessageEngine.MIN_FRAME_LENGTH; length--) {
            if (partSize % length == 0) {
                return OptionalInt.of(length);
            }
        }
        return OptionalInt.empty();
    }
}
