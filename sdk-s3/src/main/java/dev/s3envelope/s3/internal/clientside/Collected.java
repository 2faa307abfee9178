package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.EnvelopeException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** The bytes of a short body. */
final class Collected implements Subscriber<ByteBuffer> {
    private final byte[] bytes;
    private final ClientSideWrite how;
    private final CompletableFuture<byte[]> result = new CompletableFuture<>();
    private @Nullable Subscription upstream;
    private int filled;
    private volatile boolean ended;

    private Collected(int length, ClientSideWrite how) {
        this.bytes = new byte[length];
        this.how = how;
    }

    /** Reads a body that has announced its length. */
    static CompletableFuture<byte[]> of(Publisher<ByteBuffer> body, int length, ClientSideWrite how) {
        Collected collected = new Collected(length, how);
        body.subscribe(collected);
        return collected.result;
    }

    static void checkLength(int received, int length, ClientSideWrite how) {
        if (received != length) {
            throw new EnvelopeException("The body of " + how.object() + " has "
                    + (received > length ? "more than the " : received + " of the ") + length
                    + " bytes that were announced. Announce the true length, or none.");
        }
    }

    @Override
    public void onSubscribe(Subscription given) {
        Objects.requireNonNull(given, "subscription");
        if (upstream != null) {
            given.cancel();
            return;
        }
        upstream = given;
        var unused = result.whenComplete((value, failure) -> {
            if (failure != null && !ended) {
                given.cancel();
            }
        });
        given.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(ByteBuffer buffer) {
        Objects.requireNonNull(buffer, "buffer");
        if (result.isDone()) {
            return;
        }
        int count = buffer.remaining();
        if (count > bytes.length - filled) {
            fail(filled + count);
            return;
        }
        buffer.get(bytes, filled, count);
        filled += count;
    }

    @Override
    public void onError(Throwable failure) {
        Objects.requireNonNull(failure, "failure");
        ended = true;
        result.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        ended = true;
        if (filled < bytes.length) {
            fail(filled);
        } else {
            result.complete(bytes);
        }
    }

    private void fail(int received) {
        Arrays.fill(bytes, (byte) 0);
        Subscription from = upstream;
        if (from != null && !ended) {
            // First: whoever sees the failure finds the body let go.
            ended = true;
            from.cancel();
        }
        try {
            checkLength(received, bytes.length, how);
        } catch (EnvelopeException e) {
            result.completeExceptionally(e);
        }
    }
}
