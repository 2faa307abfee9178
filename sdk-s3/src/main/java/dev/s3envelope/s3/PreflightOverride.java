package dev.s3envelope.s3;

import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.services.s3.model.S3Request;

/**
 * The preflight one request wants, given through the SDK's own override configuration:
 *
 * <pre>{@code
 * s3.getObject(r -> r.bucket("reports").key("q3.csv")
 *         .overrideConfiguration(PreflightOverride.strategy(PreflightStrategy.OFF)));
 * }</pre>
 *
 * <p>Immutable.
 */
public final class PreflightOverride implements Consumer<AwsRequestOverrideConfiguration.Builder> {
    private static final ExecutionAttribute<PreflightOverride> ATTRIBUTE =
            new ExecutionAttribute<>("dev.s3envelope.s3.PreflightOverride");

    private final PreflightStrategy strategy;

    private PreflightOverride(PreflightStrategy strategy) {
        this.strategy = Objects.requireNonNull(strategy, "strategy");
    }

    /** This strategy for this request; of a write, {@link PreflightStrategy#OFF} says that it is not checked either. */
    public static PreflightOverride strategy(PreflightStrategy strategy) {
        return new PreflightOverride(strategy);
    }

    /** The override a request carries, if any. */
    public static Optional<PreflightOverride> of(S3Request request) {
        return request.overrideConfiguration()
                .map(configuration -> configuration.executionAttributes().getAttribute(ATTRIBUTE));
    }

    /** The strategy asked for. */
    public PreflightStrategy strategy() {
        return strategy;
    }

    /** Adds this override to a request's configuration and leaves the rest of it as it is. */
    @Override
    public void accept(AwsRequestOverrideConfiguration.Builder configuration) {
        configuration.putExecutionAttribute(ATTRIBUTE, this);
    }

    @Override
    public String toString() {
        return "PreflightOverride[" + strategy + "]";
    }
}
