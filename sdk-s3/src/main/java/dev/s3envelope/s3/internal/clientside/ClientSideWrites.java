package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.message.LayoutHint;
import dev.s3envelope.core.s3ec.S3ecMetadata;
import java.io.IOException;
import java.io.InputStream;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/**
 * Whole objects written in one request, encrypted on the way.
 *
 * <p>Bodies of up to {@value #IN_MEMORY} bytes are sealed in memory and sent with the CRC32 of the ciphertext in a header: no trailer, and a
 * retry sends the same bytes. A blocking one is encrypted as it is read. Longer ones are encrypted as they are sent, by the thread that sends them, as {@link BodyEncryption} says for their format.
 * Size, metadata and checksums are settled before the first byte leaves.
 */
public final class ClientSideWrites {
    /** The most S3 takes in one PUT (Amazon S3 User Guide, "Uploading objects"). */
    public static final long LARGEST_PUT = 5L << 30;

    private static final int IN_MEMORY = 1 << 20;

    private final ClientSideKeys keys;
    private final SecureRandom random = new SecureRandom();

    /** Writes under the modes decided for the requests. */
    public ClientSideWrites(ClientSideKeys keys) {
        this.keys = keys;
    }

    /** Sends a body on the caller's thread. */
    public PutObjectResponse put(
            PutObjectRequest request,
            ClientSideWrite how,
            RequestBody body,
            BiFunction<PutObjectRequest, RequestBody, PutObjectResponse> send) {
        long length = length(request, how, body.optionalContentLength());
        PlaintextChecks checks = PlaintextChecks.of(request);
        try (BodyEncryption encryption = Stages.join(encryption(request, how, length))) {
            ContentStreamProvider plain = body.contentStreamProvider();
            if (length <= IN_MEMORY) {
                SealedBody sealed = sealed(encryption, checks, plain, how, (int) length);
                return send.apply(
                        sealedRequest(request, encryption, checks, sealed), sealed.blocking(body.contentType()));
            }
            FailureNote note = new FailureNote();
            return note.call(() -> send.apply(
                    sealedRequest(request, encryption, checks, null),
                    RequestBody.fromContentProvider(
                            () -> {
                                note.clear();
                                return new CodingInputStream(
                                        plain.newStream(), note.watch(checks.around(encryption.next())));
                            },
                            encryption.ciphertextLength(),
                            body.contentType())));
        }
    }

