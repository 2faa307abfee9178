package dev.s3envelope.kms;

import dev.s3envelope.core.keyring.RequestCredentials;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.services.kms.KmsAsyncClient;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.KmsServiceClientConfiguration;
import software.amazon.awssdk.services.kms.model.DecryptRequest;
import software.amazon.awssdk.services.kms.model.DecryptResponse;
import software.amazon.awssdk.services.kms.model.DescribeKeyRequest;
import software.amazon.awssdk.services.kms.model.DescribeKeyResponse;
import software.amazon.awssdk.services.kms.model.EncryptRequest;
import software.amazon.awssdk.services.kms.model.EncryptResponse;
import software.amazon.awssdk.services.kms.model.GenerateDataKeyRequest;
import software.amazon.awssdk.services.kms.model.GenerateDataKeyResponse;
import software.amazon.awssdk.services.kms.model.GenerateMacRequest;
import software.amazon.awssdk.services.kms.model.GenerateMacResponse;
import software.amazon.awssdk.services.kms.model.KmsRequest;

/** The KMS operations of keyrings, of the SSE-C key source and of the questions about a key, over either kind of client. A synchronous client answers on the calling thread. */
final class KmsCalls {
    private final Function<GenerateDataKeyRequest, CompletionStage<GenerateDataKeyResponse>> generateDataKey;
    private final Function<EncryptRequest, CompletionStage<EncryptResponse>> encrypt;
    private final Function<DecryptRequest, CompletionStage<DecryptResponse>> decrypt;
    private final Function<DescribeKeyRequest, CompletionStage<DescribeKeyResponse>> describeKey;
    private final Function<GenerateMacRequest, CompletionStage<GenerateMacResponse>> generateMac;
    private final KmsServiceClientConfiguration configuration;
    private final boolean blocking;
    private final @Nullable AwsRequestOverrideConfiguration override;

    private KmsCalls(
            Function<GenerateDataKeyRequest, CompletionStage<GenerateDataKeyResponse>> generateDataKey,
            Function<EncryptRequest, CompletionStage<EncryptResponse>> encrypt,
            Function<DecryptRequest, CompletionStage<DecryptResponse>> decrypt,
            Function<DescribeKeyRequest, CompletionStage<DescribeKeyResponse>> describeKey,
            Function<GenerateMacRequest, CompletionStage<GenerateMacResponse>> generateMac,
            KmsServiceClientConfiguration configuration,
            boolean blocking,
            @Nullable AwsRequestOverrideConfiguration override) {
        this.generateDataKey = generateDataKey;
        this.encrypt = encrypt;
        this.decrypt = decrypt;
        this.describeKey = describeKey;
        this.generateMac = generateMac;
        this.configuration = configuration;
        this.blocking = blocking;
        this.override = override;
    }

    static KmsCalls of(KmsClient client) {
        return new KmsCalls(
                request -> CompletableFuture.completedFuture(client.generateDataKey(request)),
                request -> CompletableFuture.completedFuture(client.encrypt(request)),
                request -> CompletableFuture.completedFuture(client.decrypt(request)),
                request -> CompletableFuture.completedFuture(client.describeKey(request)),
                request -> CompletableFuture.completedFuture(client.generateMac(request)),
                client.serviceClientConfiguration(),
                true,
                null);
    }

    static KmsCalls of(KmsAsyncClient client) {
        return new KmsCalls(
                client::generateDataKey,
                client::encrypt,
                client::decrypt,
                client::describeKey,
                client::generateMac,
                client.serviceClientConfiguration(),
                false,
                null);
    }

    /** The same calls, signed with these credentials. */
    KmsCalls signedWith(AwsCredentialsIdentity credentials) {
        return signedWith(RequestCredentials.resolved(credentials));
    }

    /** The same calls, signed with what these credentials resolve to at each call; without any, as the client signs by itself. */
    KmsCalls signedWith(RequestCredentials credentials) {
        return credentials.provider().map(this::signedWith).orElse(this);
    }

    private KmsCalls signedWith(IdentityProvider<? extends AwsCredentialsIdentity> provider) {
        AwsRequestOverrideConfiguration signed = AwsRequestOverrideConfiguration.builder()
                .credentialsProvider(provider)
                .build();
        return new KmsCalls(
                generateDataKey, encrypt, decrypt, describeKey, generateMac, configuration, blocking, signed);
    }

    CompletionStage<GenerateDataKeyResponse> generateDataKey(GenerateDataKeyRequest request) {
        return call(
                generateDataKey,
                override == null
                        ? request
                        : request.toBuilder().overrideConfiguration(override).build());
    }

    CompletionStage<EncryptResponse> encrypt(EncryptRequest request) {
        return call(
                encrypt,
                override == null
                        ? request
                        : request.toBuilder().overrideConfiguration(override).build());
    }

    CompletionStage<DecryptResponse> decrypt(DecryptRequest request) {
        return call(
                decrypt,
                override == null
                        ? request
                        : request.toBuilder().overrideConfiguration(override).build());
    }

    CompletionStage<DescribeKeyResponse> describeKey(DescribeKeyRequest request) {
        return call(
                describeKey,
                override == null
                        ? request
                        : request.toBuilder().overrideConfiguration(override).build());
    }

    CompletionStage<GenerateMacResponse> generateMac(GenerateMacRequest request) {
        return call(
                generateMac,
                override == null
                        ? request
                        : request.toBuilder().overrideConfiguration(override).build());
    }

    /** The Region of the client. */
    String region() {
        return configuration.region().id();
    }

    /** Where the client's own credentials come from; empty for a client that does not say. */
    Optional<IdentityProvider<? extends AwsCredentialsIdentity>> credentials() {
        return Optional.ofNullable(configuration.credentialsProvider());
    }

    /** Whether a call may block the calling thread. */
    boolean blocking() {
        return blocking;
    }

    private static <Q extends KmsRequest, A> CompletionStage<A> call(
            Function<Q, CompletionStage<A>> operation, Q request) {
        CompletionStage<A> answer;
        try {
            answer = operation.apply(request);
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        return KmsFailures.explained(request, answer);
    }
}
