package dev.s3envelope.s3.internal;

import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.guard.RequestedEncryption;
import dev.s3envelope.core.guard.Transport;
import dev.s3envelope.core.keyring.RequestCredentials;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.mode.SseC;
import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.s3.EncryptionOverride;
import dev.s3envelope.s3.ParallelTransfers;
import dev.s3envelope.s3.internal.clientside.copy.SealedCopy;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Request;

/** The requests that write, copy and read whole objects. */
final class ObjectRequests {
    private static final int REMEMBERED = 10_000;

    private final Decisions decisions;
    private final EncryptionFields encryption;
    private final HeaderFields fields;
    private final CustomerKeys keys;
    private final Transport transport;
    private final Bounded<ObjectVersion, String> learned = new Bounded<>(REMEMBERED);

    ObjectRequests(
            Decisions decisions,
            EncryptionFields encryption,
            HeaderFields fields,
            CustomerKeys keys,
            Transport transport) {
        this.decisions = decisions;
        this.encryption = encryption;
        this.fields = fields;
        this.keys = keys;
        this.transport = transport;
    }

    CompletionStage<Attempts<PutObjectRequest>> put(PutObjectRequest request, BodyFacts body) {
        Optional<ObjectVersion> object = ObjectVersion.of(request.bucket(), request.key(), null);
        if (object.isEmpty()) {
            return CompletableFuture.completedFuture(Attempts.one(request));
        }
        return decisions
                .decide(request, Descriptions.of(request, body))
                .thenCompose(mode -> put(request, object.get().address(), mode, mayGoInParts(request, body)))
                .thenApply(sent -> Attempts.one(sent, answer -> forget(object.get())));
    }

    /** The request with the headers of the mode S3 sees; a client-side mode goes with it to whoever handles the body. */
    private CompletionStage<PutObjectRequest> put(
            PutObjectRequest request, ObjectAddress object, EncryptionMode mode, boolean parts) {
        if (!(mode instanceof ClientSide clientSide)) {
            return write(request, object, mode).thenApply(sent -> parts ? DecidedMode.on(sent, mode) : sent);
        }
        return decisions
                .clientSide(request, object, clientSide)
                .thenCompose(how -> write(request, object, mode.serverSide()).thenApply(how::on));
    }

    private static boolean mayGoInParts(PutObjectRequest request, BodyFacts body) {
        Long announced = request.contentLength();
        long length = announced == null ? body.length().orElse(Long.MAX_VALUE) : announced;
        return body.inParts() && length >= ParallelTransfers.LEAST_PART_SIZE;
    }

    CompletionStage<Attempts<CopyObjectRequest>> copy(CopyObjectRequest request) {
        Optional<ObjectVersion> object = ObjectVersion.of(request.destinationBucket(), request.destinationKey(), null);
        Optional<CopySource> source = CopySource.of(request);
        if (object.isEmpty() || source.isEmpty()) {
            return CompletableFuture.completedFuture(Attempts.one(request));
        }
        return decisions
                .decide(request, Descriptions.of(request))
                // Ciphertext that stays as it is needs nothing but the mode beneath.
                .thenCompose(mode ->
                        write(request, object.get().address(), SealedCopy.is(request) ? mode.serverSide() : mode))
                .thenCompose(sent -> fromSource(sent, source.get()))
                .thenApply(attempts -> then(attempts, () -> forget(object.get())));
    }

    /** A read of an object or its facts. */
    <T extends S3Request> CompletionStage<Attempts<T>> read(T request) {
        Optional<ObjectVersion> object = ObjectVersion.of(
                request.getValueForField("Bucket", String.class).orElse(null),
                request.getValueForField("Key", String.class).orElse(null),
                request.getValueForField("VersionId", String.class).orElse(null));
        if (object.isEmpty()) {
            return CompletableFuture.completedFuture(Attempts.one(request));
        }
        BiFunction<T, @Nullable SseCKey, T> apply = (sent, key) ->
                fields.with(sent, ServerSideHeaders.customerKey(key).headers());
        return open(request, object.get(), encryption.ofRead(request), apply);
    }

    /** The requests that open the source of a copy; everything about the destination is already there. */
    <T extends S3Request> CompletionStage<Attempts<T>> fromSource(T request, CopySource source) {
        BiFunction<T, @Nullable SseCKey, T> apply = (sent, key) ->
                fields.with(sent, ServerSideHeaders.sourceKey(key).headers());
        ObjectVersion object = new ObjectVersion(source.address(), source.versionId());
        // An override speaks of what the copy writes, so it says nothing about the source.
        return own(request, object, encryption.ofSource(request), apply)
                .orElseGet(() -> SseCAttempts.of(request, object, keys, transport, learned, apply));
    }

    /** Whether a read may have to be sent more than once. */
    boolean mayNeedKeys() {
        return keys.any();
    }

    private <T extends S3Request> CompletionStage<Attempts<T>> open(
            T request, ObjectVersion object, RequestedEncryption asked, BiFunction<T, @Nullable SseCKey, T> apply) {
        Optional<CompletionStage<Attempts<T>>> own = own(request, object, asked, apply);
        if (own.isPresent()) {
            return own.get();
        }
        Optional<EncryptionMode> override = EncryptionOverride.of(request).map(EncryptionOverride::mode);
        if (override.isEmpty()) {
            return SseCAttempts.of(request, object, keys, transport, learned, apply);
        }
        if (override.get().serverSide() instanceof SseC customer) {
            transport.requireProtected(object.address().toString());
            return keys.lendForWrite(
                    customer.source(),
                    object.address(),
                    RequestCredentials.of(request),
                    key -> Attempts.one(apply.apply(request, key)));
        }
        return CompletableFuture.completedFuture(Attempts.one(apply.apply(request, null)));
    }

    /** A key the request brings is sent as it is, with its MD5, and no other is tried. */
    private <T extends S3Request> Optional<CompletionStage<Attempts<T>>> own(
            T request, ObjectVersion object, RequestedEncryption asked, BiFunction<T, @Nullable SseCKey, T> apply) {
        return asked.customerKey().map(received -> {
            try (SseCKey key = received) {
                transport.requireProtected(object.address().toString());
                return CompletableFuture.completedFuture(Attempts.one(apply.apply(request, key)));
            }
        });
    }

    private <T extends S3Request> CompletionStage<T> write(T request, ObjectAddress object, EncryptionMode mode) {
        return decisions.headers(request, object, mode).thenApply(headers -> fields.with(request, headers.headers()));
    }

    /** What was learned of an object is of the one that was there before. */
    void forget(ObjectVersion object) {
        learned.remove(object);
    }

    private static <T extends S3Request> Attempts<T> then(Attempts<T> attempts, Runnable onAnswer) {
        return new Attempts<>() {
            @Override
            public T first() {
                return attempts.first();
            }

            @Override
            public CompletionStage<Optional<T>> after(Throwable failure) {
                return attempts.after(failure);
            }

            @Override
            public void succeeded(@Nullable Object answer) {
                attempts.succeeded(answer);
                onAnswer.run();
            }
        };
    }
}
