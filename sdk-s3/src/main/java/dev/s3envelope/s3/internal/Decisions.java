package dev.s3envelope.s3.internal;

import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.guard.CallerIdentity;
import dev.s3envelope.core.guard.WriteTarget;
import dev.s3envelope.core.keyring.RequestCredentials;
import dev.s3envelope.core.mode.BucketDefault;
import dev.s3envelope.core.mode.BucketKey;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.mode.ServerSideMode;
import dev.s3envelope.core.mode.SseC;
import dev.s3envelope.core.mode.SseKms;
import dev.s3envelope.core.policy.ObjectDescription;
import dev.s3envelope.core.policy.PolicyDecision;
import dev.s3envelope.s3.EncryptionOverride;
import dev.s3envelope.s3.internal.clientside.ClientSideWrite;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.s3.model.S3Request;

/** Decides the mode of a write: policy, override and the request's own fields together, judged by the write guard. */
final class Decisions {
    private final Surroundings surroundings;
    private final EncryptionFields encryption;
    private final CustomerKeys keys;

    Decisions(Surroundings surroundings, EncryptionFields encryption, CustomerKeys keys) {
        this.surroundings = surroundings;
        this.encryption = encryption;
        this.keys = keys;
    }

    /** The mode a write ends up under; its keys are ARNs, or none for aws/s3. */
    CompletionStage<EncryptionMode> decide(S3Request request, ObjectDescription object) {
        return decide(request, object, encryption.ofWrite(request).mode())
                .thenApply(mode -> withBucketKey(mode, encryption.loneBucketKey(request)));
    }

    /** As {@link #decide}, for a mode stated by an operation that has its own way to state it. */
    CompletionStage<EncryptionMode> decide(
            S3Request request, ObjectDescription object, Optional<ServerSideMode> stated) {
        PolicyDecision decision = surroundings.policy().decide(object);
        WriteTarget target = target(request, object.bucket());
        return SourceBinding.decide(
                keys.executors(),
                RequestCredentials.of(request),
                decision.mode(),
                EncryptionOverride.of(request).map(EncryptionOverride::mode),
                (ruled, override) -> surroundings.guard().decide(decision.withMode(ruled), override, stated, target));
    }

    /** The mode with its key judged and no rule asked, where a request is not about one object. */
    CompletionStage<ServerSideMode> check(S3Request request, String bucket, ServerSideMode mode) {
        return surroundings.guard().check(mode, target(request, bucket)).thenApply(EncryptionMode::serverSide);
    }

    /** The headers that write an object under a mode, with the SSE-C key where it has one. */
    CompletionStage<ServerSideHeaders> headers(S3Request request, ObjectAddress object, EncryptionMode mode) {
        ServerSideMode serverSide = requireServerSide(request, object, mode);
        if (serverSide instanceof SseC customer) {
            return keys.lendForWrite(
                    customer.source(),
                    object,
                    RequestCredentials.of(request),
                    key -> ServerSideHeaders.write(serverSide, key));
        }
        ServerSideHeaders headers = ServerSideHeaders.write(serverSide, null);
        Optional<Boolean> bucketKey =
                serverSide instanceof BucketDefault ? encryption.loneBucketKey(request) : Optional.empty();
        return CompletableFuture.completedFuture(
                bucketKey.map(headers::withBucketKey).orElse(headers));
    }

    /** What a body handler must know of a write that is encrypted on the client. */
    CompletionStage<ClientSideWrite> clientSide(S3Request request, ObjectAddress object, ClientSide mode) {
        String partition = surroundings.region().flatMap(KeyArn::partitionOf).orElse("aws");
        return mode.onBehalfOf(RequestCredentials.of(request))
                .thenApply(bound -> new ClientSideWrite(mode, bound, object, partition));
    }

    /** Refuses what this operation cannot write in the object's mode. */
    static ServerSideMode requireServerSide(S3Request request, ObjectAddress object, EncryptionMode mode) {
        if (mode instanceof ServerSideMode serverSide) {
            return serverSide;
        }
        throw new OperationRefusedException(
                OperationTreatment.operationName(request) + " of " + object + " would write it as "
                        + mode.serverSide() + " alone, but its mode is " + mode
                        + ", and this operation cannot encrypt on the client. Upload the object instead.");
    }

    /** Where a write goes; a request with credentials or a signer of its own is not signed by the configured caller. */
    private WriteTarget target(S3Request request, String bucket) {
        WriteTarget target = WriteTarget.of(bucket, surroundings.region(), surroundings.transport());
        boolean foreign = request.overrideConfiguration()
                .filter(Decisions::hasCredentials)
                .isPresent();
        return foreign ? target.withCaller(CallerIdentity.unknown()) : target;
    }

    private static boolean hasCredentials(AwsRequestOverrideConfiguration override) {
        return override.credentialsIdentityProvider().isPresent()
                || override.tokenIdentityProvider().isPresent()
                || override.signer().isPresent()
                || override.authSchemeProvider().isPresent();
    }

    private static EncryptionMode withBucketKey(EncryptionMode mode, Optional<Boolean> asked) {
        if (asked.isEmpty()) {
            return mode;
        }
        BucketKey bucketKey = asked.get() ? BucketKey.ENABLED : BucketKey.DISABLED;
        if (mode.serverSide() instanceof SseKms kms) {
            if (kms.bucketKey() != BucketKey.UNSET && kms.bucketKey() != bucketKey) {
                throw new IllegalEncryptionException("The request sets bucketKeyEnabled to " + asked.get()
                        + ", but its mode is " + mode + ". Leave it out.");
            }
            return mode.withServerSide(kms.toBuilder().bucketKey(bucketKey).build());
        }
        if (asked.get() && !(mode.serverSide() instanceof BucketDefault)) {
            throw new IllegalEncryptionException(
                    "The request asks for a bucket key, which only SSE-KMS has; its mode is " + mode
                            + ". Leave bucketKeyEnabled out.");
        }
        return mode;
    }
}
