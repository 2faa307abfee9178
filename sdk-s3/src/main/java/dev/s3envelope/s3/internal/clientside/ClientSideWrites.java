package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.message.LayoutHint;
import dev.s3envelope.core.mode.ClientSideFormat;
import dev.s3envelope.core.s3ec.S3ecMetadata;
import java.io.IOException;
import java.io.InputStream;
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
 * retry sends the same bytes. Longer ones are encrypted as they are sent, by the thread that sends them, as {@link BodyMessages} says.
 * Size, metadata and checksums are settled before the first byte leaves.
 */
public final class ClientSideWrites {
    private static final int IN_MEMORY = 1 << 20;

    private final ClientSideKeys keys;

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
        try (BodyMessages messages = Stages.join(messages(request, how, length))) {
            ContentStreamProvider plain = body.contentStreamProvider();
            if (length <= IN_MEMORY) {
                byte[] plaintext = readWhole(plain, how, (int) length);
                checks.verify(plaintext);
                byte[] sealed = messages.seal(plaintext);
                return send.apply(
                        withChecksum(sealedRequest(request, messages, checks), sealed),
                        RequestBody.fromContentProvider(
                                ContentStreamProvider.fromByteArrayUnsafe(sealed), sealed.length, body.contentType()));
            }
            FailureNote note = new FailureNote();
            return note.call(() -> send.apply(
                    sealedRequest(request, messages, checks),
                    RequestBody.fromContentProvider(
                            () -> {
                                note.clear();
                                return new CodingInputStream(
                                        plain.newStream(), note.watch(checks.around(messages.next())));
                            },
                            messages.ciphertextLength(),
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
        CompletionStage<BodyMessages> made;
        try {
            length = length(request, how, body.contentLength());
            checks = PlaintextChecks.of(request);
            made = messages(request, how, length);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        return Stages.chain(made, messages -> {
            CompletableFuture<PutObjectResponse> sent;
            try {
                sent = length <= IN_MEMORY
                        ? Stages.chain(Collected.of(body, (int) length, how), plaintext -> {
                            checks.verify(plaintext);
                            byte[] sealed = messages.seal(plaintext);
                            return send.apply(
                                    withChecksum(sealedRequest(request, messages, checks), sealed),
                                    new SealedBody(sealed, body.contentType()));
                        })
                        : encoded(sealedRequest(request, messages, checks), body, messages, checks, send);
            } catch (RuntimeException e) {
                messages.close();
                throw e;
            }
            var unused = sent.whenComplete((answer, failure) -> messages.close());
            return sent;
        });
    }

    private static CompletableFuture<PutObjectResponse> encoded(
            PutObjectRequest sealed,
            AsyncRequestBody body,
            BodyMessages messages,
            PlaintextChecks checks,
            BiFunction<PutObjectRequest, AsyncRequestBody, CompletableFuture<PutObjectResponse>> send) {
        FailureNote note = new FailureNote();
        return note.call(send.apply(
                sealed,
                new EncodedBody(body, messages.ciphertextLength(), () -> checks.around(messages.next()), note)));
    }

    private CompletionStage<BodyMessages> messages(PutObjectRequest request, ClientSideWrite how, long length) {
        if (how.mode().format() != ClientSideFormat.ENCRYPTION_SDK) {
            throw new OperationRefusedException("PutObject of " + how.object()
                    + " would write the S3 Encryption Client's format, which this client does not write. Its objects are"
                    + " read. Use the format ENCRYPTION_SDK.");
        }
        if (request.writeOffsetBytes() != null) {
            throw new OperationRefusedException("PutObject of " + how.object()
                    + " appends to an object; a message cannot be continued. Write the whole object.");
        }
        for (String name : request.metadata().keySet()) {
            if (name.toLowerCase(Locale.ROOT).equals(LayoutHint.METADATA_NAME) || S3ecMetadata.isReserved(name)) {
                throw new IllegalEncryptionException("The metadata of " + how.object() + " has the entry \"" + name
                        + "\", which marks encrypted objects. Use another name.");
            }
        }
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

    /** The bytes of plaintext that were announced. */
    private static long length(PutObjectRequest request, ClientSideWrite how, Optional<Long> ofBody) {
        Long announced = request.contentLength() == null ? ofBody.orElse(null) : request.contentLength();
        if (announced == null) {
            throw new OperationRefusedException("PutObject of " + how.object()
                    + " has a body of unknown length, which S3 does not take in one PUT. Set contentLength, or upload it in"
                    + " parts.");
        }
        return announced;
    }

    private static PutObjectRequest sealedRequest(
            PutObjectRequest request, BodyMessages messages, PlaintextChecks checks) {
        Map<String, String> metadata = new HashMap<>(request.metadata());
        metadata.put(LayoutHint.METADATA_NAME, messages.hint().text());
        PutObjectRequest.Builder sealed =
                request.toBuilder().metadata(metadata).contentLength(messages.ciphertextLength());
        return checks.removedFrom(sealed).build();
    }

    private static PutObjectRequest withChecksum(PutObjectRequest request, byte[] sealed) {
        // A caller's own choice of algorithm is computed by the SDK over what is sent.
        return request.checksumAlgorithmAsString() != null
                ? request
                : request.toBuilder()
                        .checksumCRC32(PlaintextChecks.crc32(sealed))
                        .build();
    }

    private static byte[] readWhole(@Nullable ContentStreamProvider plain, ClientSideWrite how, int length) {
        if (plain == null) {
            return new byte[0];
        }
        try (InputStream in = plain.newStream()) {
            byte[] bytes = in.readNBytes(length + 1);
            Collected.checkLength(bytes.length, length, how);
            return bytes;
        } catch (IOException e) {
            throw new EnvelopeException("The body of " + how.object() + " could not be read.", e);
        }
    }
}
