package dev.s3envelope.core.s3ec;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.crypto.CryptoProvider;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.OptionalLong;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts one V3 object once: plaintext is pushed in, ciphertext comes out, the tag last. Where the body may be read again, {@link S3ecBody} does it.
 *
 * <p>Each instance draws its own message id, hence its own content key, so that a repeated attempt with changed content never meets a used key and nonce: start
 * a new one for every attempt. V2 objects are not written.
 *
 * <p>The length is checked before the first byte where it is known, and while encrypting where it is not. Memory does not depend on it. For one thread;
 * closed by its owner, whether finished or not. The materials stay the caller's and are not needed after {@link #start} returns.
 */
public final class S3ecEncryptor implements AutoCloseable {
    /** Up to here a provider's own GCM is asked to encrypt in one stream; SunJCE counts to 2^31 - 1 and no further. */
    static final long ONE_STREAM = 1L << 30;

    /** JDK 17 runs longer calls interpreted until they are compiled. */
    private static final int CALL = 64 * 1024;

    private final ContentKey key;
    private final S3ecEnvelope.V3 envelope;
    private final long declared;
    private final Cipher cipher;
    private final @Nullable GcmTag tag;
    private long length;
    private boolean done;

    private S3ecEncryptor(ContentKey key, S3ecEnvelope.V3 envelope, long declared, boolean oneStream)
            throws GeneralSecurityException {
        this.key = key;
        this.envelope = envelope;
        this.declared = declared;
        this.cipher = oneStream ? key.gcmEncryption() : key.ctrAtBlock(0);
        this.tag = oneStream ? null : new GcmTag(key);
    }

    /**
     * Begins an object.
     *
     * @param materials made for V3
     * @param plaintextLength the exact length in bytes, where known; also the faster way
     * @throws dev.s3envelope.core.OperationRefusedException if the format cannot hold that much
     */
    public static S3ecEncryptor start(
            CryptoProvider provider, SecureRandom random, S3ecMaterials materials, OptionalLong plaintextLength) {
        return start(provider, random, materials, plaintextLength, ONE_STREAM);
    }

    static S3ecEncryptor start(
            CryptoProvider provider,
            SecureRandom random,
            S3ecMaterials materials,
            OptionalLong plaintextLength,
            long oneStream) {
        plaintextLength.ifPresent(materials.suite()::ciphertextLength);
        KeyedEnvelope keyed = KeyedEnvelope.fresh(provider, random, materials);
        try {
            long declared = plaintextLength.orElse(-1);
            return new S3ecEncryptor(keyed.key(), keyed.envelope(), declared, declared >= 0 && declared <= oneStream);
        } catch (GeneralSecurityException e) {
            keyed.key().close();
            throw keyed.key().unusable(e);
        }
    }

    /** What to store in the object's metadata, see {@link S3ecMetadata#toMetadata}. Known from the start. */
    public S3ecEnvelope.V3 envelope() {
        return envelope;
    }

    /** Room that {@link #update} or {@link #finish} may need for this much input: a provider may hold back part of a block. */
    public static int outputSize(int inputLength) {
        return Math.addExact(inputLength, 2 * S3ecSuite.TAG_LENGTH);
    }

    /**
     * Encrypts some plaintext.
     *
     * @return how many bytes were written to {@code out}, at most {@link #outputSize}
     * @throws IllegalEncryptionException if there is more plaintext than declared
     */
    public int update(byte[] in, int offset, int count, byte[] out, int outOffset) {
        checkOpen();
        if (declared >= 0 && count > declared - length) {
            throw new IllegalEncryptionException(
                    "The body is longer than the " + declared + " bytes announced. Give its exact length, or none.");
        }
        envelope.suite().ciphertextLength(length + count);
        int written = 0;
        try {
            for (int from = 0; from < count; from += CALL) {
                int n = Math.min(CALL, count - from);
                int now = cipher.update(in, offset + from, n, out, outOffset + written);
                if (tag != null) {
                    tag.update(out, outOffset + written, now);
                }
                written += now;
            }
        } catch (GeneralSecurityException e) {
            throw broken(e);
        }
        length += count;
        return written;
    }

    /**
     * Writes what is left, the tag last, and ends the object.
     *
     * @return how many bytes were written to {@code out}, at most {@code outputSize(0)}
     * @throws IllegalEncryptionException if there was less plaintext than declared; what was written so far is no object
     */
    public int finish(byte[] out, int outOffset) {
        checkOpen();
        if (declared >= 0 && length != declared) {
            throw new IllegalEncryptionException("The body ended after " + length + " of the " + declared
                    + " bytes announced. Give its exact length, or none.");
        }
        try {
            int written = cipher.doFinal(out, outOffset);
            if (tag != null) {
                tag.update(out, outOffset, written);
                byte[] value = tag.finish();
                System.arraycopy(value, 0, out, outOffset + written, value.length);
                written += value.length;
            }
            return written;
        } catch (GeneralSecurityException e) {
            throw broken(e);
        } finally {
            close();
        }
    }

    /** Forgets the key. An object that was not finished cannot be. */
    @Override
    public void close() {
        done = true;
        key.close();
    }

    private EnvelopeException broken(GeneralSecurityException e) {
        close();
        return key.unusable(e);
    }

    private void checkOpen() {
        if (done) {
            throw new IllegalStateException("this object is finished or closed");
        }
    }
}
