package dev.s3envelope.core.s3ec;

import dev.s3envelope.core.crypto.CryptoProvider;
import java.security.SecureRandom;

/**
 * The envelope of an object that is about to be written, and the content key it commits to.
 *
 * @param key closed by whoever gets it
 */
record KeyedEnvelope(ContentKey key, S3ecEnvelope.V3 envelope) {
    /** A new object's: its message id, and so its content key, is its own. */
    static KeyedEnvelope fresh(CryptoProvider provider, SecureRandom random, S3ecMaterials materials) {
        if (materials.suite() != S3ecSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY) {
            throw new IllegalArgumentException("only V3 is written, not " + materials.suite());
        }
        byte[] messageId = new byte[S3ecEnvelope.MESSAGE_ID_LENGTH];
        random.nextBytes(messageId);
        ContentKey.Committed derived = ContentKey.derive(provider, materials.dataKey(), messageId);
        return new KeyedEnvelope(
                derived.key,
                new S3ecEnvelope.V3(
                        materials.wrapping(),
                        materials.wrappedKey(),
                        messageId,
                        derived.commitment,
                        materials.description()));
    }
}
