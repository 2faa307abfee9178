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
 * Reads an object that is encrypted on the client otherwise than it was written: under another name, because it was renamed, copied or restored on purpose, or
 * as the bytes S3 stores. Without it an object under another name is refused as moved, and ciphertext is never given out:
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
    private final boolean stored;

    private ReadAs(@Nullable ObjectAddress object, boolean stored) {
        this.object = object;
        this.stored = stored;
    }

    /** Expects the message to be bound to this name. */
    public static ReadAs object(String bucket, String key) {
        return new ReadAs(new ObjectAddress(bucket, key), false);
    }

    /** Does not look at the name at all: whoever may write to the bucket could have put any of its messages here. */
    public static ReadAs anyName() {
        return new ReadAs(null, false);
    }

    /**
     * Gives everything as S3 has it: GetObject the stored bytes, ciphertext if it is ciphertext, with S3's own ranges; HeadObject,
     * GetObjectAttributes and listings the stored length, metadata and checksums. For backups and for other readers of the format. Nothing is verified, and
     * what a rule demands of the object is not looked at. On a copy it means nothing.
     */
    public static ReadAs stored() {
        return new ReadAs(null, true);
    }

    /** What a request carries, if anything. */
    public static Optional<ReadAs> of(S3Request request) {
        return request.overrideConfiguration()
                .map(configuration -> configuration.executionAttributes().getAttribute(ATTRIBUTE));
    }

    /** Whether the object is read as S3 stores it. */
    public boolean isStored() {
        return stored;
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
        return "ReadAs[" + (stored ? "stored" : Objects.requireNonNullElse(object, "any name")) + "]";
    }
}
