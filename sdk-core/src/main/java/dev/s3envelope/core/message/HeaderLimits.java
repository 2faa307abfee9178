package dev.s3envelope.core.message;

/**
 * What a reader lets a message header demand of it, enforced while the header is parsed and before anything in it is trusted.
 *
 * @param maxHeaderLength bytes of the whole header
 * @param maxWrappedKeys wrapped keys, each of which may cost a call to KMS
 * @param maxContextLength bytes of the serialized encryption context
 * @param maxFrameLength bytes of plaintext in a frame, which a reader has to hold in memory
 */
public record HeaderLimits(int maxHeaderLength, int maxWrappedKeys, int maxContextLength, int maxFrameLength) {
    /** 64 KiB of header, 32 wrapped keys, 16 KiB of context, frames of 16 MiB. */
    public static final HeaderLimits DEFAULT = new HeaderLimits(64 * 1024, 32, 16 * 1024, 16 * 1024 * 1024);

    /** The longest frame whose ciphertext fits a Java array. */
    static final int LONGEST_FRAME = Integer.MAX_VALUE - 64;

    /** Checks that all are positive and that a frame fits an array. */
    public HeaderLimits {
        if (maxHeaderLength < 1
                || maxWrappedKeys < 1
                || maxContextLength < 0
                || maxFrameLength < 1
                || maxFrameLength > LONGEST_FRAME) {
            throw new IllegalArgumentException("Header limits are positive, and a frame fits a Java array");
        }
    }
}
