package dev.s3envelope.core.s3ec;

import dev.s3envelope.core.OperationRefusedException;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * What was encrypted in each piece of an object, so that a later pass over its plaintext can be proved to be the same one.
 *
 * <p>An object has one content key and one nonce, and counter mode under both reveals the difference of two plaintexts that were encrypted at one place. So the
 * first pass that gets to a piece enters its GMAC under the content key, which is computed for the object's tag anyway, and a piece of any other
 * pass is given out only if its GMAC is the same. The values never leave this process: nobody can look for two plaintexts that have one.
 *
 * <p>16 bytes for each piece of {@value GcmTag#PIECE}: half a KiB for a MiB. Safe for use by several threads, whose passes may overlap.
 */
final class PieceLedger {
    private static final int TAG = S3ecSuite.TAG_LENGTH;

    private byte[] tags = new byte[64 * TAG];
    private int known;

    /**
     * Enters a piece, or compares it with the one entered before; every pass starts at piece 0 and leaves none out.
     *
     * @throws OperationRefusedException if it is another one
     */
    synchronized void enter(long index, byte[] tag) {
        int piece = Math.toIntExact(index);
        if (piece < known) {
            if (!MessageDigest.isEqual(Arrays.copyOfRange(tags, piece * TAG, (piece + 1) * TAG), tag)) {
                throw new OperationRefusedException("The body gave other bytes when it was read again, from byte "
                        + index * GcmTag.PIECE
                        + " on. An object of the S3 Encryption Client's format has one key and nonce, which"
                        + " must never encrypt two contents, so this attempt was stopped before any of those bytes was sent. Put the"
                        + " object again, from a source that does not change while it is sent.");
            }
            return;
        }
        if (piece > known) {
            throw new IllegalStateException("cannot happen: piece " + piece + " after " + known);
        }
        if (tags.length == known * TAG) {
            tags = Arrays.copyOf(tags, 2 * tags.length);
        }
        System.arraycopy(tag, 0, tags, known * TAG, TAG);
        known++;
    }
}
