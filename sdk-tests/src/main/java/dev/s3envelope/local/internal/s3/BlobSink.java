package dev.s3envelope.local.internal.s3;

import java.io.IOException;
import java.io.InputStream;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.function.Consumer;

/** Seals a stream into a new blob. */
final class BlobSink {
    private final BlobStore store;
    private final SecureRandom random;

    BlobSink(BlobStore store, SecureRandom random) {
        this.store = store;
        this.random = random;
    }

    /** Sees the plaintext on its way. */
    interface Observer {
        void update(byte[] data, int offset, int count);
    }

    /**
     * Reads {@code in} to its end, which verifies it, and stores it sealed. A failure leaves nothing behind.
     *
     * @param limit the greatest length allowed
     * @param hint the expected length, or -1
     */
    Blob store(InputStream in, ObjectKeys keys, long hint, long limit, Consumer<Long> tooLarge, Observer observer)
            throws IOException {
        byte[] salt = new byte[16];
        random.nextBytes(salt);
        SegmentCipher cipher = new SegmentCipher(keys, salt);
        byte[] plain = new byte[hint >= 0 && hint < SegmentCipher.SEGMENT ? (int) hint + 1 : SegmentCipher.SEGMENT];
        long total = 0;
        long index = 0;
        try (BlobStore.Writer writer = store.create()) {
            while (true) {
                int filled = in.readNBytes(plain, 0, plain.length);
                observer.update(plain, 0, filled);
                total += filled;
                if (total > limit) {
                    tooLarge.accept(total);
                }
                boolean last = filled < plain.length;
                if (filled > 0 || index == 0) {
                    writer.append(cipher.seal(index++, plain, filled));
                }
                if (last) {
                    return new Blob(writer.commit(), total, Base64.getEncoder().encodeToString(salt));
                }
            }
        }
    }
}
