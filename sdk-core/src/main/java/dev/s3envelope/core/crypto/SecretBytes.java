package dev.s3envelope.core.crypto;

import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * Raw key bytes that a JCA {@code Cipher} or {@code Mac} accepts and that are really gone after {@link #destroy()}.
 *
 * <p>The JDK's own {@code SecretKeySpec} cannot be destroyed on the releases we support. Comparison takes the same time
 * wherever the bytes differ, {@code toString} shows the length only, and serialization is refused. Safe for use by several threads;
 * every use after destruction fails with {@link IllegalStateException}.
 */
public final class SecretBytes implements SecretKey {
    private static final long serialVersionUID = 1L;

    private final String algorithm;
    private final transient byte[] bytes;
    private boolean destroyed;

    private SecretBytes(String algorithm, byte[] bytes) {
        this.algorithm = algorithm;
        this.bytes = bytes;
    }

    /** Returns a key over a copy of {@code bytes}; the caller still has to wipe its own array. */
    public static SecretBytes copyOf(String algorithm, byte[] bytes) {
        return new SecretBytes(algorithm, bytes.clone());
    }

    /** Returns a key that takes over {@code bytes}: the caller must not touch the array again. */
    public static SecretBytes taking(String algorithm, byte[] bytes) {
        return new SecretBytes(algorithm, bytes);
    }

    /** Returns the number of key bytes. */
    public int length() {
        return bytes.length;
    }

    /** {@inheritDoc} */
    @Override
    public String getAlgorithm() {
        return algorithm;
    }

    /** Returns {@code RAW}. */
    @Override
    public String getFormat() {
        return "RAW";
    }

    /** Returns a copy of the key bytes, which the caller wipes. Meant for JCA providers. */
    @Override
    public synchronized byte[] getEncoded() {
        // Locked against destroy(): a copy made while the bytes are zeroed would be a key everyone knows.
        if (destroyed) {
            throw new IllegalStateException("This key was destroyed; its message or client is closed.");
        }
        return bytes.clone();
    }

    /** Zeroes the key. Calling it again changes nothing. */
    @Override
    public synchronized void destroy() {
        destroyed = true;
        Arrays.fill(bytes, (byte) 0);
    }

    /** {@inheritDoc} */
    @Override
    public synchronized boolean isDestroyed() {
        return destroyed;
    }

    /** Compares in constant time. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SecretBytes that && MessageDigest.isEqual(bytes, that.bytes);
    }

    /** Returns a value that tells nothing of the key. */
    @Override
    public int hashCode() {
        return bytes.length;
    }

    @Override
    public String toString() {
        return "SecretBytes[" + bytes.length + " bytes, redacted]";
    }

    private void writeObject(ObjectOutputStream out) throws NotSerializableException {
        throw new NotSerializableException("Key material is not serialized.");
    }
}
