package dev.s3envelope.s3;

import dev.s3envelope.core.mode.EncryptionMode;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.services.s3.model.S3Request;

/**
 * What one request wants otherwise than the policy's default, given through the SDK's own override configuration:
 *
 * <pre>{@code
 * s3.putObject(r -> r.bucket("reports").key("q3.csv")
 *         .overrideConfiguration(EncryptionOverride.mode(EncryptionMode.sseS3())), body);
 * }</pre>
 *
 * <p>A rule that enforces refuses an override that says otherwise. On a read, an SSE-C mode names the source of the key and
 * any other mode says that there is none to send. Immutable.
 */
public final class EncryptionOverride implements Consumer<AwsRequestOverrideConfiguration.Builder> {
    private static final ExecutionAttribute<EncryptionOverride> ATTRIBUTE =
            new ExecutionAttribute<>("dev.s3envelope.s3.EncryptionOverride");

    private final EncryptionMode mode;

    private EncryptionOverride(EncryptionMode mode) {
        this.mode = Objects.requireNonNull(mode, "mode");
    }

    /** This mode for this request. */
    public static EncryptionOverride mode(EncryptionMode mode) {
        return new EncryptionOverride(mode);
    }

    /** The override a request carries, if any. */
    public static Optional<EncryptionOverride> of(S3Request request) {
        return request.overrideConfiguration()
                .map(configuration -> configuration.executionAttributes().getAttribute(ATTRIBUTE));
    }

    /** The mode asked for. */
    public EncryptionMode mode() {
        return mode;
    }

    /** Adds this override to a request's configuration and leaves the rest of it as it is. */
    @Override
    public void accept(AwsRequestOverrideConfiguration.Builder configuration) {
        configuration.putExecutionAttribute(ATTRIBUTE, this);
    }

    @Override
    public String toString() {
        return "EncryptionOverride[" + mode + "]";
    }
}
