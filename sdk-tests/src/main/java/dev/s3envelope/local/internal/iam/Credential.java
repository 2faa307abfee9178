package dev.s3envelope.local.internal.iam;

import dev.s3envelope.core.iam.Principal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An access key of a principal; {@code sessionToken} and {@code expiration} are set for temporary credentials, whose requests are
 * refused (ExpiredToken) from that instant on.
 */
public record Credential(
        String accessKeyId,
        String secretAccessKey,
        @Nullable String sessionToken,
        Principal principal,
        @Nullable Instant expiration) {
    /** Whether requests signed with it are refused at {@code now}. */
    public boolean expired(Instant now) {
        return expiration != null && !now.isBefore(expiration);
    }

    @Override
    public String toString() {
        return "Credential[" + accessKeyId + "]";
    }
}
