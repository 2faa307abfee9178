package dev.s3envelope.s3.internal.clientside;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.services.s3.model.S3Request;

/** What travels with a request and is not sent. */
public final class RequestAttributes {
    private static final ExecutionAttribute<Callers> CALLERS =
            new ExecutionAttribute<>("dev.s3envelope.s3.CallersConfiguration");

    /** The configuration a request had before anything of ours was put on it. */
    private record Callers(@Nullable AwsRequestOverrideConfiguration configuration) {}

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
        AwsRequestOverrideConfiguration.Builder configuration = request.overrideConfiguration()
                .map(AwsRequestOverrideConfiguration::toBuilder)
                .orElseGet(AwsRequestOverrideConfiguration::builder)
                .putExecutionAttribute(attribute, value);
        if (callers(request) == null) {
            configuration.putExecutionAttribute(
                    CALLERS, new Callers(request.overrideConfiguration().orElse(null)));
        }
        return configured(request, configuration.build());
    }

    /**
     * The request as it is sent, with the configuration its caller gave it. What travelled with it has arrived, and the AWS SDK takes longer for a request that has a
     * configuration. Only attributes may be added to a configuration in between.
     */
    public static <T extends S3Request> T arrived(T request) {
        Callers callers = callers(request);
        return callers == null ? request : configured(request, callers.configuration());
    }

    /** The same for a request that is being built from one that is about to be sent. */
    public static void arrived(S3Request.Builder builder, S3Request from) {
        Callers callers = callers(from);
        if (callers != null) {
            builder.overrideConfiguration(callers.configuration());
        }
    }

    private static @Nullable Callers callers(S3Request request) {
        AwsRequestOverrideConfiguration now = request.overrideConfiguration().orElse(null);
        return now == null ? null : now.executionAttributes().getAttribute(CALLERS);
    }

    private static <T extends S3Request> T configured(
            T request, @Nullable AwsRequestOverrideConfiguration configuration) {
        @SuppressWarnings("unchecked") // a request's builder builds requests of its own type
        T copy = (T) request.toBuilder().overrideConfiguration(configuration).build();
        return copy;
    }
}
