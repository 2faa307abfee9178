package dev.s3envelope.core;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/** Remembers every array it filled, so that a test can tell what was drawn, and whether it was wiped. */
public final class RecordingRandom extends SecureRandom {
    private static final long serialVersionUID = 1L;

    private final transient List<byte[]> filled = new ArrayList<>();
    private final transient List<byte[]> drawn = new ArrayList<>();

    @Override
    public void nextBytes(byte[] bytes) {
        super.nextBytes(bytes);
        filled.add(bytes);
        drawn.add(bytes.clone());
    }

    /** The arrays themselves. */
    public List<byte[]> filled() {
        return List.copyOf(filled);
    }

    /** What was put into them. */
    public List<byte[]> drawn() {
        return List.copyOf(drawn);
    }
}
