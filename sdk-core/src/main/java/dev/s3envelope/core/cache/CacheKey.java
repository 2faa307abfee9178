package dev.s3envelope.core.cache;

import dev.s3envelope.core.crypto.AlgorithmSuite;
import dev.s3envelope.core.keyring.EncryptionContext;
import dev.s3envelope.core.keyring.WrappedKey;
import java.util.List;
import java.util.Optional;

/**
 * What must be equal for two requests to share a data key: the keyring (by the number this cache gave it), who asks, partition, suite and context; when
 * reading the wrapped keys too, when writing none. Everything is compared in full, nothing by digest.
 */
record CacheKey(
        CacheListener.Use use,
        long keyring,
        AlgorithmSuite suite,
        EncryptionContext context,
        List<WrappedKey> wrappedKeys,
        Optional<String> partition,
        Optional<String> principal) {}
