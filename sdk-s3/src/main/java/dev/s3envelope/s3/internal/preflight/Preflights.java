package dev.s3envelope.s3.internal.preflight;

import dev.s3envelope.core.mode.ContextPairs;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.s3.Preflight;
import dev.s3envelope.s3.internal.Attempts;
import dev.s3envelope.s3.internal.ObjectEvents;
import dev.s3envelope.s3.internal.ObjectVersion;
import dev.s3envelope.s3.internal.clientside.FailureNote;
import dev.s3envelope.s3.internal.clientside.ReadPort;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Request;

/** The preflight of one client. Safe for use by several threads. */
public final class Preflights {
    private static final Preflights NONE = new Preflights(null, null, null);

    private final @Nullable ObjectKeys keys;
    private final @Nullable ReadChecks reads;
    private final @Nullable WriteChecks writes;

    private Preflights(@Nullable ObjectKeys keys, @Nullable ReadChecks reads, @Nullable WriteChecks writes) {
        this.keys = keys;
        this.reads = reads;
        this.writes = writes;
    }

    /** Asks nothing. */
    public static Preflights none() {
        return NONE;
    }

    /**
     * Asks before the requests of a client.
     *
     * @param settings what is asked; null for nothing
     * @param port sends requests through the client
     * @param credentials of the client, where it tells
     * @param blocking runs the calls to KMS that block; of a synchronous client the caller's own thread
     * @param events is told of verdicts
     */
    public static Preflights of(
            @Nullable Preflight settings,
            EncryptionPolicy policy,
            ReadPort port,
            Optional<IdentityProvider<? extends AwsCredentialsIdentity>> credentials,
            Executor blocking,
            ObjectEvents events) {
        if (settings == null) {
            return NONE;
        }
        ObjectKeys keys = new ObjectKeys(policy);
        Asker asker = new Asker(settings, new Probes(port, keys), blocking, events);
        Callers callers = new Callers(credentials);
        return new Preflights(
                keys,
                new ReadChecks(settings, policy, keys, asker, callers, port),
                settings.writes() ? new WriteChecks(keys, asker, callers) : null);
    }

    /** The attempts of a request, checked before they are given out, and learned from. */
    public <T extends S3Request> CompletionStage<Attempts<T>> guard(Attempts<T> attempts) {
        ReadChecks checks = reads;
        if (checks == null) {
            return CompletableFuture.completedFuture(attempts);
        }
        T request = attempts.first();
        CompletionStage<T> written =
                writes == null ? CompletableFuture.completedFuture(request) : writes.check(request);
        return written.thenCompose(checks::check)
                .thenApply(checked -> new CheckedAttempts<>(attempts, checked, checks, onAnswer(checked)));
    }

    /** Sends a GET on the caller's thread, and watches its answer if it was checked. */
    public <R> R get(
            GetObjectRequest sent,
            ResponseTransformer<GetObjectResponse, R> callers,
            BiFunction<GetObjectRequest, ResponseTransformer<GetObjectResponse, R>, R> send) {
        Optional<Checked> checked = Checked.of(sent);
        ReadChecks checks = reads;
        if (checked.isEmpty() || checks == null) {
            return send.apply(sent, callers);
        }
        FailureNote note = new FailureNote();
        return note.call(() -> send.apply(sent, new WatchedBody<>(callers, checks, checked.get(), note)));
    }

    /** Sends a GET, and watches its answer if it was checked. */
    public <R> CompletableFuture<R> get(
            GetObjectRequest sent,
            AsyncResponseTransformer<GetObjectResponse, R> callers,
            BiFunction<GetObjectRequest, AsyncResponseTransformer<GetObjectResponse, R>, CompletableFuture<R>> send) {
        Optional<Checked> checked = Checked.of(sent);
        ReadChecks checks = reads;
        if (checked.isEmpty() || checks == null) {
            return send.apply(sent, callers);
        }
        FailureNote note = new FailureNote();
        return note.call(send.apply(sent, new WatchedAnswer<>(callers, checks, checked.get(), note)));
    }

    /** What is learned from the answer to a request that says what an object is under; GETs are learned from where their answer is seen. */
    private Consumer<@Nullable Object> onAnswer(S3Request request) {
        ObjectKeys known = keys;
        Optional<ObjectVersion> object = subject(request);
        if (known == null || object.isEmpty()) {
            return answer -> {};
        }
        return answer -> {
            if (!(answer instanceof SdkPojo shown)) {
                return;
            }
            if (request instanceof HeadObjectRequest) {
                known.learn(object.get(), shown, Optional.empty());
            } else {
                known.forget(object.get());
                known.learn(object.get(), shown, context(request));
            }
        };
    }

    private static Optional<ObjectVersion> subject(S3Request request) {
        if (request instanceof HeadObjectRequest
                || request instanceof PutObjectRequest
                || request instanceof CompleteMultipartUploadRequest) {
            return ReadTarget.named(request);
        }
        return request instanceof CopyObjectRequest copy
                ? ObjectVersion.of(copy.destinationBucket(), copy.destinationKey(), null)
                : Optional.empty();
    }

    /** What a writer adds to the context. The request of a completed upload does not show it. */
    private static Optional<ContextPairs> context(S3Request request) {
        if (request instanceof CompleteMultipartUploadRequest) {
            return Optional.empty();
        }
        return Optional.of(ObjectKeys.writtenContext(request));
    }
}
