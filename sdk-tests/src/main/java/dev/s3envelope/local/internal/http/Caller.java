package dev.s3envelope.local.internal.http;

import dev.s3envelope.local.internal.iam.Credential;
import org.jspecify.annotations.Nullable;

/**
 * Who signed a request: the credential whose signature was verified, or null for an anonymous request, and the Region of the
 * credential scope (empty text if anonymous): one endpoint serves every Region.
 */
public record Caller(@Nullable Credential credential, String region) {
    /** Nobody: the request was not signed. */
    public static Caller anonymous() {
        return new Caller(null, "");
    }
}
