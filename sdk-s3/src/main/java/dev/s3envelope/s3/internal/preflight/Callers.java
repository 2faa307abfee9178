package dev.s3envelope.s3.internal.preflight;

import dev.s3envelope.core.keyring.PrincipalDigest;
import dev.s3envelope.core.keyring.RequestCredentials;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.services.s3.model.S3Request;

/** Who signs the requests of one client: the credentials are resolved once per request, and questions about it are signed with just those. */
final class Callers {
    private final Optional<IdentityProvider<? extends AwsCredentialsIdentity>> clients;
    private volatile @Nullable Known last;

    /** Most requests are signed by the one who signed the last. */
    private record Known(AwsCredentialsIdentity identity, Caller caller) {}

    Callers(Optional<IdentityProvider<? extends AwsCredentialsIdentity>> clients) {
        this.clients = clients;
    }

    /**
     * Somebody who signs.
     *
     * @param principal a digest of the credentials; empty text where the client does not say who it is
     * @param credentials what questions are signed with; none where the client does not say
     */
    record Caller(String principal, RequestCredentials credentials) {}

    /** Who signs a request; the stage fails as the provider does. */
    CompletionStage<Caller> of(S3Request request) {
        return RequestCredentials.of(request)
                .provider()
                .or(() -> clients)
                .map(this::resolve)
                .orElseGet(() -> CompletableFuture.completedFuture(new Caller("", RequestCredentials.none())));
    }

    private CompletionStage<Caller> resolve(IdentityProvider<? extends AwsCredentialsIdentity> provider) {
        try {
            return provider.resolveIdentity().thenApply(this::caller);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Caller caller(AwsCredentialsIdentity identity) {
        Known known = last;
        if (known != null && known.identity().equals(identity)) {
            return known.caller();
        }
        Caller caller = new Caller(PrincipalDigest.of(identity), RequestCredentials.resolved(identity));
        last = new Known(identity, caller);
        return caller;
    }
}
