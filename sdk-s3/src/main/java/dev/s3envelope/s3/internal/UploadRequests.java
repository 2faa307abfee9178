package dev.s3envelope.s3.internal;

import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.guard.Transport;
import dev.s3envelope.core.keyring.RequestCredentials;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.mode.ClientSideFormat;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.mode.ServerSideMode;
import dev.s3envelope.core.mode.SseC;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.policy.ObjectDescription;
import dev.s3envelope.core.policy.PolicyDecision;
import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.core.ssec.SseCKeySource;
import dev.s3envelope.s3.ClientSideUpload;
import dev.s3envelope.s3.EncryptionOverride;
import dev.s3envelope.s3.internal.clientside.upload.Uploads;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.S3Request;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/**
 * The requests of a multipart upload. Its mode is decided once, when it is created; of the later requests S3 wants the SSE-C key
 * again, the same on each, and nothing else. Which key that was is remembered by its fingerprint for the latest 10,000 uploads
 * of this client; parts of another client's upload get the key the policy gives for their address.
 */
final class UploadRequests {
    private static final int REMEMBERED = 10_000;

    private final Decisions decisions;
    private final EncryptionFields encryption;
    private final HeaderFields fields;
    private final CustomerKeys keys;
    private final EncryptionPolicy policy;
    private final Transport transport;
    private final ObjectRequests objects;
    private final Uploads clientSide;
    private final Bounded<String, UploadKey> uploads = new Bounded<>(REMEMBERED);

    /** The SSE-C key of an upload: by source and fingerprint, or none; and whether its parts are encrypted on the client. */
    private record UploadKey(
            @Nullable SseCKeySource source, @Nullable String fingerprint, boolean encrypted) {}

    UploadRequests(
            Decisions decisions,
            EncryptionFields encryption,
            HeaderFields fields,
            CustomerKeys keys,
            Surroundings surroundings,
            ObjectRequests objects,
            Uploads clientSide) {
        this.decisions = decisions;
        this.encryption = encryption;
        this.fields = fields;
        this.keys = keys;
        this.policy = surroundings.policy();
        this.transport = surroundings.transport();
        this.objects = objects;
        this.clientSide = clientSide;
    }

    CompletionStage<Attempts<CreateMultipartUploadRequest>> create(CreateMultipartUploadRequest request) {
        Optional<ObjectVersion> object = ObjectVersion.of(request.bucket(), request.key(), null);
        if (object.isEmpty()) {
            return CompletableFuture.completedFuture(Attempts.one(request));
        }
        ObjectAddress address = object.get().address();
        boolean ownKey = encryption
                .ofWrite(request)
                .customerKey()
                .map(key -> {
                    key.destroy();
                    return true;
                })
                .orElse(false);
        return DecidedMode.of(request)
                .<CompletionStage<EncryptionMode>>map(CompletableFuture::completedFuture)
                .orElseGet(() -> decisions.decide(request, Descriptions.of(request)))
                .thenCompose(mode -> mode instanceof ClientSide encrypted
                        ? begin(request, address, encrypted, ownKey)
                        : decisions
                                .headers(request, address, mode)
                                .thenApply(headers -> Attempts.one(
                                        fields.with(request, headers.headers()),
                                        answer -> remember(answer, uploadKey(mode, headers, ownKey)))));
    }

    /** The headers of the mode beneath; the data key is asked for last, so that nobody else has to give it back. */
    private CompletionStage<Attempts<CreateMultipartUploadRequest>> begin(
            CreateMultipartUploadRequest request, ObjectAddress address, ClientSide mode, boolean ownKey) {
        return decisions
                .headers(request, address, mode.serverSide())
                .thenCompose(headers -> decisions
                        .clientSide(request, address, mode)
                        .thenCompose(how -> clientSide.begin(fields.with(request, headers.headers()), how))
                        .thenApply(begun -> new Attempts<CreateMultipartUploadRequest>() {
                            @Override
                            public CreateMultipartUploadRequest first() {
                                return begun.request();
                            }

                            @Override
                            public void succeeded(@Nullable Object answer) {
                                remember(answer, uploadKey(mode, headers, ownKey));
                                begun.created(answer);
                            }

                            @Override
                            public void abandoned() {
                                begun.abandoned();
                            }
                        }));
    }

