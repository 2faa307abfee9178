package dev.s3envelope.local.internal.iam;

import org.jspecify.annotations.Nullable;

/** Finds the credential behind an access key id; thread-safe. */
public interface CredentialStore {
    @Nullable
    Credential find(String accessKeyId);
}
