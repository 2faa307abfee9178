package dev.s3envelope.s3;

import dev.s3envelope.core.EnvelopeException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * That large objects are put and read in several pieces at a time, and how many: PutObject as a multipart upload, GetObject as ranges of one version. Each piece is a
 * request of its own and is retried alone; listeners hear of one object.
 *
 * <pre>{@code
 * ParallelTransfers parallel = ParallelTransfers.builder().maxInFlight(8).build();
 * S3AsyncClient s3 = EnvelopeS3AsyncClient.builder().wrapping(plain).policy(policy).parallelTransfers(parallel).build();
 * }</pre>
 *
 * <p><b>What it costs.</b> Memory: up to {@code (maxInFlight + 1) * partSize} bytes for each object under way, 40 MiB with the defaults, {@link #memory}. Requests: two more
 * than pieces for a put. An object put in pieces has the ETag and the checksum type of a multipart upload. Under a KMS key S3 needs {@code kms:Decrypt} for it
 * beside {@code kms:GenerateDataKey}. This is why it is off unless it is set.
 *
 * <p><b>Reads.</b> The first request of a GetObject is the ordinary one. Pieces of a long answer are fetched beside it only while the reader takes bytes; if the object is replaced in between, the read
 * fails. The AWS SDK's checksum of a whole object is not compared in such a read, as it is not in a read of a range; frames of messages are verified each. Ranges, parts,
 * objects of the S3 Encryption Client and signed messages are read in one request.
 *
 * <p><b>Puts.</b> The body is read once and in order. Of larger parts, which 10,000 of them may need to be, fewer are in flight. What only one PUT can say keeps an object in
 * one PUT: a checksum of the whole body, {@code Content-MD5}, an append, raw headers; so does the S3 Encryption Client's format. Conditions are answered when the upload is completed. An
 * upload that fails or is cancelled is aborted, after its parts have ended; interrupting a synchronous caller does so too, unless it hits the creation of the upload itself.
 *
 * <p>An immutable value, except that the executor is the caller's: it is used and never closed.
 */
public final class ParallelTransfers {
    /** The part size if nothing else is said: 8 MiB. */
    public static final long DEFAULT_PART_SIZE = 8L << 20;

    /** The smallest part size: 5 MiB, the least S3 takes of a part that is not the last. */
    public static final long LEAST_PART_SIZE = 5L << 20;

    /** The largest part size: 1 GiB, since pieces are in memory. */
    public static final long MOST_PART_SIZE = 1L << 30;

    /** The pieces of one object in flight if nothing else is said: 4. */
    public static final int DEFAULT_IN_FLIGHT = 4;

    /** The most pieces of one object in flight: 64. */
    public static final int MOST_IN_FLIGHT = 64;

    private final long partSize;
    private final long threshold;
    private final int maxInFlight;
    private final @Nullable Executor executor;

    private ParallelTransfers(Builder builder, long threshold) {
        this.partSize = builder.partSize;
        this.threshold = threshold;
        this.maxInFlight = builder.maxInFlight;
        this.executor = builder.executor;
    }

    /** Starts with parts of 8 MiB from 16 MiB on, four in flight. */
    public static Builder builder() {
        return new Builder();
    }

    /** Bytes of plaintext in a piece; in all but the last. A put of more than 10,000 pieces, or one whose frames do not divide it, takes larger ones. */
    public long partSize() {
        return partSize;
    }

    /** Bytes of plaintext from which on a put or get is done in pieces. */
    public long threshold() {
        return threshold;
    }

    /** The most pieces of one object in flight. */
    public int maxInFlight() {
        return maxInFlight;
    }

    /** Where the synchronous client sends pieces; the asynchronous one needs none. */
    public Optional<Executor> executor() {
        return Optional.ofNullable(executor);
    }

    /** Bytes of plaintext one object under way has in memory at most: a piece for each in flight, and one that is being filled or handed out. */
    public long memory() {
        return (maxInFlight + 1L) * partSize;
    }

    @Override
    public String toString() {
        return "ParallelTransfers[partSize=" + partSize + ", threshold=" + threshold + ", maxInFlight=" + maxInFlight
                + (executor == null ? "]" : ", with an executor]");
    }

    /** Builds {@link ParallelTransfers}. Not safe for use by several threads. */
    public static final class Builder {
        private long partSize = DEFAULT_PART_SIZE;
        private long threshold = -1;
        private int maxInFlight = DEFAULT_IN_FLIGHT;
        private @Nullable Executor executor;

        private Builder() {}

        /**
         * Sets the bytes of plaintext in a piece, {@value ParallelTransfers#DEFAULT_PART_SIZE} by default. Larger pieces take fewer requests and more memory.
         *
         * @throws EnvelopeException unless it is 5 MiB to 1 GiB
         */
        public Builder partSize(long bytes) {
            if (bytes < LEAST_PART_SIZE || bytes > MOST_PART_SIZE) {
                throw new EnvelopeException("A part has " + LEAST_PART_SIZE + " bytes, the least S3 takes, to "
                        + MOST_PART_SIZE + ", since it is in memory; not " + bytes + ".");
            }
            this.partSize = bytes;
            return this;
        }

        /**
         * Sets the bytes of plaintext from which on a put or get is done in pieces; twice the part size by default. Smaller objects go in one request, as
         * without parallel transfers.
         *
         * @throws EnvelopeException if it is not positive
         */
        public Builder threshold(long bytes) {
            if (bytes < 1) {
                throw new EnvelopeException("A threshold is positive: " + bytes + ".");
            }
            this.threshold = bytes;
            return this;
        }

        /**
         * Sets the most pieces of one object in flight, 4 by default; 1 sends one after the other.
         *
         * @throws EnvelopeException unless it is 1 to 64
         */
        public Builder maxInFlight(int pieces) {
            if (pieces < 1 || pieces > MOST_IN_FLIGHT) {
                throw new EnvelopeException(
                        "There are 1 to " + MOST_IN_FLIGHT + " pieces of an object in flight, not " + pieces + ".");
            }
            this.maxInFlight = pieces;
            return this;
        }

        /**
         * Sets where the synchronous client sends pieces; required there. The executor may be shared by any number of calls and stays the caller's. A task lasts as
         * long as one request. What the executor does not take, or does not begin, the calling thread does itself, so that a full one makes a transfer slower and never
         * stops it.
         */
        public Builder executor(Executor pieces) {
            this.executor = Objects.requireNonNull(pieces, "pieces");
            return this;
        }

        /**
         * The settings.
         *
         * @throws EnvelopeException if the threshold is smaller than a part
         */
        public ParallelTransfers build() {
            long from = threshold < 0 ? 2 * partSize : threshold;
            if (from < partSize) {
                throw new EnvelopeException("The threshold of " + from + " bytes is smaller than a part of " + partSize
                        + ". Objects that fit one part go in one request: raise the threshold, or make parts smaller.");
            }
            return new ParallelTransfers(this, from);
        }
    }
}