    /** Goes on with an upload another process gave away. */
    CompletionStage<Void> takeOver(ClientSideUpload upload) {
        ObjectAddress address = new ObjectAddress(upload.bucket(), upload.key());
        ClientSide mode = policy.possibleModes(address.bucket(), address.key()).stream()
                .filter(ClientSide.class::isInstance)
                .map(ClientSide.class::cast)
                .filter(encrypted -> encrypted.format() == ClientSideFormat.ENCRYPTION_SDK)
                .findFirst()
                .orElseThrow(() -> new OperationRefusedException("The upload of " + address
                        + " cannot be taken over: no rule of the policy has a client-side mode with parts for it."));
        UploadPartRequest part = UploadPartRequest.builder()
                .bucket(upload.bucket())
                .key(upload.key())
                .build();
        return decisions.clientSide(part, address, mode).thenCompose(how -> clientSide.takeOver(upload, how));
    }

    /** A part. */
    CompletionStage<Attempts<UploadPartRequest>> part(UploadPartRequest request) {
        refuseUnknown(request, request.bucket(), request.key(), request.uploadId());
        return within(request);
    }

    /** A part, or the list of parts. */
    <T extends S3Request> CompletionStage<Attempts<T>> within(T request) {
        return withKey(request).thenApply(Attempts::one);
    }

    CompletionStage<Attempts<UploadPartCopyRequest>> partCopy(UploadPartCopyRequest request) {
        if (clientSide.knows(request.uploadId())) {
            throw new OperationRefusedException("UploadPartCopy to " + request.destinationBucket() + "/"
                    + request.destinationKey()
                    + " is refused: the upload is encrypted on the client, and S3 would copy bytes into it that are not. Download the source"
                    + " and upload it as a part.");
        }
        refuseUnknown(request, request.destinationBucket(), request.destinationKey(), request.uploadId());
        Optional<CopySource> source = CopySource.of(request);
        return source.isEmpty()
                ? within(request)
                : withKey(request).thenCompose(sent -> objects.fromSource(sent, source.get()));
    }

    /** Whether an upload is under an SSE-C key, which S3 does not say when it is completed. */
    boolean underCustomerKey(CompleteMultipartUploadRequest request) {
        return request.sseCustomerAlgorithm() != null
                || Optional.ofNullable(request.uploadId())
                        .flatMap(uploads::get)
                        .filter(upload -> upload.source() != null)
                        .isPresent();
    }

    /** One that was answered goes to S3 again, which answers it as before or no longer knows the upload: no byte can be added by it. */
    CompletionStage<Attempts<CompleteMultipartUploadRequest>> complete(CompleteMultipartUploadRequest request) {
        if (!clientSide.wasCompleted(request.uploadId())) {
            refuseUnknown(request, request.bucket(), request.key(), request.uploadId());
        }
        return withKey(request)
                .thenApply(sent -> Attempts.one(sent, answer -> {
                    clientSide.completed(sent);
                    ObjectVersion.of(request.bucket(), request.key(), null).ifPresent(objects::forget);
                }));
    }

    CompletionStage<Attempts<AbortMultipartUploadRequest>> abort(AbortMultipartUploadRequest request) {
        return CompletableFuture.completedFuture(Attempts.one(request, answer -> {
            forget(request.uploadId());
            clientSide.end(request.uploadId());
        }));
    }

    /** What an upload was begun as is known to the client that began it; where it may be encrypted on the client, nothing is guessed. */
    private void refuseUnknown(
            S3Request request, @Nullable String bucket, @Nullable String key, @Nullable String uploadId) {
        Optional<ObjectVersion> object = ObjectVersion.of(bucket, key, null);
        if (object.isEmpty()
                || uploadId == null
                || clientSide.knows(uploadId)
                || uploads.get(uploadId).filter(known -> !known.encrypted()).isPresent()) {
            return;
        }
        // Encrypted, but handed over or forgotten: whatever the request says, what is sent now would be plaintext.
        boolean encrypted = uploads.get(uploadId).isPresent();
        ObjectAddress address = object.get().address();
        Optional<EncryptionMode> override = EncryptionOverride.of(request).map(EncryptionOverride::mode);
        boolean possible = clientSide.hasForgotten()
                || override.filter(ClientSide.class::isInstance).isPresent()
                || policy.possibleModes(address.bucket(), address.key()).stream()
                        .anyMatch(ClientSide.class::isInstance);
        PolicyDecision decision = policy.decide(ObjectDescription.of(address.bucket(), address.key()));
        boolean stated = override.filter(ServerSideMode.class::isInstance).isPresent() && !decision.enforced();
        if (encrypted || (possible && !stated)) {
            throw new OperationRefusedException(OperationTreatment.operationName(request) + " of " + address
                    + " is refused: this client did not begin the upload " + uploadId
                    + ", or gave it away or has forgotten it, and the object may be encrypted on the client. Use the client that began it, take"
                    + " the upload over (ClientSideUpload), or abort it and start again.");
        }
    }

