package dev.s3envelope.s3;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.guard.Transport;
import dev.s3envelope.core.guard.WriteGuard;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.ssec.SseCKeySource;
import dev.s3envelope.s3.internal.RequestTransformer;
import dev.s3envelope.s3.internal.Surroundings;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.regions.Region;

/**
 * What the builders of the synchronous client, the asynchronous client and the presigner have in common. Not safe for use by
 * several threads; what it builds is.
 *
 * @param <B> the builder itself
 */
public abstract sealed class EnvelopeBuilder<B extends EnvelopeBuilder<B>>
        permits EnvelopeS3Client.Builder, EnvelopeS3AsyncClient.Builder, EnvelopeS3Presigner.Builder {
    private @Nullable EncryptionPolicy policy;
    private WriteGuard guard = WriteGuard.builder().build();
    private final List<SseCKeySource> readKeys = new ArrayList<>();
    private @Nullable Region region;
    private boolean closeWrapped;

    EnvelopeBuilder() {}

    /** Sets the policy that gives each object its mode. Required. */
    public B policy(EncryptionPolicy policy) {
        this.policy = Objects.requireNonNull(policy, "policy");
        return self();
    }

    /**
     * Sets who judges the key of each write; it also knows the bucket owners that go out as {@code expectedBucketOwner}. By
     * default the strictest there is: no owner known, no alias resolved, full key ARNs only.
     */
    public B writeGuard(WriteGuard guard) {
        this.guard = Objects.requireNonNull(guard, "guard");
        return self();
    }

    /**
     * Adds a source of SSE-C keys for reading only, asked after those of the policy: for objects that a former policy or
     * another application wrote. None by default.
     */
    public B readKeySource(SseCKeySource source) {
        readKeys.add(Objects.requireNonNull(source, "source"));
        return self();
    }

    /**
     * Sets the Region that stands for a bucket's where the guard does not know it. By default the wrapped client's, or none if
     * that client finds the Region by itself (cross-Region access) or is a presigner.
     */
    public B region(Region region) {
        this.region = Objects.requireNonNull(region, "region");
        return self();
    }

    /** Sets whether closing what is built also closes what it wraps; false by default, since it was made by somebody else. */
    public B closeWrapped(boolean close) {
        this.closeWrapped = close;
        return self();
    }

    abstract B self();

    final boolean closesWrapped() {
        return closeWrapped;
    }

    final EncryptionPolicy requiredPolicy() {
        if (policy == null) {
            throw new EnvelopeException("An encryption policy is required. To send no encryption headers at all, use"
                    + " EncryptionPolicy.always(EncryptionMode.bucketDefault()).");
        }
        return policy;
    }

    final RequestTransformer transformer(Optional<String> wrappedRegion, Transport transport, Executor keyExecutor) {
        Optional<String> sentTo = region == null ? wrappedRegion : Optional.of(region.id());
        return new RequestTransformer(
                new Surroundings(requiredPolicy(), guard, sentTo, transport, readKeys, keyExecutor));
    }

    static <V> V required(@Nullable V wrapped, String what) {
        if (wrapped == null) {
            throw new EnvelopeException("There is nothing to wrap: give the builder " + what
                    + ". None is made with default settings behind your back.");
        }
        return wrapped;
    }
}
