package dev.s3envelope.bench;

import dev.s3envelope.core.crypto.CryptoProvider;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** AES-256-GCM in one-shot calls on blocks of 64 KiB, with nothing around it: what the provider can do at best. */
final class RawGcm {
    static final int BLOCK = 64 * 1024;
    private static final int TAG = 16;

    private final Cipher cipher;
    private final SecretKey key = new SecretKeySpec(new byte[32], "AES");
    private long counter;

    RawGcm(CryptoProvider provider) {
        this.cipher = provider.aesGcm();
    }

    int encrypt(byte[] in, byte[] out) throws GeneralSecurityException {
        int to = 0;
        for (int at = 0; at < in.length; at += BLOCK) {
            cipher.init(Cipher.ENCRYPT_MODE, key, iv(counter++));
            to += cipher.doFinal(in, at, Math.min(BLOCK, in.length - at), out, to);
        }
        return to;
    }

    int decrypt(byte[] in, byte[] out) throws GeneralSecurityException {
        return decrypt(in, out, 0, blocks(in.length));
    }

    /** Decrypts the blocks from one to before another, each to its place; how many bytes that were. */
    int decrypt(byte[] in, byte[] out, int first, int end) throws GeneralSecurityException {
        int written = 0;
        for (int block = first; block < end; block++) {
            int at = block * (BLOCK + TAG);
            cipher.init(Cipher.DECRYPT_MODE, key, iv(block));
            written += cipher.doFinal(in, at, Math.min(BLOCK + TAG, in.length - at), out, block * BLOCK);
        }
        return written;
    }

    static int blocks(int sealedLength) {
        return (sealedLength + BLOCK + TAG - 1) / (BLOCK + TAG);
    }

    private static GCMParameterSpec iv(long counter) {
        return new GCMParameterSpec(128, ByteBuffer.allocate(12).putLong(4, counter).array());
    }
}
