package dev.s3envelope.core.s3ec;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.ShortBufferException;

/**
 * AES in counter mode that gives out as many bytes as it takes, however they are cut: some providers hold back what is not a whole block. They get whole
 * blocks only, and the last of the keystream is kept here for the bytes that are still to come. For one thread.
 */
final class CounterMode {
    private static final int BLOCK = 16;

    private final Cipher cipher;
    private final byte[] keystream = new byte[BLOCK];
    private int left;

    /** @param block of the content, where it starts */
    CounterMode(ContentKey key, long block) throws GeneralSecurityException {
        this.cipher = key.ctrAtBlock(block);
    }

    void apply(byte[] in, int offset, int count, byte[] out, int outOffset) throws ShortBufferException {
        int early = partOfABlock(in, offset, Math.min(left, count), out, outOffset);
        int whole = (count - early) / BLOCK * BLOCK;
        blocks(in, offset + early, whole, out, outOffset + early);
        int done = early + whole;
        if (done < count) {
            blocks(keystream, 0, BLOCK, keystream, 0); // all zeros by now
            left = BLOCK;
            partOfABlock(in, offset + done, count - done, out, outOffset + done);
        }
    }

    private void blocks(byte[] in, int offset, int count, byte[] out, int outOffset) throws ShortBufferException {
        int written = count == 0 ? 0 : cipher.update(in, offset, count, out, outOffset);
        if (written != count) {
            throw new IllegalStateException("counter mode held back " + (count - written) + " bytes of whole blocks");
        }
    }

    /** Uses up keystream, which is zeroed behind itself. */
    private int partOfABlock(byte[] in, int offset, int count, byte[] out, int outOffset) {
        for (int i = 0; i < count; i++) {
            int at = BLOCK - left--;
            out[outOffset + i] = (byte) (in[offset + i] ^ keystream[at]);
            keystream[at] = 0;
        }
        return count;
    }
}
