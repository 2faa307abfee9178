package dev.s3envelope.core.s3ec;

import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.message.CodingStatus;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * One V3 object whose body may have to be encrypted several times over: an HTTP client reads it again for a checksum, a signature, or another attempt.
 *
 * <p>Its envelope goes ahead of the body and stays, so all readings are under one content key and nonce. Each gives out the same bytes: what a reading
 * encrypts goes out by pieces of 32 KiB, each only once it is proved to be what an earlier reading encrypted at that place, or as the first at that
 * place. A source that changed in between fails there, and nothing was encrypted twice with different contents.
 *
 * <p>Memory: two pieces for each reading, and 16 bytes for each piece of the object. Safe for use by several threads; a {@link Reading} is for one.
 */
public final class S3ecBody implements AutoCloseable {
    private static final int PIECE = GcmTag.PIECE;
    private static final int TAG = S3ecSuite.TAG_LENGTH;

    private final ContentKey key;
    private final S3ecEnvelope.V3 envelope;
    private final long length;
    private final PieceLedger ledger = new PieceLedger();

    private S3ecBody(ContentKey key, S3ecEnvelope.V3 envelope, long length) {
        this.key = key;
        this.envelope = envelope;
        this.length = length;
    }

    /**
     * Begins an object under a content key of its own.
     *
     * @param materials made for V3; they stay the caller's and are not needed after this returns
     * @param plaintextLength the exact length in bytes
     * @throws dev.s3envelope.core.OperationRefusedException if the format cannot hold that much
     */
    public static S3ecBody create(
            CryptoProvider provider, SecureRandom random, S3ecMaterials materials, long plaintextLength) {
        materials.suite().ciphertextLength(plaintextLength);
        KeyedEnvelope keyed = KeyedEnvelope.fresh(provider, random, materials);
        return new S3ecBody(keyed.key(), keyed.envelope(), plaintextLength);
    }

    /** What to store in the object's metadata, see {@link S3ecMetadata#toMetadata}. */
    public S3ecEnvelope.V3 envelope() {
        return envelope;
    }

    /** Bytes of the object. */
    public long ciphertextLength() {
        return envelope.suite().ciphertextLength(length);
    }

    /** The next reading of the body, from its start. */
    public Reading read() {
        try {
            return new Reading();
        } catch (GeneralSecurityException e) {
            throw key.unusable(e);
        }
    }

    /** Forgets the key; readings fail from here on. */
    @Override
    public void close() {
        key.close();
    }

    /** One pass over the plaintext. */
    public final class Reading implements AutoCloseable {
        private final CounterMode cipher = new CounterMode(key, 0);
        private final GcmTag tag = new GcmTag(key, PIECE, ledger);
        private final byte[] plain = new byte[PIECE];
        private final byte[] sealed = new byte[PIECE];
        private int inPiece;
        private long received;
        private boolean done;
        private boolean closed;

        private Reading() throws GeneralSecurityException {}

        /** Room that takes two pieces and the tag, or the whole object where that is shorter. */
        public int outputSize() {
            return (int) Math.min(2L * PIECE + TAG, ciphertextLength());
        }

        /**
         * Takes plaintext, and gives out the pieces that are full.
         *
         * @return {@code NEED_OUTPUT} if there is no room for the next piece; otherwise all input was taken
         * @throws IllegalEncryptionException if there is more plaintext than announced
         * @throws dev.s3envelope.core.OperationRefusedException if the plaintext is another than that of an earlier reading
         */
        public CodingStatus encrypt(ByteBuffer in, ByteBuffer out) {
            checkOpen();
            if (in.remaining() > length - received) {
                throw new IllegalEncryptionException(
                        "The body is longer than the " + length + " bytes announced. Give its exact length.");
            }
            while (true) {
                if (inPiece == PIECE) {
                    if (out.remaining() < PIECE) {
                        return CodingStatus.NEED_OUTPUT;
                    }
                    release(out, false);
                }
                if (!in.hasRemaining()) {
                    return CodingStatus.NEED_INPUT;
                }
                int count = Math.min(in.remaining(), PIECE - inPiece);
                in.get(plain, inPiece, count);
                inPiece += count;
                received += count;
            }
        }

        /**
         * Gives out what is left, the tag last.
         *
         * @return {@code NEED_OUTPUT} if there is no room for it, else {@code DONE}
         * @throws IllegalEncryptionException if there was less plaintext than announced
         * @throws dev.s3envelope.core.OperationRefusedException if the plaintext is another than that of an earlier reading
         */
        public CodingStatus finish(ByteBuffer out) {
            if (done) {
                return CodingStatus.DONE;
            }
            checkOpen();
            if (received != length) {
                throw new IllegalEncryptionException("The body ended after " + received + " of the " + length
                        + " bytes announced. Give its exact length.");
            }
            if (out.remaining() < inPiece + TAG) {
                return CodingStatus.NEED_OUTPUT;
            }
            release(out, true);
            done = true;
            return CodingStatus.DONE;
        }

        /** Encrypts the piece, which the tag enters or compares once it is full or the last, and gives it out after that. */
        private void release(ByteBuffer out, boolean last) {
            int count = inPiece;
            inPiece = 0;
            try {
                cipher.apply(plain, 0, count, sealed, 0);
                tag.update(sealed, 0, count);
                byte[] end = last ? tag.finish() : new byte[0];
                out.put(sealed, 0, count).put(end);
            } catch (GeneralSecurityException e) {
                close();
                throw key.unusable(e);
            } catch (RuntimeException e) {
                close();
                throw e;
            }
        }

        private void checkOpen() {
            if (closed || done) {
                throw new IllegalStateException("this reading is finished or closed");
            }
        }

        /** Clears the plaintext that is held. */
        @Override
        public void close() {
            closed = true;
            Arrays.fill(plain, (byte) 0);
        }
    }
}
