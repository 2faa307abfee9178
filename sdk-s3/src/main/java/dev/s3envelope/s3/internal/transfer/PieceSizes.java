package dev.s3envelope.s3.internal.transfer;

import dev.s3envelope.s3.ParallelTransfers;
import java.util.Optional;

/**
 * When an object is read in pieces, and in how large ones.
 *
 * @param pieceLength bytes of plaintext in all pieces but the last, before they are fitted to the frames
 * @param threshold bytes of plaintext from which on an object is read in pieces
 * @param atATime the most requests for one object at once
 */
record PieceSizes(long pieceLength, long threshold, int atATime) {
    /** As a client was told. */
    static PieceSizes of(ParallelTransfers settings) {
        return new PieceSizes(settings.partSize(), settings.threshold(), settings.maxInFlight());
    }

    /**
     * The pieces of one object; empty where one request is as good.
     *
     * @param length of the object, in bytes of plaintext
     * @param grain every piece begins at a multiple of it
     * @param inOrder whether pieces wait in memory until it is their turn
     */
    Optional<Pieces> cut(long length, int grain, boolean inOrder) {
        long piece = Math.max(1, pieceLength / grain) * grain;
        return length < threshold || length <= piece || piece > Integer.MAX_VALUE - 8 || atATime < 2
                ? Optional.empty()
                : Optional.of(new Pieces(length, piece, atATime, inOrder));
    }
}