    /** Sends a body without waiting; cancelling what is returned ends the request in flight. */
    public CompletableFuture<PutObjectResponse> put(
            PutObjectRequest request,
            ClientSideWrite how,
            AsyncRequestBody body,
            BiFunction<PutObjectRequest, AsyncRequestBody, CompletableFuture<PutObjectResponse>> send) {
        long length;
        PlaintextChecks checks;
        CompletionStage<BodyEncryption> made;
        try {
            length = length(request, how, body.contentLength());
            checks = PlaintextChecks.of(request);
            made = encryption(request, how, length);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        return Stages.chainOwned(made, BodyEncryption::close, encryption -> {
            CompletableFuture<PutObjectResponse> sent = length <= IN_MEMORY
                    ? Stages.chain(Collected.of(body, (int) length, how), plaintext -> {
                        SealedBody sealed = sealed(encryption, checks, plaintext, how);
                        return send.apply(
                                sealedRequest(request, encryption, checks, sealed),
                                sealed.publisher(body.contentType()));
                    })
                    : encoded(sealedRequest(request, encryption, checks, null), body, encryption, checks, send);
            return Stages.releasing(sent, encryption::close);
        });
    }

    private static CompletableFuture<PutObjectResponse> encoded(
            PutObjectRequest sealed,
            AsyncRequestBody body,
            BodyEncryption encryption,
            PlaintextChecks checks,
            BiFunction<PutObjectRequest, AsyncRequestBody, CompletableFuture<PutObjectResponse>> send) {
        FailureNote note = new FailureNote();
        return note.call(send.apply(
                sealed,
                new EncodedBody(body, encryption.ciphertextLength(), () -> checks.around(encryption.next()), note)));
    }

    private CompletionStage<BodyEncryption> encryption(PutObjectRequest request, ClientSideWrite how, long length) {
        if (request.writeOffsetBytes() != null) {
            throw new OperationRefusedException(
                    "PutObject of " + how.object()
                            + " appends to an object; what is encrypted on the client cannot be continued. Write the whole object.");
        }
        for (String name : request.metadata().keySet()) {
            if (name.toLowerCase(Locale.ROOT).equals(LayoutHint.METADATA_NAME) || S3ecMetadata.isReserved(name)) {
                throw new IllegalEncryptionException("The metadata of " + how.object() + " has the entry \"" + name
                        + "\", which marks encrypted objects. Use another name.");
            }
        }
        return switch (how.mode().format()) {
            case ENCRYPTION_SDK -> messages(how, length);
            case S3_ENCRYPTION_CLIENT_V3 -> s3ec(how, length);
        };
    }

    private CompletionStage<BodyEncryption> messages(ClientSideWrite how, long length) {
        return keys.generate(how.keyring(), how.materials().withPlaintextLength(length))
                .thenApply(materials -> {
                    try {
                        return new BodyMessages(keys.engine(), how, materials, length);
                    } catch (RuntimeException e) {
                        materials.close();
                        throw e;
                    }
                });
    }

    private CompletionStage<BodyEncryption> s3ec(ClientSideWrite how, long length) {
        S3ecBodyEncryption.checkLength(how, length);
        return keys.generate(
                        how.s3ecKeyring(),
                        S3ecBodyEncryption.SUITE,
                        how.mode().context().asMap())
                .thenApply(materials ->
                        S3ecBodyEncryption.create(keys.engine().cryptoProvider(), random, how, materials, length));
    }

    /** The bytes of plaintext that were announced. */
    private static long length(PutObjectRequest request, ClientSideWrite how, Optional<Long> ofBody) {
        Long announced = request.contentLength() == null ? ofBody.orElse(null) : request.contentLength();
        if (announced == null) {
            throw new OperationRefusedException("PutObject of " + how.object()
                    + " has a body of unknown length, which S3 does not take in one PUT. Set contentLength, or upload it in"
                    + " parts, which takes a mode that writes messages (ClientSide.builder).");
        }
        return announced;
    }

    /**
     * The request for the ciphertext.
     *
     * @param sealed all of it, where it is at hand; then its checksum goes along, unless the caller chose an algorithm, which the SDK computes over what is sent
     */
    private static PutObjectRequest sealedRequest(
            PutObjectRequest request, BodyEncryption encryption, PlaintextChecks checks, @Nullable SealedBody sealed) {
        Map<String, String> metadata = new HashMap<>(request.metadata());
        metadata.putAll(encryption.metadata());
        PutObjectRequest.Builder builder =
                checks.removedFrom(request.toBuilder().metadata(metadata).contentLength(encryption.ciphertextLength()));
        if (sealed != null && request.checksumAlgorithmAsString() == null) {
            builder.checksumCRC32(sealed.crc32());
        }
        RequestAttributes.arrived(builder, request);
        return builder.build();
    }

    /** The ciphertext of a short body that is read, once. */
    private static SealedBody sealed(
            BodyEncryption encryption,
            PlaintextChecks checks,
            @Nullable ContentStreamProvider plain,
            ClientSideWrite how,
            int length) {
        try (InputStream in = plain == null ? InputStream.nullInputStream() : plain.newStream()) {
            return SealedBody.of(checks.around(encryption.next()), encryption.ciphertextLength(), in, length, how);
        } catch (IOException e) {
            throw unreadable(how, e);
        }
    }

    /** The ciphertext of a short body that is at hand. */
    private static SealedBody sealed(
            BodyEncryption encryption, PlaintextChecks checks, byte[] plaintext, ClientSideWrite how) {
        try {
            return SealedBody.of(checks.around(encryption.next()), encryption.ciphertextLength(), plaintext);
        } catch (IOException e) {
            throw unreadable(how, e);
        }
    }

    private static EnvelopeException unreadable(ClientSideWrite how, IOException e) {
        return new EnvelopeException("The body of " + how.object() + " could not be read.", e);
    }
}
