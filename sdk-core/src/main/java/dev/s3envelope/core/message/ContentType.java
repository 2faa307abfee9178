package dev.s3envelope.core.message;

/** How the body of a message is laid out. */
public enum ContentType {
    /** One ciphertext with one tag at its end, so nothing can be released before all was read. Read, not written. */
    UNFRAMED(1),
    /** Frames of equal length, each authenticated on its own, and a final one. What we write. */
    FRAMED(2);

    private final int code;

    ContentType(int code) {
        this.code = code;
    }

    /** Returns the byte that stands in the header. */
    public int code() {
        return code;
    }
}
