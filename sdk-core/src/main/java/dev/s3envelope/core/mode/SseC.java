package dev.s3envelope.core.mode;

import dev.s3envelope.core.ssec.SseCKeySource;
import java.util.Objects;

/**
 * Server-side encryption with keys of the customer, sent with every request that writes or reads the object. Two are equal
 * when their sources are.
 *
 * @param source gives the key for each object
 */
public record SseC(SseCKeySource source) implements ServerSideMode {
    public SseC {
        Objects.requireNonNull(source, "source");
    }

    @Override
    public String toString() {
        return "SseC[keySource=" + source.name() + "]";
    }
}
