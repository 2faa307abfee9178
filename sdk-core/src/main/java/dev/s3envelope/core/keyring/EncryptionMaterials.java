package dev.s3envelope.core.keyring;

import java.util.List;

/**
 * A data key and the wrapped forms of it that go into the header.
 *
 * @param request what was asked for
 * @param dataKey owned by whoever receives the materials
 * @param wrappedKeys at least one; each wraps {@code dataKey}
 */
public record EncryptionMaterials(EncryptionMaterialsRequest request, DataKey dataKey, List<WrappedKey> wrappedKeys)
        implements AutoCloseable {

    /** Checks that key and suite fit, and copies the list. */
    public EncryptionMaterials {
        wrappedKeys = List.copyOf(wrappedKeys);
        if (wrappedKeys.isEmpty()) {
            throw new IllegalArgumentException("No wrapped key: a message nobody could open");
        }
        if (dataKey.length() != request.suite().keyLength()) {
            throw new IllegalArgumentException("Suite " + request.suite().hexId() + " takes a data key of "
                    + request.suite().keyLength() + " bytes, not " + dataKey.length());
        }
    }

    /** Closes the handle on the data key. */
    @Override
    public void close() {
        dataKey.close();
    }
}
