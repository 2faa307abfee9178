package dev.s3envelope.s3;

import dev.s3envelope.core.arn.ObjectAddress;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.services.s3.model.S3Request;

/**
 * Reads an object that was encrypted on the client for another name, because it was renamed, copied or restored on purpose. Without it such an object
 * is refused as moved:
 *
 * <pre>{@code
 * s3.getObject(r -> r.bucket("archive").key("2024/q3.csv")
 *         .overrideConfiguration(ReadAs.object("reports", "q3.csv")), transformer);
 * }</pre>
 *
 * <p>It combines with {@link EncryptionOverride}: {@code o -> { ReadAs.object(..).accept(o); EncryptionOverride.mode(..).accept(o); }}. Immutable.
 */
public final class ReadAs implements Consumer<AwsRequestOverrideConfiguration.Builder> {
    private static final ExecutionAttribute<ReadAs> ATTRIBUTE = new ExecutionAttribute<>("dev.s3envelope.s3.ReadAs");

    private final @Nullable ObjectAddress object;

    private ReadAs(@Nullable ObjectAddress object) {
        this.object = object;
    }

    /** Expects the message to be bound to this name. */
    public static ReadAs object(String bucket, String key) {
        return new ReadAs(new ObjectAddress(bucket, key));
    }

    /** Does not look at the name at all: whoever may write to the bucket could have put any of its messages here. */
    public static ReadAs anyName() {
        return new ReadAs(null);
    }

    /** What a request carries, if anything. */
    public static Optional<ReadAs> of(S3Request request) {
        return request.overrideConfiguration()
                .map(configuration -> configuration.executionAttributes().getAttribute(ATTRIBUTE));
    }

    /** The name expected; empty for any. */
    public Optional<ObjectAddress> object() {
        return Optional.ofNullable(object);
    }

    /** Adds this to a request's configuration and leaves the rest of it as it is. */
    @Override
    public void accept(AwsRequestOverrideConfiguration.Builder configuration) {
        configuration.putExecutionAttribute(ATTRIBUTE, this);
    }

    @Override
    public String toString() {
        return "ReadAs[" + Objects.requireNonNullElse(object, "any name") + "]";
    }
}
