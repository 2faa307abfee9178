package dev.s3envelope.s3.internal;

import dev.s3envelope.core.arn.ObjectAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One version of an object, or whatever version is current.
 *
 * @param address bucket and key
 * @param version the version's id; empty means the current one
 */
public record ObjectVersion(ObjectAddress address, Optional<String> version) {
    /** The version of an object that a request names; empty where bucket or key is missing, which the SDK itself refuses. */
    public static Optional<ObjectVersion> of(@Nullable String bucket, @Nullable String key, @Nullable String version) {
        return bucket == null || bucket.isBlank() || key == null || key.isEmpty()
                ? Optional.empty()
                : Optional.of(new ObjectVersion(new ObjectAddress(bucket, key), Optional.ofNullable(version)));
    }
}
