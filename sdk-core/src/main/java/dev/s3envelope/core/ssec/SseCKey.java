package dev.s3envelope.core.ssec;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IllegalEncryptionException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.security.auth.Destroyable;
import org.jspecify.annotations.Nullable;

/**
 * A 256-bit key of the customer, for {@code SSE-C}. Secret: {@code toString} shows a fingerprint only, comparison takes
 * constant time, and {@link #destroy} overwrites the bytes. Whoever receives an instance from an {@link SseCKeySource} owns it
 * and destroys it after use; {@link #copy} gives one with a life of its own.
 *
 * <p>The headers S3 wants are strings ({@link #keyBase64}, {@link #md5Base64}), which the JVM gives no way to overwrite: make
 * them as late as possible and keep no reference.
 *
 * <p>Safe for use by several threads. Every use after {@code destroy} throws {@link EnvelopeException}.
 */
public final class SseCKey implements Destroyable, AutoCloseable {
    /** The one length of a key, in bytes. */
    public static final int LENGTH = 32;

    /** The one algorithm of SSE-C, as the request header names it. */
    public static final String ALGORITHM = "AES256";

    private static final byte[] FINGERPRINT_LABEL = "s3-envelope sse-c fingerprint".getBytes(StandardCharsets.US_ASCII);

    private final byte[] bytes;
    private final String md5;
    private final String fingerprint;
    private boolean destroyed;

    private SseCKey(byte[] owned) {
        this.bytes = owned;
        this.md5 = Base64.getEncoder().encodeToString(digest("MD5", new byte[0], owned));
        this.fingerprint = HexFormat.of().formatHex(digest("SHA-256", FINGERPRINT_LABEL, owned), 0, 6);
    }

    /**
     * A key of these bytes, copied: the caller keeps and clears its own array.
     *
     * @throws IllegalEncryptionException if there are not exactly 32 bytes
     */
    public static SseCKey of(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalEncryptionException(
                    "A customer-provided key has exactly 32 bytes (256 bits); this one has " + bytes.length + ".");
        }
        return new SseCKey(bytes.clone());
    }

    /**
     * A key from the base64 that the request header carries.
     *
     * @throws IllegalEncryptionException if it is not the canonical base64 of 32 bytes; the message does not repeat the text
     */
    public static SseCKey fromBase64(String base64) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            // The decoder's message may quote a character of the key, so it is not passed on.
            throw new IllegalEncryptionException("The customer-provided key is not base64.");
        }
        try {
            if (bytes.length == LENGTH
                    && !Base64.getEncoder().encodeToString(bytes).equals(base64)) {
                throw new IllegalEncryptionException(
                        "The customer-provided key is not canonical base64 (padding or trailing bits).");
            }
            return of(bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** A copy of the 32 bytes; the caller clears it. */
    public synchronized byte[] bytes() {
        requireAlive();
        return bytes.clone();
    }

    /** The key as the header {@code x-amz-server-side-encryption-customer-key} carries it. Secret. */
    public synchronized String keyBase64() {
        requireAlive();
        return Base64.getEncoder().encodeToString(bytes);
    }

    /**
     * The base64 of the key's MD5, as the header {@code x-amz-server-side-encryption-customer-key-MD5} carries it and as
     * S3 reports it for an object. Not secret: S3 returns it to anyone who may read the object's metadata.
     */
    public synchronized String md5Base64() {
        requireAlive();
        return md5;
    }

    /** Twelve hexadecimal digits to tell keys apart in logs, from a labelled SHA-256; they do not help to guess the key. */
    public String fingerprint() {
        return fingerprint;
    }

    /** A key of the same bytes, with a life of its own. */
    public synchronized SseCKey copy() {
        requireAlive();
        return new SseCKey(bytes.clone());
    }

    /** Overwrites the bytes. May be called again. */
    @Override
    public synchronized void destroy() {
        Arrays.fill(bytes, (byte) 0);
        destroyed = true;
    }

    /** The same as {@link #destroy}. */
    @Override
    public void close() {
        destroy();
    }

    @Override
    public synchronized boolean isDestroyed() {
        return destroyed;
    }

    private void requireAlive() {
        if (destroyed) {
            throw new EnvelopeException(
                    "The customer-provided key " + fingerprint
                            + " was destroyed and cannot be used any more. Ask its source for a new copy, or copy() it before it is destroyed.");
        }
    }

    /** Whether both hold the same bytes, in time that does not depend on them. A destroyed key equals only itself. */
    @Override
    public boolean equals(@Nullable Object other) {
        if (this == other) {
            return true;
        }
        if (!(other instanceof SseCKey that)) {
            return false;
        }
        byte[] theirs;
        synchronized (that) {
            if (that.destroyed) {
                return false;
            }
            theirs = that.bytes.clone();
        }
        try {
            synchronized (this) {
                return !destroyed && MessageDigest.isEqual(bytes, theirs);
            }
        } finally {
            Arrays.fill(theirs, (byte) 0);
        }
    }

    /** From the fingerprint, so that it survives {@code destroy}. */
    @Override
    public int hashCode() {
        return fingerprint.hashCode();
    }

    /** The fingerprint; never the key. */
    @Override
    public String toString() {
        return "SseCKey[fingerprint=" + fingerprint + (isDestroyed() ? ", destroyed" : "") + "]";
    }

    private static byte[] digest(String algorithm, byte[] label, byte[] bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            digest.update(label);
            return digest.digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new EnvelopeException(
                    "This Java runtime has no " + algorithm
                            + ", which SSE-C needs; add a security provider that has it.",
                    e);
        }
    }
}
