package dev.s3envelope.core.keyring;

import java.util.Optional;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;

/**
 * The credentials one request brings along, if any: whoever signs the request for an object also has to be the one who asks for its data key.
 *
 * <p>A handle on a provider, not the credentials themselves; {@code toString} says no more than whether there is one. Immutable.
 */
public final class RequestCredentials {
    private static final RequestCredentials NONE = new RequestCredentials(Optional.empty());

    private final Optional<IdentityProvider<? extends AwsCredentialsIdentity>> provider;

    private RequestCredentials(Optional<IdentityProvider<? extends AwsCredentialsIdentity>> provider) {
        this.provider = provider;
    }

    /** No credentials of the request's own: every client signs with those it was configured with. */
    public static RequestCredentials none() {
        return NONE;
    }

    /** The credentials this provider gives. */
    public static RequestCredentials of(IdentityProvider<? extends AwsCredentialsIdentity> provider) {
        return new RequestCredentials(Optional.of(provider));
    }

    /** These credentials, already resolved. */
    public static RequestCredentials resolved(AwsCredentialsIdentity credentials) {
        return of(new ResolvedCredentials(credentials));
    }

    /** The credentials the override configuration of a request to AWS names, or none. */
    public static RequestCredentials of(AwsRequest request) {
        return request.overrideConfiguration()
                .flatMap(AwsRequestOverrideConfiguration::credentialsIdentityProvider)
                .map(RequestCredentials::of)
                .orElse(NONE);
    }

    /** Where the credentials come from; empty without any. */
    public Optional<IdentityProvider<? extends AwsCredentialsIdentity>> provider() {
        return provider;
    }

    @Override
    public String toString() {
        return provider.isPresent() ? "credentials of the request" : "no credentials of the request";
    }
}
