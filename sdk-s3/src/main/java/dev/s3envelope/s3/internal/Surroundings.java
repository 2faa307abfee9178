package dev.s3envelope.s3.internal;

import dev.s3envelope.core.guard.Transport;
import dev.s3envelope.core.guard.WriteGuard;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.ssec.SseCKeySource;
import java.util.List;
import java.util.Optional;

/**
 * What the transformation of requests depends on, apart from the request.
 *
 * @param policy gives each object its mode
 * @param guard judges the key of each write
 * @param region the Region requests are sent to; empty where the client finds it by itself
 * @param transport how requests travel
 * @param readKeys sources of SSE-C keys for reading only
 * @param keyExecutors where SSE-C key sources are asked
 */
public record Surroundings(
        EncryptionPolicy policy,
        WriteGuard guard,
        Optional<String> region,
        Transport transport,
        List<SseCKeySource> readKeys,
        KeyExecutors keyExecutors) {
    public Surroundings {
        readKeys = List.copyOf(readKeys);
    }
}
