package dev.s3envelope.core.keyring;

import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.identity.spi.ResolveIdentityRequest;

/** Gives the very credentials a principal was told by, whatever their provider says later. */
final class ResolvedCredentials implements IdentityProvider<AwsCredentialsIdentity> {
    private final AwsCredentialsIdentity credentials;

    ResolvedCredentials(AwsCredentialsIdentity credentials) {
        this.credentials = credentials;
    }

    @Override
    public Class<AwsCredentialsIdentity> identityType() {
        return AwsCredentialsIdentity.class;
    }

    @Override
    public CompletableFuture<AwsCredentialsIdentity> resolveIdentity(ResolveIdentityRequest request) {
        return CompletableFuture.completedFuture(credentials);
    }
}
