package dev.s3envelope.core.s3ec;

import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.OperationRefusedException;
import java.nio.charset.StandardCharsets;

/**
 * How the content of an S3 Encryption Client object is encrypted. Both suites are AES-256-GCM over the whole object with one 16-byte tag at
 * its end, so that {@code ciphertext length = plaintext length + 16}.
 *
 * <p>Source: {@code s3-encryption/encryption.md}, {@code key-derivation.md} and {@code framework/algorithm-suites.md}.
 */
public enum S3ecSuite {
    /** V2 objects: the data key itself encrypts the content under a random 12-byte IV. Read only. */
    AES_256_GCM_NO_KDF(0x0072, "AES/GCM/NoPadding", false),

    /** V3 objects: HKDF-SHA-512 derives a content key and a 28-byte commitment from the data key and a 28-byte message id. */
    AES_256_GCM_HKDF_SHA512_COMMIT_KEY(0x0073, "115", true);

    /** The most plaintext one object may hold: GCM's limit for one key and IV, 64 GiB less two blocks. */
    public static final long MAX_PLAINTEXT_LENGTH = (1L << 36) - 32;

    /** What encryption adds to every object, in bytes. */
    public static final int TAG_LENGTH = 16;

    static final int KEY_LENGTH = 32;

    private final int id;
    private final String contentAlgorithm;
    private final boolean committing;

    S3ecSuite(int id, String contentAlgorithm, boolean committing) {
        this.id = id;
        this.contentAlgorithm = contentAlgorithm;
        this.committing = committing;
    }

    /** The suite's number in the specification, for example {@code 0x0073}. */
    public int id() {
        return id;
    }

    /**
     * What the metadata, the wrapped key and the KMS encryption context call this suite: {@code 115} or {@code AES/GCM/NoPadding}. Each raw wrapping
     * authenticates it, so a data key wrapped for one suite does not open under the other.
     */
    public String contentAlgorithm() {
        return contentAlgorithm;
    }

    /** Whether the object names its data key: a reader with another key learns so before it decrypts a byte. */
    public boolean committing() {
        return committing;
    }

    /**
     * Whether one data key may serve several objects. Only a suite which derives a fresh content key for each object allows that; under the
     * other every object encrypted with the same key spends from the same 2^32 random IVs, and one repeated IV reveals both objects. A data-key cache
     * asks here, and must neither reuse nor keep a key when the answer is no.
     */
    public boolean cacheable() {
        return committing;
    }

    /**
     * The length of the object that holds this much plaintext, both in bytes.
     *
     * @throws OperationRefusedException if the format cannot hold that much
     */
    public long ciphertextLength(long plaintextLength) {
        if (plaintextLength < 0) {
            throw new IllegalArgumentException("negative length: " + plaintextLength);
        }
        if (plaintextLength > MAX_PLAINTEXT_LENGTH) {
            throw new OperationRefusedException(
                    "An object of " + plaintextLength
                            + " bytes does not fit the S3 Encryption Client format, which holds at most "
                            + MAX_PLAINTEXT_LENGTH
                            + " bytes. Write it in the default message format, which has no such limit, or as several objects.");
        }
        return plaintextLength + TAG_LENGTH;
    }

    /**
     * The length of the plaintext in an object of this length, both in bytes.
     *
     * @throws IntegrityException if no object of this format has that length
     */
    public long plaintextLength(long ciphertextLength) {
        if (ciphertextLength < TAG_LENGTH || ciphertextLength > MAX_PLAINTEXT_LENGTH + TAG_LENGTH) {
            throw new IntegrityException("An object of " + ciphertextLength
                    + " bytes is not a whole S3 Encryption Client object: its length must be between " + TAG_LENGTH
                    + " and " + (MAX_PLAINTEXT_LENGTH + TAG_LENGTH) + " bytes.");
        }
        return ciphertextLength - TAG_LENGTH;
    }

    byte[] idBytes() {
        return new byte[] {(byte) (id >>> 8), (byte) id};
    }

    byte[] contentAlgorithmBytes() {
        return contentAlgorithm.getBytes(StandardCharsets.US_ASCII);
    }
}
