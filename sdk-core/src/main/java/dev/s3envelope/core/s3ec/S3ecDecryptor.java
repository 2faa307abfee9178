package dev.s3envelope.core.s3ec;

import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.DataKey;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.OptionalLong;

/**
 * Decrypts one V3 or V2 object: the object's body is pushed in, and {@link #finish()} gives the plaintext once the tag over all of it is verified. Nothing
 * is decrypted before.
 *
 * <p>The whole object, always: a range of it proves nothing, because its only tag is at the end and covers everything. A caller that wants a range reads
 * the object and takes {@link VerifiedPlaintext#stream(long, long)} of it; there is deliberately no other way here.
 *
 * <p>Memory is bounded by {@link HoldBack} for objects of any length up to the format's 64 GiB. For one thread. Closed by its owner where it does not get to
 * {@code finish()}.
 */
public final class S3ecDecryptor implements AutoCloseable {
    private static final int TAG = S3ecSuite.TAG_LENGTH;

    private final S3ecSuite suite;
    private final ContentKey key;
    private final GcmTag tag;
    private final HeldCiphertext held;
    private final long expected;
    private final byte[] tail = new byte[TAG];
    private int inTail;
    private long received;
    private boolean done;

    private S3ecDecryptor(S3ecSuite suite, ContentKey key, GcmTag tag, HeldCiphertext held, long expected) {
        this.suite = suite;
        this.key = key;
        this.tag = tag;
        this.held = held;
        this.expected = expected;
    }

    /**
     * Begins an object. The key commitment of a V3 object is checked here, before any content.
     *
     * @param dataKey the unwrapped data key; stays the caller's and is not needed after this returns
     * @param objectLength the stored object's length in bytes, where known; a body of another length is refused
     * @throws IntegrityException if the object does not commit to this key, or has an impossible length
     */
    public static S3ecDecryptor start(
            CryptoProvider provider,
            S3ecEnvelope envelope,
            DataKey dataKey,
            OptionalLong objectLength,
            HoldBack holdBack) {
        return start(provider, envelope, dataKey, objectLength, holdBack, GcmTag.PIECE);
    }

    static S3ecDecryptor start(
            CryptoProvider provider,
            S3ecEnvelope envelope,
            DataKey dataKey,
            OptionalLong objectLength,
            HoldBack holdBack,
            int piece) {
        long expected = objectLength.isPresent() ? envelope.suite().plaintextLength(objectLength.getAsLong()) : -1;
        ContentKey key = ContentKey.of(provider, envelope, dataKey);
        try {
            return new S3ecDecryptor(
                    envelope.suite(),
                    key,
                    new GcmTag(key, piece),
                    new HeldCiphertext(provider, holdBack, expected),
                    expected);
        } catch (GeneralSecurityException e) {
            key.close();
            throw key.unusable(e);
        }
    }

    /**
     * Takes the next bytes of the object's body, the tag at its end included. The array is the caller's again afterwards.
     *
     * @throws IntegrityException if the object is longer than announced, or than the format allows
     */
    public void update(byte[] in, int offset, int count) {
        if (done) {
            throw new IllegalStateException("this object is finished or closed");
        }
        received += count;
        if ((expected >= 0 && received > expected + TAG) || received > S3ecSuite.MAX_PLAINTEXT_LENGTH + TAG) {
            close();
            throw new IntegrityException("The object is longer than "
                    + (expected >= 0 ? "its " + (expected + TAG) + " bytes announced" : "its format allows")
                    + "; nothing was decrypted.");
        }
        // The last 16 bytes seen may be the tag: they go on only when more follow.
        if (count >= TAG) {
            content(tail, 0, inTail);
            content(in, offset, count - TAG);
            System.arraycopy(in, offset + count - TAG, tail, 0, TAG);
            inTail = TAG;
            return;
        }
        int out = Math.max(0, inTail + count - TAG);
        content(tail, 0, out);
        System.arraycopy(tail, out, tail, 0, inTail - out);
        System.arraycopy(in, offset, tail, inTail - out, count);
        inTail += count - out;
    }

    private void content(byte[] in, int offset, int count) {
        if (count == 0) {
            return;
        }
        try {
            tag.update(in, offset, count);
            held.append(in, offset, count);
        } catch (GeneralSecurityException e) {
            close();
            throw key.unusable(e);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Verifies the tag over the whole object.
     *
     * @return the plaintext; the caller closes it
     * @throws IntegrityException if the object was changed, truncated, or encrypted under another key; nothing was decrypted
     */
    public VerifiedPlaintext finish() {
        if (done) {
            throw new IllegalStateException("this object is finished or closed");
        }
        try {
            if (expected >= 0 && received != expected + TAG) {
                throw new IntegrityException("The object ended after " + received + " of " + (expected + TAG)
                        + " bytes; nothing was decrypted.");
            }
            suite.plaintextLength(received);
            if (!MessageDigest.isEqual(tag.finish(), tail)) {
                throw new IntegrityException(
                        "The object failed authentication: its content or metadata was changed, it was truncated, or it was encrypted under another key. Nothing was decrypted.");
            }
            held.seal();
            done = true;
            return new VerifiedPlaintext(key, held);
        } catch (GeneralSecurityException e) {
            close();
            throw key.unusable(e);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Forgets key and ciphertext, unless {@link #finish()} handed them on. */
    @Override
    public void close() {
        if (!done) {
            done = true;
            key.close();
            held.close();
        }
    }
}
