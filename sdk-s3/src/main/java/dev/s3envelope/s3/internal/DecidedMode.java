package dev.s3envelope.s3.internal;

import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.s3.internal.clientside.RequestAttributes;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.services.s3.model.S3Request;

/**
 * The mode of a write whose body is put in parts: decided once, for the PUT and with all that is known of it, and not again when the upload is created, whose
 * request tells no size. An enforced rule is satisfied already, so this is no override.
 */
public final class DecidedMode {
    private static final ExecutionAttribute<EncryptionMode> ATTRIBUTE =
            new ExecutionAttribute<>("dev.s3envelope.s3.DecidedMode");

    private DecidedMode() {}

    /** What was decided for a request, if that was written down. */
    public static Optional<EncryptionMode> of(S3Request request) {
        return RequestAttributes.get(request, ATTRIBUTE);
    }

    /** Writes a decision down with whatever else a request is configured with; its keys are ARNs the write guard has seen. */
    public static Consumer<AwsRequestOverrideConfiguration.Builder> is(EncryptionMode mode) {
        return configuration -> configuration.putExecutionAttribute(ATTRIBUTE, mode);
    }

    static <T extends S3Request> T on(T request, EncryptionMode mode) {
        return RequestAttributes.with(request, ATTRIBUTE, mode);
    }
}
