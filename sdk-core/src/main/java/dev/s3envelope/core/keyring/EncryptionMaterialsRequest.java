package dev.s3envelope.core.keyring;

import dev.s3envelope.core.crypto.AlgorithmSuite;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a keyring must know to make a data key.
 *
 * @param suite decides the length of the data key and whether it may be reused
 * @param encryptionContext bound to every wrapped key; for KMS the encryption context of the call
 * @param cachePartition for applications that separate more than principals, for example tenants: a cache never serves a key across
 *     partitions. Principals it separates by itself, see {@link Keyring#principal}. Empty: one common partition
 * @param plaintextLength bytes to be encrypted, where known, so that a cache can count bytes per key
 */
public record EncryptionMaterialsRequest(
        AlgorithmSuite suite,
        EncryptionContext encryptionContext,
        Optional<String> cachePartition,
        OptionalLong plaintextLength) {

    /** Returns a request for the suite we write, without partition and length. */
    public static EncryptionMaterialsRequest of(EncryptionContext encryptionContext) {
        return new EncryptionMaterialsRequest(
                AlgorithmSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY,
                encryptionContext,
                Optional.empty(),
                OptionalLong.empty());
    }

    /** Returns the same request for this partition. */
    public EncryptionMaterialsRequest withCachePartition(String partition) {
        return new EncryptionMaterialsRequest(suite, encryptionContext, Optional.of(partition), plaintextLength);
    }

    /** Returns the same request for this many bytes of plaintext. */
    public EncryptionMaterialsRequest withPlaintextLength(long length) {
        return new EncryptionMaterialsRequest(suite, encryptionContext, cachePartition, OptionalLong.of(length));
    }
}
