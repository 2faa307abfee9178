package dev.s3envelope.s3.internal.transfer;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** Takes the bytes of one piece into an array of its length, which is made when the first of them are about to come; the array is not complete unless they all came. */
final class PieceInMemory implements AsyncResponseTransformer<GetObjectResponse, byte[]> {
    private final int length;
    private volatile CompletableFuture<byte[]> result = new CompletableFuture<>();

    PieceInMemory(int length) {
        this.length = length;
    }

    @Override
    public CompletableFuture<byte[]> prepare() {
        CompletableFuture<byte[]> attempt = new CompletableFuture<>();
        result = attempt;
        return attempt;
    }

    @Override
    public void onResponse(GetObjectResponse answer) {}

    @Override
    public void onStream(SdkPublisher<ByteBuffer> body) {
        body.subscribe(new Filling(result, length));
    }

    @Override
    public void exceptionOccurred(Throwable failure) {
        result.completeExceptionally(failure);
    }

    private static final class Filling implements Subscriber<ByteBuffer> {
        private final CompletableFuture<byte[]> result;
        private final byte[] bytes;
        private @Nullable Subscription upstream;
        private int filled;

        Filling(CompletableFuture<byte[]> result, int length) {
            this.result = result;
            this.bytes = new byte[length];
        }

        @Override
        public void onSubscribe(Subscription given) {
            Objects.requireNonNull(given, "subscription");
            if (upstream != null) {
                given.cancel();
                return;
            }
            upstream = given;
            given.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(ByteBuffer buffer) {
            int count = Math.min(Objects.requireNonNull(buffer, "buffer").remaining(), bytes.length - filled);
            buffer.get(bytes, filled, count);
            filled += count;
        }

        @Override
        public void onError(Throwable failure) {
            result.completeExceptionally(Objects.requireNonNull(failure, "failure"));
        }

        @Override
        public void onComplete() {
            result.complete(bytes);
        }
    }
}