    private <T extends S3Request> CompletionStage<T> withKey(T request) {
        Optional<ObjectAddress> object = ObjectVersion.of(
                        request.getValueForField("Bucket", String.class)
                                .or(() -> request.getValueForField("DestinationBucket", String.class))
                                .orElse(null),
                        request.getValueForField("Key", String.class)
                                .or(() -> request.getValueForField("DestinationKey", String.class))
                                .orElse(null),
                        null)
                .map(ObjectVersion::address);
        if (object.isEmpty()) {
            return CompletableFuture.completedFuture(request);
        }
        Optional<SseCKey> own = encryption.ofRead(request).customerKey();
        if (own.isPresent()) {
            try (SseCKey key = own.get()) {
                return CompletableFuture.completedFuture(apply(request, object.get(), key));
            }
        }
        Optional<UploadKey> known =
                request.getValueForField("UploadId", String.class).flatMap(uploads::get);
        return known.isPresent() ? known(request, object.get(), known.get()) : unknown(request, object.get());
    }

    private <T extends S3Request> CompletionStage<T> known(T request, ObjectAddress object, UploadKey upload) {
        SseCKeySource source = upload.source();
        if (source == null) {
            return CompletableFuture.completedFuture(request);
        }
        return keys.lendForRead(
                List.of(source),
                object,
                RequestCredentials.of(request),
                ring -> ring.find(key -> key.fingerprint().equals(upload.fingerprint()))
                        .map(key -> apply(request, object, key))
                        .orElseThrow(() -> {
                            ring.requireComplete();
                            return new OperationRefusedException(
                                    "The upload of " + object + " was begun with the SSE-C key " + upload.fingerprint()
                                            + ", which key source " + source.name()
                                            + " no longer has. Keep old keys in the source until the uploads begun with them have ended.");
                        }));
    }

    /** An upload of another client: the mode its rule gives, as far as the address decides, or the override. */
    private <T extends S3Request> CompletionStage<T> unknown(T request, ObjectAddress object) {
        EncryptionMode mode = EncryptionOverride.of(request)
                .map(EncryptionOverride::mode)
                .orElseGet(() -> policy.decide(ObjectDescription.of(object.bucket(), object.key()))
                        .mode());
        return mode.serverSide() instanceof SseC customer
                ? keys.lendForWrite(
                        customer.source(), object, RequestCredentials.of(request), key -> apply(request, object, key))
                : CompletableFuture.completedFuture(request);
    }

    private <T extends S3Request> T apply(T request, ObjectAddress object, SseCKey key) {
        transport.requireProtected(object.toString());
        return fields.with(request, ServerSideHeaders.customerKey(key).headers());
    }

    private static UploadKey uploadKey(EncryptionMode mode, ServerSideHeaders headers, boolean ownKey) {
        // The caller's own key comes with each part again, as it would have to without this client; it is not kept.
        return mode.serverSide() instanceof SseC customer && !ownKey
                ? new UploadKey(customer.source(), headers.customerFingerprint(), mode instanceof ClientSide)
                : new UploadKey(null, null, mode instanceof ClientSide);
    }

    private void remember(@Nullable Object answer, UploadKey key) {
        if (answer instanceof CreateMultipartUploadResponse created && created.uploadId() != null) {
            uploads.put(created.uploadId(), key);
        }
    }

    private void forget(@Nullable String uploadId) {
        if (uploadId != null) {
            uploads.remove(uploadId);
        }
    }
}
