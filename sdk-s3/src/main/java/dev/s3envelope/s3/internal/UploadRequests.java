package dev.s3envelope.s3.internal;

import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.guard.Transport;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.mode.SseC;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.policy.ObjectDescription;
import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.core.ssec.SseCKeySource;
import dev.s3envelope.s3.EncryptionOverride;
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
    private final Bounded<String, UploadKey> uploads = new Bounded<>(REMEMBERED);

    /** The SSE-C key of an upload: by source and fingerprint, or none. */
    private record UploadKey(
            @Nullable SseCKeySource source, @Nullable String fingerprint) {
        static final UploadKey NONE = new UploadKey(null, null);
    }

    UploadRequests(
            Decisions decisions,
            EncryptionFields encryption,
            HeaderFields fields,
            CustomerKeys keys,
            Surroundings surroundings,
            ObjectRequests objects) {
        this.decisions = decisions;
        this.encryption = encryption;
        this.fields = fields;
        this.keys = keys;
        this.policy = surroundings.policy();
        this.transport = surroundings.transport();
        this.objects = objects;
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
        return decisions
                .decide(request, Descriptions.of(request))
                .thenCompose(mode -> decisions
                        .headers(request, address, mode)
                        .thenApply(headers -> Attempts.one(
                                fields.with(request, headers.headers()),
                                answer -> remember(answer, uploadKey(mode, headers, ownKey)))));
    }

    /** A part, the list of parts, or the end of an upload. */
    <T extends S3Request> CompletionStage<Attempts<T>> within(T request) {
        return withKey(request).thenApply(Attempts::one);
    }

    CompletionStage<Attempts<UploadPartCopyRequest>> partCopy(UploadPartCopyRequest request) {
        Optional<CopySource> source = CopySource.of(request);
        return source.isEmpty()
                ? within(request)
                : withKey(request).thenCompose(sent -> objects.fromSource(sent, source.get()));
    }

    CompletionStage<Attempts<CompleteMultipartUploadRequest>> complete(CompleteMultipartUploadRequest request) {
        return withKey(request)
                .thenApply(sent -> Attempts.one(sent, answer -> {
                    forget(request.uploadId());
                    ObjectVersion.of(request.bucket(), request.key(), null).ifPresent(objects::forget);
                }));
    }

    CompletionStage<Attempts<AbortMultipartUploadRequest>> abort(AbortMultipartUploadRequest request) {
        return CompletableFuture.completedFuture(Attempts.one(request, answer -> forget(request.uploadId())));
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
                ring -> ring.stream()
                        .filter(key -> key.fingerprint().equals(upload.fingerprint()))
                        .findFirst()
                        .map(key -> apply(request, object, key))
                        .orElseThrow(
                                () -> new OperationRefusedException(
                                        "The upload of " + object
                                                + " was begun with the SSE-C key " + upload.fingerprint()
                                                + ", which key source " + source.name()
                                                + " no longer has. Keep old keys in the source until the uploads begun with them have ended.")));
    }

    /** An upload of another client: the mode its rule gives, as far as the address decides, or the override. */
    private <T extends S3Request> CompletionStage<T> unknown(T request, ObjectAddress object) {
        EncryptionMode mode = EncryptionOverride.of(request)
                .map(EncryptionOverride::mode)
                .orElseGet(() -> policy.decide(ObjectDescription.of(object.bucket(), object.key()))
                        .mode());
        return mode.serverSide() instanceof SseC customer
                ? keys.lendForWrite(customer.source(), object, key -> apply(request, object, key))
                : CompletableFuture.completedFuture(request);
    }

    private <T extends S3Request> T apply(T request, ObjectAddress object, SseCKey key) {
        transport.requireProtected(object.toString());
        return fields.with(request, ServerSideHeaders.customerKey(key).headers());
    }

    private static UploadKey uploadKey(EncryptionMode mode, ServerSideHeaders headers, boolean ownKey) {
        // The caller's own key comes with each part again, as it would have to without this client; it is not kept.
        return mode.serverSide() instanceof SseC customer && !ownKey
                ? new UploadKey(customer.source(), headers.customerFingerprint())
                : UploadKey.NONE;
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
