package dev.s3envelope.s3.internal.transfer;

import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.message.FrameLayout;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.s3.ParallelTransfers;
import dev.s3envelope.s3.internal.clientside.ClientSideWrites;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether a body goes in parts, in parts of which size, and how many of them are in memory and in flight. Arithmetic alone.
 *
 * @param part bytes of plaintext in each part but the last
 * @param inFlight the most parts that are being sent
 * @param buffers the most parts in memory, those in flight among them
 * @param from the upload is begun when so many bytes have come, or the buffers are full
 */
record PutSizes(int part, int inFlight, int buffers, long from) {
    /** S3's highest part number (Amazon S3 User Guide, "Amazon S3 multipart upload limits"). */
    static final int MOST_PARTS = 10_000;

    /** The part size where nobody gives one. Enough for 80 GB of unknown length. */
    static final int PART = 8 << 20;

    private static final int LARGEST_HEADER = 1 << 16;
    private static final long LARGEST_ARRAY = Integer.MAX_VALUE - 16;
    private static final long STEP = 1L << 20;
    private static final long FRAMES = 1L << 16;

    /**
     * What is known before a body is read.
     *
     * @param object for messages
     * @param length of the body; null if unknown
     * @param announced the part size the request announces, or 0
     * @param parallel the settings of parallel transfers, or null where there are none
     */
    record Question(
            String object,
            EncryptionMode mode,
            @Nullable Long length,
            long announced,
            @Nullable ParallelTransfers parallel) {
        /** Whether one PUT will not do: the body is too large for it, or it is encrypted here and of unknown length or longer than the part size that was announced. */
        boolean mustGoInParts() {
            if (!(mode instanceof ClientSide clientSide)) {
                return parallel != null && length != null && length > ClientSideWrites.LARGEST_PUT;
            }
            return length == null
                    || length > ClientSideWrites.LARGEST_PUT
                    || (announced != 0 && length > announced)
                    || FrameLayout.ofPlaintext(LARGEST_HEADER, clientSide.frameLength(), length)
                                    .ciphertextLength()
                            > ClientSideWrites.LARGEST_PUT;
        }

        /** Whether it goes in parts because they are faster. */
        boolean wantsParts() {
            return parallel != null && (length == null || length >= parallel.threshold());
        }

        /**
         * The sizes of a body that goes in parts.
         *
         * @throws OperationRefusedException if no part that fits into memory serves
         */
        PutSizes sizes() {
            long least = length == null ? 0 : leastFor(length);
            long part = partSize(least);
            if (part < least || part > LARGEST_ARRAY) {
                throw new OperationRefusedException("PutObject of " + object + " with "
                        + Optional.ofNullable(length).orElse(0L)
                        + " bytes would need parts of at least " + Math.max(least, 1)
                        + " bytes, each of them held in memory; "
                        + part + " do not serve. Upload it in parts with createMultipartUpload.");
            }
            ParallelTransfers settings = parallel;
            if (settings == null) {
                return new PutSizes((int) part, 1, 1, length == null ? part + 1 : Math.min(part, length));
            }
            // Of larger parts fewer are in memory, but always one that is sent and one that is filled.
            int buffers = (int) Math.max(2, Math.min(settings.maxInFlight() + 1L, settings.memory() / part));
            return new PutSizes(
                    (int) part, buffers - 1, buffers, length == null ? settings.threshold() : Math.min(part, length));
        }

        private long partSize(long least) {
            if (!(mode instanceof ClientSide)) {
                return Math.max(parallel == null ? PART : parallel.partSize(), least);
            }
            if (announced != 0) {
                return announced;
            }
            // Whole frames, whatever their length: a multiple of 64 KiB has a divisor among the frame lengths.
            return parallel == null ? Math.max(PART, least) : roundUp(Math.max(parallel.partSize(), least), FRAMES);
        }
    }

    private static long leastFor(long length) {
        return roundUp((length + MOST_PARTS - 1) / MOST_PARTS, STEP);
    }

    private static long roundUp(long value, long step) {
        return (value + step - 1) / step * step;
    }
}
