package dev.s3envelope.core.keyring;

import dev.s3envelope.core.crypto.AlgorithmSuite;
import java.util.List;
import java.util.Optional;

/**
 * What a keyring must know to unwrap the data key of a message.
 *
 * @param suite decides the length of the data key and whether it may be cached
 * @param encryptionContext as it stands in the header; for KMS the encryption context of the call
 * @param wrappedKeys as they stand in the header, in that order; any of them gives the same data key
 * @param cachePartition as in {@link EncryptionMaterialsRequest}
 */
public record DecryptionMaterialsRequest(
        AlgorithmSuite suite,
        EncryptionContext encryptionContext,
        List<WrappedKey> wrappedKeys,
        Optional<String> cachePartition) {

    /** Copies the list. */
    public DecryptionMaterialsRequest {
        wrappedKeys = List.copyOf(wrappedKeys);
    }
}
