package dev.s3envelope.local.internal.http;

import dev.s3envelope.local.internal.iam.Credential;
import org.jspecify.annotations.Nullable;

/** Who signed a request: the credential whose signature was verified, or null for an anonymous request. */
public record Caller(@Nullable Credential credential) {}
