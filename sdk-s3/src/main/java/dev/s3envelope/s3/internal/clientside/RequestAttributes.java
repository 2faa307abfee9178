package dev.s3envelope.s3.internal.clientside;

import java.util.Optional;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.services.s3.model.S3Request;

/** What travels with a request and is not sent. */
public final class RequestAttributes {
    private RequestAttributes() {}

    /** What travels with a request, if anything does. */
    public static <V> Optional<V> get(S3Request request, ExecutionAttribute<V> attribute) {
        return request.overrideConfiguration()
                .map(configuration -> configuration.executionAttributes().getAttribute(attribute));
    }

    /** The credentials a request brings along and nothing else, for a request that goes beside it. */
    public static Optional<AwsRequestOverrideConfiguration> credentialsOf(S3Request request) {
        return request.overrideConfiguration()
                .flatMap(AwsRequestOverrideConfiguration::credentialsIdentityProvider)
                .map(provider -> AwsRequestOverrideConfiguration.builder()
                        .credentialsProvider(provider)
                        .build());
    }

    /** The request with something that travels with it. */
    public static <T extends S3Request, V> T with(T request, ExecutionAttribute<V> attribute, V value) {
        AwsRequestOverrideConfiguration configuration = request.overrideConfiguration()
                .map(AwsRequestOverrideConfiguration::toBuilder)
                .orElseGet(AwsRequestOverrideConfiguration::builder)
                .putExecutionAttribute(attribute, value)
                .build();
        @SuppressWarnings("unchecked") // a request's builder builds requests of its own type
        T copy = (T) request.toBuilder().overrideConfiguration(configuration).build();
        return copy;
    }
}
