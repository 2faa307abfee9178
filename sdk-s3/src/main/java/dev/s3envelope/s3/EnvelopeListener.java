package dev.s3envelope.s3;

import dev.s3envelope.core.iam.Verdict;
import java.util.Locale;

/**
 * Hears which objects the clients write and read, for metrics.
 *
 * <p>Methods are called on whichever thread got the answer of S3, an event loop too, possibly by several at once, and must return quickly; what they throw is
 * logged and dropped. They hear of what succeeded. Nothing they are told is secret or names an object.
 */
public interface EnvelopeListener {
    /** How an object is encrypted, as S3's answer shows it; client-side counts whatever lies beneath it. */
    enum Mode {
        /** By S3 under its own keys. */
        SSE_S3,
        /** By S3 under a KMS key. */
        SSE_KMS,
        /** By S3 in two layers under a KMS key. */
        DSSE_KMS,
        /** By S3 under a key of the caller's. */
        SSE_C,
        /** By these clients, before S3 saw it. */
        CLIENT_SIDE,
        /** The answer does not tell. */
        UNKNOWN;

        /** As policy files and metrics write it, for example {@code sse-kms}. */
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** An object was written, by one PUT or by completing an upload in parts. Copies within S3 are not told. */
    default void objectWritten(Mode mode) {}

    /**
     * The contents of a PUT or of one part were taken by S3.
     *
     * @param bytes of plaintext; not told where the caller announced no length
     */
    default void bytesWritten(Mode mode, long bytes) {}

    /**
     * An object, or a range of it, was read. Told when the caller has its result, which for a stream is before the bytes have come.
     *
     * @param bytes of plaintext, as the answer announces them
     */
    default void objectRead(Mode mode, long bytes) {}

    /**
     * A preflight came to a verdict on the KMS gate of a read or write, see {@link Preflight}.
     *
     * @param asked whether KMS or S3 was asked for it; otherwise the verdict was remembered, or another request was asking at the time
     */
    default void preflight(Verdict verdict, boolean asked) {}
}
