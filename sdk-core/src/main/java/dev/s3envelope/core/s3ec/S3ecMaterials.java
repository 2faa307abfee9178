package dev.s3envelope.core.s3ec;

import dev.s3envelope.core.keyring.DataKey;
import java.util.Map;

/**
 * A data key for writing, and how it is stored.
 *
 * <p>The receiver owns {@code dataKey} and closes it through {@link #close()}. The wrapped key was made for one suite and opens under no other.
 *
 * @param suite the suite the wrapped key is bound to
 * @param wrapping how it is wrapped
 * @param dataKey 32 bytes
 * @param wrappedKey the wrapped key; copied both ways
 * @param description KMS encryption context as sent, or material description
 */
@SuppressWarnings("ArrayRecordComponent") // copied both ways; identity is enough for something that holds a key
public record S3ecMaterials(
        S3ecSuite suite, S3ecWrapping wrapping, DataKey dataKey, byte[] wrappedKey, Map<String, String> description)
        implements AutoCloseable {
    /** Checks the key's length. */
    public S3ecMaterials {
        if (dataKey.length() != S3ecSuite.KEY_LENGTH) {
            throw new IllegalArgumentException("data key of " + dataKey.length() + " bytes; must be 32");
        }
        wrappedKey = wrappedKey.clone();
        description = Map.copyOf(description);
    }

    @Override
    public byte[] wrappedKey() {
        return wrappedKey.clone();
    }

    @Override
    public void close() {
        dataKey.close();
    }

    @Override
    public String toString() {
        return "S3ecMaterials[" + suite + ", " + wrapping + "]";
    }
}
