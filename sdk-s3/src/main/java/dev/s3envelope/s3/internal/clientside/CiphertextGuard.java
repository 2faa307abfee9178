package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.KeyringException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import software.amazon.awssdk.core.SplittingTransformerConfiguration;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * The GETs of a client without client-side modes and keyrings: they go as they are, without any request beside them, and an answer whose metadata says that
 * the object is encrypted on the client is refused before a byte of it is given out. Otherwise such a client would take ciphertext for the object.
 */
public final class CiphertextGuard {
    private final String object;
    private final FailureNote note = new FailureNote();

    private CiphertextGuard(String object) {
        this.object = object;
    }

    /** A GET on the caller's thread. */
    public static <R> R get(
            GetObjectRequest sent,
            ResponseTransformer<GetObjectResponse, R> callers,
            BiFunction<GetObjectRequest, ResponseTransformer<GetObjectResponse, R>, R> send) {
        CiphertextGuard guard = new CiphertextGuard(sent.bucket() + "/" + sent.key());
        return guard.note.call(() -> send.apply(sent, guard.before(callers)));
    }

    /** A GET that never waits. */
    public static <R> CompletableFuture<R> get(
            GetObjectRequest sent,
            AsyncResponseTransformer<GetObjectResponse, R> callers,
            BiFunction<GetObjectRequest, AsyncResponseTransformer<GetObjectResponse, R>, CompletableFuture<R>> send) {
        return get(sent.bucket() + "/" + sent.key(), callers, transformer -> send.apply(sent, transformer));
    }

    /** As the one before, of something that is named otherwise than by bucket and key. */
    public static <R> CompletableFuture<R> get(
            String object,
            AsyncResponseTransformer<GetObjectResponse, R> callers,
            Function<AsyncResponseTransformer<GetObjectResponse, R>, CompletableFuture<R>> send) {
        CiphertextGuard guard = new CiphertextGuard(object);
        return guard.note.call(send.apply(guard.new Async<>(callers)));
    }

    private void check(GetObjectResponse answer) {
        note.clear();
        if (StoredForm.announcesCiphertext(answer.metadata())) {
            KeyringException refusal = new KeyringException("The object " + object
                    + " is encrypted on the client, as its metadata says, and this client has neither a client-side mode nor a keyring for"
                    + " reading. Give the builder the object's rule, a readKeyring or an s3ecKeyring; to get the bytes as S3 stores them, read"
                    + " with ReadAs.stored(). Nothing of it was given out.");
            note.note(refusal);
            throw refusal;
        }
    }

    private <R> ResponseTransformer<GetObjectResponse, R> before(ResponseTransformer<GetObjectResponse, R> callers) {
        return new ResponseTransformer<>() {
            @Override
            public R transform(GetObjectResponse answer, AbortableInputStream body) throws Exception {
                try {
                    check(answer);
                } catch (RuntimeException e) {
                    body.abort();
                    throw e;
                }
                return callers.transform(answer, body);
            }

            @Override
            public boolean needsConnectionLeftOpen() {
                return callers.needsConnectionLeftOpen();
            }

            @Override
            public String name() {
                return callers.name();
            }
        };
    }

    /** Stands before a transformer of the caller's, or before one part of a split download. */
    private final class Async<R> implements AsyncResponseTransformer<GetObjectResponse, R> {
        private final AsyncResponseTransformer<GetObjectResponse, R> callers;
        private volatile boolean refused;

        Async(AsyncResponseTransformer<GetObjectResponse, R> callers) {
            this.callers = callers;
        }

        @Override
        public CompletableFuture<R> prepare() {
            refused = false;
            return callers.prepare();
        }

        @Override
        public void onResponse(GetObjectResponse answer) {
            try {
                check(answer);
            } catch (RuntimeException e) {
                refused = true;
                callers.exceptionOccurred(e);
                return;
            }
            callers.onResponse(answer);
        }

        @Override
        public void onStream(SdkPublisher<ByteBuffer> body) {
            if (refused) {
                UnwantedBody.leave(body);
            } else {
                callers.onStream(body);
            }
        }

        @Override
        public void exceptionOccurred(Throwable failure) {
            if (!refused) {
                callers.exceptionOccurred(failure);
            }
        }

        @Override
        public SplitResult<GetObjectResponse, R> split(SplittingTransformerConfiguration configuration) {
            SplitResult<GetObjectResponse, R> split = callers.split(configuration);
            return split.toBuilder()
                    .publisher(split.publisher().map(Async::new))
                    .build();
        }

        @Override
        public String name() {
            return callers.name();
        }
    }
}
