package dev.s3envelope.local.internal.iam;

import dev.s3envelope.core.iam.Principal;
import org.jspecify.annotations.Nullable;

/** An access key of a principal; {@code sessionToken} is set for the temporary credentials of an assumed role. */
public record Credential(
        String accessKeyId, String secretAccessKey, @Nullable String sessionToken, Principal principal) {
    @Override
    public String toString() {
        return "Credential[" + accessKeyId + "]";
    }
}
