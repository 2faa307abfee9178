package dev.s3envelope.local;

import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.http.auth.aws.scheme.AwsV4AuthScheme;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.AsyncSignRequest;
import software.amazon.awssdk.http.auth.spi.signer.AsyncSignedRequest;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignRequest;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.identity.spi.IdentityProviders;

/** Signature Version 4 by a given clock, so that clients live in the time of an instance whose clock is not the system's. */
final class ClockedSigV4 implements AwsV4AuthScheme {
    private final AwsV4AuthScheme scheme = AwsV4AuthScheme.create();
    private final AwsV4HttpSigner signer;

    ClockedSigV4(Clock clock) {
        this.signer = new Signer(AwsV4HttpSigner.create(), clock);
    }

    @Override
    public String schemeId() {
        return scheme.schemeId();
    }

    @Override
    public IdentityProvider<AwsCredentialsIdentity> identityProvider(IdentityProviders providers) {
        return scheme.identityProvider(providers);
    }

    @Override
    public AwsV4HttpSigner signer() {
        return signer;
    }

    private record Signer(AwsV4HttpSigner signer, Clock clock) implements AwsV4HttpSigner {
        @Override
        public SignedRequest sign(SignRequest<? extends AwsCredentialsIdentity> request) {
            return signer.sign(request.copy(b -> b.putProperty(HttpSigner.SIGNING_CLOCK, clock)));
        }

        @Override
        public CompletableFuture<AsyncSignedRequest> signAsync(
                AsyncSignRequest<? extends AwsCredentialsIdentity> request) {
            return signer.signAsync(request.copy(b -> b.putProperty(HttpSigner.SIGNING_CLOCK, clock)));
        }
    }
}
