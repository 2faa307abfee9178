package dev.s3envelope.s3.internal;

import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.s3.ClientSideUpload;
import dev.s3envelope.s3.EncryptionOverride;
import dev.s3envelope.s3.internal.OperationTreatment.Kind;
import dev.s3envelope.s3.internal.clientside.upload.Uploads;
import dev.s3envelope.s3.internal.preflight.Preflights;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CreateSessionRequest;
import software.amazon.awssdk.services.s3.model.GetObjectAttributesRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.ListPartsRequest;
import software.amazon.awssdk.services.s3.model.PutBucketEncryptionRequest;
import software.amazon.awssdk.services.s3.model.PutObjectAnnotationRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.RenameObjectRequest;
import software.amazon.awssdk.services.s3.model.RestoreObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Request;
import software.amazon.awssdk.services.s3.model.SelectObjectContentRequest;
import software.amazon.awssdk.services.s3.model.UpdateObjectEncryptionRequest;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.WriteGetObjectResponseRequest;

/**
 * Turns the request a caller made into the requests that are sent, for the synchronous and the asynchronous client and the
 * presigner alike. It does no I/O; the look-ups of the write guard answer with stages, and without one everything is complete
 * when {@link #prepare} returns. Safe for use by several threads; an instance belongs to one client.
 */
public final class RequestTransformer {
    /** What is done with the requests of one operation. */
    private interface Handler<T extends S3Request> {
        CompletionStage<Attempts<T>> prepare(T request, BodyFacts body);
    }

    private final Map<Class<?>, Handler<?>> handlers = new HashMap<>();
    private final OwnerCheck owners;
    private final CustomerKeys keys;
    private final UploadRequests uploads;
    private final EncryptionPolicy policy;
    private final Preflights preflights;

    /** A transformer for whoever encrypts nothing, such as a presigner. */
    public RequestTransformer(Surroundings surroundings) {
        this(surroundings, Uploads.none(), Preflights.none());
    }

    /**
     * A transformer for one client.
     *
     * @param clientSideUploads the client's uploads that are encrypted on the client
     * @param preflights what the client finds out before it reads
     */
    public RequestTransformer(Surroundings surroundings, Uploads clientSideUploads, Preflights preflights) {
        HeaderFields fields = new HeaderFields();
        EncryptionFields encryption = new EncryptionFields(fields);
        this.policy = surroundings.policy();
        this.preflights = preflights;
        this.owners = new OwnerCheck(surroundings.guard(), fields);
        this.keys = new CustomerKeys(surroundings.policy(), surroundings.readKeys(), surroundings.keyExecutors());
        Decisions decisions = new Decisions(surroundings, encryption, keys);
        ObjectRequests objects = new ObjectRequests(decisions, encryption, fields, keys, surroundings.transport());
        this.uploads =
                new UploadRequests(decisions, encryption, fields, keys, surroundings, objects, clientSideUploads);
        SpecialRequests special = new SpecialRequests(surroundings.policy(), decisions);
        BucketRequests buckets = new BucketRequests(decisions, encryption, fields);

        on(PutObjectRequest.class, objects::put);
        on(CopyObjectRequest.class, (request, body) -> objects.copy(request));
        on(GetObjectRequest.class, (request, body) -> objects.read(request));
        on(HeadObjectRequest.class, (request, body) -> objects.read(request));
        on(GetObjectAttributesRequest.class, (request, body) -> objects.read(request));
        on(SelectObjectContentRequest.class, (request, body) -> {
            special.requireSelectable(request);
            return objects.read(request);
        });
        on(CreateMultipartUploadRequest.class, (request, body) -> uploads.create(request));
        on(UploadPartRequest.class, (request, body) -> uploads.part(request));
        on(UploadPartCopyRequest.class, (request, body) -> uploads.partCopy(request));
        on(ListPartsRequest.class, (request, body) -> uploads.within(request));
        on(CompleteMultipartUploadRequest.class, (request, body) -> uploads.complete(request));
        on(AbortMultipartUploadRequest.class, (request, body) -> uploads.abort(request));
        on(RenameObjectRequest.class, (request, body) -> special.rename(request));
        on(UpdateObjectEncryptionRequest.class, (request, body) -> special.update(request));
        on(WriteGetObjectResponseRequest.class, (request, body) -> special.writeGetObjectResponse(request));
        on(PutObjectAnnotationRequest.class, (request, body) -> special.annotate(request));
        on(PutBucketEncryptionRequest.class, (request, body) -> buckets.bucketDefault(request));
        on(CreateSessionRequest.class, (request, body) -> buckets.session(request));
        on(RestoreObjectRequest.class, (request, body) -> buckets.restore(request));
    }

    /**
     * Decides about a request.
     *
     * @return the requests to send; the stage fails with the {@link dev.s3envelope.core.EnvelopeException} that says why none
     *     is. This method itself throws nothing.
     */
    public <T extends S3Request> CompletionStage<Attempts<T>> prepare(T request, BodyFacts body) {
        try {
            OperationTreatment treatment = OperationTreatment.of(request);
            EncryptionFields.refuseRaw(request);
            T owned = owners.apply(request);
            return treatment.kind() == Kind.TRANSFORMED
                    ? handler(owned).prepare(owned, body).thenCompose(preflights::guard)
                    : CompletableFuture.completedFuture(Attempts.one(owned));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Whether the mode of a write was said by somebody, the request or an enforced rule, and is not a mere default. */
    public boolean statesMode(PutObjectRequest request, BodyFacts body) {
        return EncryptionOverride.of(request).isPresent()
                || request.serverSideEncryptionAsString() != null
                || request.sseCustomerAlgorithm() != null
                || policy.decide(Descriptions.of(request, body)).enforced();
    }

    /** Whether an upload is under an SSE-C key, as far as this client knows. */
    public boolean underCustomerKey(CompleteMultipartUploadRequest request) {
        return uploads.underCustomerKey(request);
    }

    /** Goes on with an upload that another process gave away. */
    public CompletionStage<Void> takeOver(ClientSideUpload upload) {
        try {
            return uploads.takeOver(upload);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Refuses a read that goes past this client, where the object could be ciphertext.
     *
     * @throws OperationRefusedException if a rule that may have written the object is client-side
     */
    void refuseWhereClientSide(GetObjectRequest request) {
        if (request.bucket() == null || request.key() == null) {
            return;
        }
        policy.possibleModes(request.bucket(), request.key()).stream()
                .filter(ClientSide.class::isInstance)
                .findFirst()
                .ifPresent(mode -> {
                    throw new OperationRefusedException("A presigned download of "
                            + new ObjectAddress(request.bucket(), request.key()) + " is refused: its mode can be "
                            + mode
                            + ", and whoever uses the URL would get ciphertext. Read it through the client.");
                });
    }

    /** Whether a read may have to be sent more than once, because some objects may be SSE-C. */
    public boolean readsMayRepeat() {
        return keys.any();
    }

    /** The operations that have a handler, for the test that holds them against the table. */
    Set<Class<?>> handled() {
        return Set.copyOf(handlers.keySet());
    }

    private <T extends S3Request> void on(Class<T> type, Handler<T> handler) {
        handlers.put(type, handler);
    }

    @SuppressWarnings("unchecked") // registered under its own type
    private <T extends S3Request> Handler<T> handler(T request) {
        return (Handler<T>) Objects.requireNonNull(handlers.get(request.getClass()), "handler");
    }
}
