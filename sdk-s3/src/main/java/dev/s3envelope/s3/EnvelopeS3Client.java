package dev.s3envelope.s3;

import dev.s3envelope.s3.internal.BodyFacts;
import dev.s3envelope.s3.internal.ObservedTransformer;
import dev.s3envelope.s3.internal.RequestTransformer;
import dev.s3envelope.s3.internal.SyncInvocation;
import dev.s3envelope.s3.internal.Wrapped;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.DelegatingS3Client;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Request;
import software.amazon.awssdk.services.s3.waiters.S3Waiter;

/**
 * An {@link S3Client} that gives every object the encryption its policy wants, and refuses what would end up under the wrong key
 * before it is sent.
 *
 * <p>It wraps any other client and sends through it, with every field, override, credential and interceptor of the request as it
 * came; what it adds are the encryption headers of writes, the SSE-C key of reads, and {@code expectedBucketOwner} where the
 * owner is known. Objects of all server-side modes may share a bucket: reads send an SSE-C key to those objects only that are
 * SSE-C, and where only S3 can tell, its refusal decides and the request goes out once more, before any byte of a body. Paginators
 * and waiters send through this client too. An operation this version does not know is refused.
 *
 * <p>Refusals are {@link dev.s3envelope.core.EnvelopeException}s; whatever S3 answers arrives unchanged.
 *
 * <p>Safe for use by several threads. Nothing runs on a thread other than the caller's. Closing it closes the wrapped client only
 * if {@link EnvelopeBuilder#closeWrapped} says so.
 */
public final class EnvelopeS3Client extends DelegatingS3Client {
    private final S3Client wrapped;
    private final RequestTransformer transformer;
    private final boolean closeWrapped;

    private EnvelopeS3Client(S3Client wrapped, Builder builder) {
        super(wrapped);
        this.wrapped = wrapped;
        Wrapped facts = Wrapped.of(wrapped::serviceClientConfiguration);
        this.transformer = builder.transformer(facts.region(), facts.transport(), Runnable::run);
        this.closeWrapped = builder.closesWrapped();
    }

    /** Starts without a client to wrap. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    protected <T extends S3Request, ReturnT> ReturnT invokeOperation(T request, Function<T, ReturnT> operation) {
        return SyncInvocation.invoke(transformer.prepare(request, BodyFacts.NONE), operation);
    }

    @Override
    public PutObjectResponse putObject(PutObjectRequest request, RequestBody body) {
        return SyncInvocation.invoke(
                transformer.prepare(request, BodyFacts.of(body)), sent -> wrapped.putObject(sent, body));
    }

    @Override
    public <ReturnT> ReturnT getObject(
            GetObjectRequest request, ResponseTransformer<GetObjectResponse, ReturnT> responseTransformer) {
        ObservedTransformer<GetObjectResponse, ReturnT> observed = new ObservedTransformer<>(responseTransformer);
        return SyncInvocation.invoke(
                transformer.prepare(request, BodyFacts.NONE),
                sent -> wrapped.getObject(sent, observed),
                observed::responded);
    }

    /** A waiter that asks through this client. The caller may close it. */
    @Override
    public S3Waiter waiter() {
        return S3Waiter.builder().client(this).build();
    }

    /** Closes the wrapped client if the builder was told to; nothing else is held. */
    @Override
    public void close() {
        if (closeWrapped) {
            wrapped.close();
        }
    }

    /** Builds an {@link EnvelopeS3Client}. Not safe for use by several threads. */
    public static final class Builder extends EnvelopeBuilder<Builder> {
        private @Nullable S3Client wrapped;

        private Builder() {}

        /** Sets the client through which everything is sent. Required. */
        public Builder wrapping(S3Client client) {
            this.wrapped = Objects.requireNonNull(client, "client");
            return this;
        }

        /** The client. */
        public EnvelopeS3Client build() {
            return new EnvelopeS3Client(required(wrapped, "an S3Client"), this);
        }

        @Override
        Builder self() {
            return this;
        }
    }
}
