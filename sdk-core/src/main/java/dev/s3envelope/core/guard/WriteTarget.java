package dev.s3envelope.core.guard;

import dev.s3envelope.core.arn.ObjectAddress;
import java.util.Objects;
import java.util.Optional;

/**
 * Where a write goes, and who sends it.
 *
 * @param bucket the bucket field of the request
 * @param clientRegion the Region the request is sent to, taken for the bucket's where that is not known; empty where the
 *     client finds the Region by itself (cross-Region access)
 * @param transport how the request travels
 * @param caller who signs, for a request with credentials of its own; empty means the identity the guard was built with
 */
public record WriteTarget(
        String bucket, Optional<String> clientRegion, Transport transport, Optional<CallerIdentity> caller) {
    public WriteTarget {
        ObjectAddress.requireBucket(bucket);
        Objects.requireNonNull(clientRegion, "clientRegion");
        Objects.requireNonNull(transport, "transport");
        Objects.requireNonNull(caller, "caller");
    }

    /** A write signed by the identity the guard was built with. */
    public static WriteTarget of(String bucket, Optional<String> clientRegion, Transport transport) {
        return new WriteTarget(bucket, clientRegion, transport, Optional.empty());
    }

    /** The same write, signed by somebody else. */
    public WriteTarget withCaller(CallerIdentity other) {
        return new WriteTarget(bucket, clientRegion, transport, Optional.of(other));
    }
}
