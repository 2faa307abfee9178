package dev.s3envelope.kms;

import dev.s3envelope.core.access.PrincipalLookup;
import dev.s3envelope.core.keyring.RequestCredentials;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.sts.StsAsyncClient;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.GetCallerIdentityRequest;
import software.amazon.awssdk.services.sts.model.GetCallerIdentityResponse;

/**
 * Learns who signs with STS GetCallerIdentity, which needs no permission: one call each time it is asked. It must be given a client with the credentials that the S3
 * client uses.
 *
 * <p>Source: AWS STS API Reference, "GetCallerIdentity". Safe for use by several threads. The client is the application's: it is never closed here.
 */
public final class StsPrincipalLookup implements PrincipalLookup {
    private final Function<GetCallerIdentityRequest, CompletionStage<GetCallerIdentityResponse>> call;
    private final boolean blocking;

    private StsPrincipalLookup(
            Function<GetCallerIdentityRequest, CompletionStage<GetCallerIdentityResponse>> call, boolean blocking) {
        this.call = call;
        this.blocking = blocking;
    }

    /** Over a synchronous client: it answers on the calling thread. */
    public static StsPrincipalLookup of(StsClient client) {
        Objects.requireNonNull(client, "client");
        return new StsPrincipalLookup(
                request -> CompletableFuture.completedFuture(client.getCallerIdentity(request)), true);
    }

    /** Over an asynchronous client: nothing blocks. */
    public static StsPrincipalLookup of(StsAsyncClient client) {
        Objects.requireNonNull(client, "client");
        return new StsPrincipalLookup(client::getCallerIdentity, false);
    }

    @Override
    public CompletionStage<String> arn(RequestCredentials credentials) {
        GetCallerIdentityRequest.Builder request = GetCallerIdentityRequest.builder();
        credentials
                .provider()
                .ifPresent(provider -> request.overrideConfiguration(AwsRequestOverrideConfiguration.builder()
                        .credentialsProvider(provider)
                        .build()));
        try {
            return call.apply(request.build()).thenApply(GetCallerIdentityResponse::arn);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public boolean blocking() {
        return blocking;
    }
}
