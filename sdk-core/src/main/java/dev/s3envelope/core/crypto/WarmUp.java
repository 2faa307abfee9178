package dev.s3envelope.core.crypto;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Runs AES-GCM often enough for the JIT compiler to take notice. Many small calls do it best: until the intrinsics are compiled
 * in, one large call runs interpreted at a hundredth of the speed.
 */
final class WarmUp {
    private static final int ROUNDS = 5_000;
    private static final int BLOCK = 1024;

    private WarmUp() {}

    static void run(CryptoProvider provider) {
        SecretBytes key = SecretBytes.taking("AES", new byte[32]);
        byte[] plaintext = new byte[BLOCK];
        byte[] ciphertext = new byte[BLOCK + AlgorithmSuite.TAG_LENGTH];
        byte[] iv = new byte[AlgorithmSuite.IV_LENGTH];
        try {
            Cipher encrypt = provider.aesGcm();
            Cipher decrypt = provider.aesGcm();
            for (int i = 0; i < ROUNDS && !Thread.currentThread().isInterrupted(); i++) {
                iv[0] = (byte) i;
                iv[1] = (byte) (i >>> 8);
                GCMParameterSpec spec = new GCMParameterSpec(AlgorithmSuite.TAG_LENGTH * Byte.SIZE, iv);
                encrypt.init(Cipher.ENCRYPT_MODE, key, spec);
                encrypt.updateAAD(iv);
                encrypt.doFinal(plaintext, 0, BLOCK, ciphertext, 0);
                decrypt.init(Cipher.DECRYPT_MODE, key, spec);
                decrypt.updateAAD(iv);
                decrypt.doFinal(ciphertext, 0, ciphertext.length, plaintext, 0);
                Arrays.fill(plaintext, (byte) i);
            }
        } catch (GeneralSecurityException e) {
            throw CryptoProvider.unusable(provider, "warming up", e);
        }
    }
}
