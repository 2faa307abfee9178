package dev.s3envelope.s3.internal.transfer;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.message.ByteSpan;
import dev.s3envelope.s3.internal.clientside.UnwantedBody;
import dev.s3envelope.s3.internal.clientside.WholeRead;
import java.nio.ByteBuffer;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Stands before whatever takes the bytes of one piece: the answer must be of the same content and of these bytes, and all of them must come.
 *
 * @param <R> what is made of the piece
 */
final class PieceAnswer<R> implements AsyncResponseTransformer<GetObjectResponse, R> {
    private final WholeRead.Content content;
    private final ByteSpan span;
    private final AsyncResponseTransformer<GetObjectResponse, R> taker;
    private final Gate gate;
    private volatile @Nullable RuntimeException refused;
    private volatile long received;

    PieceAnswer(
            WholeRead.Content content, ByteSpan span, AsyncResponseTransformer<GetObjectResponse, R> taker, Gate gate) {
        this.content = content;
        this.span = span;
        this.taker = taker;
        this.gate = gate;
    }

    @Override
    public CompletableFuture<R> prepare() {
        refused = null;
        received = 0;
        return taker.prepare().thenApply(made -> {
            if (received != span.length()) {
                throw new EnvelopeException(
                        "A piece of the object ended after " + received + " of its " + span.length() + " bytes.");
            }
            return made;
        });
    }

    @Override
    public void onResponse(GetObjectResponse answer) {
        try {
            content.check(answer, span);
        } catch (RuntimeException e) {
            refused = e;
            taker.exceptionOccurred(e);
            return;
        }
        taker.onResponse(answer);
    }

    @Override
    public void onStream(SdkPublisher<ByteBuffer> body) {
        if (refused != null) {
            UnwantedBody.leave(body);
        } else if (!gate.enter(() -> taker.onStream(body.map(this::counted)))) {
            taker.exceptionOccurred(new CancellationException("The read was given up."));
            UnwantedBody.leave(body);
        }
    }

    // One buffer at a time, as all signals of a publisher are.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private ByteBuffer counted(ByteBuffer buffer) {
        received += buffer.remaining();
        return buffer;
    }

    @Override
    public void exceptionOccurred(Throwable failure) {
        if (refused == null) {
            taker.exceptionOccurred(failure);
        }
    }
}
