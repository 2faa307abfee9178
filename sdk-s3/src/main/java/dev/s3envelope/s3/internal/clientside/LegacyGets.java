package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.internal.StageFailures;
import dev.s3envelope.core.message.ByteSpan;
import dev.s3envelope.s3.internal.legacy.LegacyObjects;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Reads of a client that was told to read legacy objects of the S3 Encryption Client. Each begins with a HEAD, since such an object must be known before
 * its bytes are asked for: it is read as a whole, whatever the request says, and what was asked for is taken of the plaintext. Every other
 * object goes the usual way.
 */
public final class LegacyGets {
    private final LegacyObjects objects;

    /** Reads of one client. */
    public LegacyGets(LegacyObjects objects) {
        this.objects = objects;
    }

    /** A GET on the caller's thread; {@code otherwise} is the usual way. */
    public <R> R get(
            GetObjectRequest request,
            ResponseTransformer<GetObjectResponse, R> callers,
            ReadPort port,
            Supplier<R> otherwise) {
        Optional<ResponseBytes<GetObjectResponse>> found = Stages.join(find(request, port));
        if (found.isEmpty()) {
            return otherwise.get();
        }
        try {
            return callers.transform(
                    found.get().response(),
                    AbortableInputStream.create(
                            new ByteArrayInputStream(found.get().asByteArrayUnsafe())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw AbortedException.create("The thread was interrupted while the object was handed out.", e);
        } catch (IOException e) {
            throw SdkClientException.create("The object could not be handed out: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw SdkClientException.create("The response transformer failed: " + e.getMessage(), e);
        }
    }

    /** A GET that never waits; {@code otherwise} is the usual way. */
    public <R> CompletableFuture<R> get(
            GetObjectRequest request,
            AsyncResponseTransformer<GetObjectResponse, R> callers,
            ReadPort port,
            Supplier<CompletableFuture<R>> otherwise) {
        CompletionStage<CompletableFuture<R>> begun = find(request, port).handle((found, failure) -> {
            if (failure != null) {
                var unused = callers.prepare();
                Throwable cause = StageFailures.unwrap(failure);
                callers.exceptionOccurred(cause);
                return CompletableFuture.failedFuture(cause);
            }
            return found.map(whole -> deliver(whole, callers)).orElseGet(otherwise);
        });
        return Stages.chain(begun, Function.identity());
    }

    private static <R> CompletableFuture<R> deliver(
            ResponseBytes<GetObjectResponse> found, AsyncResponseTransformer<GetObjectResponse, R> callers) {
        CompletableFuture<R> result = callers.prepare();
        try {
            callers.onResponse(found.response());
            callers.onStream(AsyncRequestBody.fromBytes(found.asByteArrayUnsafe()));
        } catch (RuntimeException e) {
            callers.exceptionOccurred(e);
            result.completeExceptionally(e);
        }
        return result;
    }

    private CompletionStage<Optional<ResponseBytes<GetObjectResponse>>> find(GetObjectRequest request, ReadPort port) {
        try {
            HeadObjectRequest head = DerivedReads.head(request, null);
            return port.head(head)
                    .handle((answer, failure) -> {
                        if (failure == null) {
                            return objects.read(request, answer, port::bytes);
                        }
                        Throwable cause = StageFailures.unwrap(failure);
                        // The GET says better what is wrong.
                        return cause instanceof S3Exception
                                ? CompletableFuture.completedFuture(Optional.<ResponseBytes<GetObjectResponse>>empty())
                                : CompletableFuture.<Optional<ResponseBytes<GetObjectResponse>>>failedFuture(cause);
                    })
                    .thenCompose(Function.identity())
                    .thenApply(found -> found.map(whole -> asked(request, whole)));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** What was asked for, of the whole. */
    private static ResponseBytes<GetObjectResponse> asked(
            GetObjectRequest request, ResponseBytes<GetObjectResponse> whole) {
        if (request.partNumber() != null) {
            throw new OperationRefusedException("Part " + request.partNumber() + " of " + request.bucket() + "/"
                    + request.key()
                    + " cannot be read: it is a legacy object of the S3 Encryption Client, whose parts are not those"
                    + " of its plaintext. Read the object, or a range of it.");
        }
        byte[] plaintext = whole.asByteArrayUnsafe();
        Optional<ByteSpan> range =
                request.range() == null ? Optional.empty() : PlaintextRange.of(request.range(), plaintext.length);
        ByteSpan span = range.orElse(new ByteSpan(0, plaintext.length));
        GetObjectResponse stored = whole.response();
        GetObjectResponse answer = PlainAnswers.of(
                stored,
                StoredForm.Kind.S3EC,
                OptionalLong.of(span.length()),
                range.map(bytes -> PlaintextRange.contentRange(bytes, plaintext.length))
                        .orElse(null),
                Optional.empty(),
                stored.contentLength());
        return ResponseBytes.fromByteArrayUnsafe(
                answer,
                range.isEmpty() ? plaintext : Arrays.copyOfRange(plaintext, (int) span.offset(), (int) span.end()));
    }
}
