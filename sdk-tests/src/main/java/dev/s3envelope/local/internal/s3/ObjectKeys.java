package dev.s3envelope.local.internal.s3;

import java.util.Arrays;
import java.util.List;

/** The opened data keys of one object, one per layer of encryption (two for DSSE-KMS); zeroed when closed. */
final class ObjectKeys implements AutoCloseable {
    private final List<byte[]> layers;

    ObjectKeys(byte[]... layers) {
        this.layers = List.of(layers);
    }

    List<byte[]> layers() {
        return layers;
    }

    @Override
    public void close() {
        layers.forEach(key -> Arrays.fill(key, (byte) 0));
    }
}
