package dev.s3envelope.core.keyring;

import dev.s3envelope.core.crypto.SecretBytes;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A plaintext data key, held by one or more owners and zeroed when the last of them closes it.
 *
 * <p>Each instance is one owner's handle. {@link #retain()} gives another owner, for example a cache, a handle of its own over the same
 * key; each handle is closed once by its owner, and closing it again changes nothing. {@code toString} is redacted, comparison is in
 * constant time. Safe for use by several threads, but a handle must not be closed while its own owner is still in
 * {@link #use}.
 */
public final class DataKey implements AutoCloseable {
    private final Shared shared;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** The first handle of a key that {@code shared} counts for, or one more after it was counted. */
    DataKey(Shared shared) {
        this.shared = shared;
    }

    /** Returns a key over a copy of {@code bytes}; the caller still has to wipe its own array. */
    public static DataKey copyOf(byte[] bytes) {
        return taking(bytes.clone());
    }

    /** Returns a key that takes over {@code bytes}: the caller must not touch the array again. */
    public static DataKey taking(byte[] bytes) {
        return new DataKey(new Shared(SecretBytes.taking("AES", bytes)));
    }

    /** Returns a new random key of {@code length} bytes. */
    public static DataKey random(SecureRandom random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return taking(bytes);
    }

    /** Returns the bytes of the key: 16, 24 or 32. */
    public int length() {
        return shared.key.length();
    }

    /**
     * Returns another handle over the same key, for another owner.
     *
     * @throws IllegalStateException if this handle is closed
     */
    public DataKey retain() {
        return tryRetain().orElseThrow(DataKey::closedAlready);
    }

    /**
     * Returns another handle over the same key, or empty if this handle is closed: for a shared handle that one thread may close while
     * another asks, such as a cache's. The key is then either shared or zeroed, never both.
     */
    public Optional<DataKey> tryRetain() {
        int owners;
        do {
            owners = shared.owners();
            if (owners == 0 || isClosed()) {
                return Optional.empty();
            }
        } while (!shared.join(owners));
        return Optional.of(new DataKey(shared));
    }

    /**
     * Passes the key itself to {@code function} and returns its result. The function must neither keep the key nor destroy it.
     *
     * @throws IllegalStateException if this handle is closed
     */
    public <T> T use(Function<SecretBytes, T> function) {
        checkOpen();
        return function.apply(shared.key);
    }

    /** Returns whether this handle is closed. */
    public boolean isClosed() {
        shared.beforeStep();
        return closed.get();
    }

    /** Gives up this handle; the last one to close zeroes the key. */
    @Override
    public void close() {
        shared.beforeStep();
        if (closed.compareAndSet(false, true) && shared.leave() == 0) {
            shared.destroy();
        }
    }

    /** Compares the keys, not the handles, in constant time. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DataKey that && shared.key.equals(that.shared.key);
    }

    /** Returns a value that tells nothing of the key. */
    @Override
    public int hashCode() {
        return shared.key.hashCode();
    }

    @Override
    public String toString() {
        return "DataKey[" + length() + " bytes, redacted" + (isClosed() ? ", closed]" : "]");
    }

    private void checkOpen() {
        if (isClosed()) {
            throw closedAlready();
        }
    }

    private static IllegalStateException closedAlready() {
        return new IllegalStateException("This handle of the data key is closed.");
    }

    /** The key and the number of its handles. Each method is one atomic step, so that a test can run every order of the steps of several threads. */
    static class Shared {
        private final SecretBytes key;
        private final AtomicInteger owners = new AtomicInteger(1);

        Shared(SecretBytes key) {
            this.key = key;
        }

        /** How many handles there are. */
        int owners() {
            beforeStep();
            return owners.get();
        }

        /** Counts one more handle, if there are still as many as the caller saw. */
        private boolean join(int seen) {
            beforeStep();
            return owners.compareAndSet(seen, seen + 1);
        }

        private int leave() {
            beforeStep();
            return owners.decrementAndGet();
        }

        private void destroy() {
            beforeStep();
            key.destroy();
        }

        /** Does nothing; where a test takes the thread's turn away. */
        void beforeStep() {}
    }
}
