package dev.s3envelope.contract;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.reactivestreams.Subscriber;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** Bodies whose pieces are steps of the call. */
final class StepBodies {
    private static final int PIECE = 100_000;

    private final CallSteps steps;

    StepBodies(CallSteps steps) {
        this.steps = steps;
    }

    RequestBody sync(byte[] plain, boolean lengthKnown) {
        return lengthKnown
                ? RequestBody.fromContentProvider(() -> stream(plain), plain.length, "application/octet-stream")
                : RequestBody.fromContentProvider(() -> stream(plain), "application/octet-stream");
    }

    private InputStream stream(byte[] plain) {
        return new ByteArrayInputStream(plain) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                steps.take(CallSteps.PIECE);
                return super.read(target, offset, Math.min(length, PIECE));
            }
        };
    }

    AsyncRequestBody async(byte[] plain, boolean lengthKnown) {
        List<ByteBuffer> pieces = new ArrayList<>();
        for (int from = 0; from < plain.length; from += PIECE) {
            pieces.add(ByteBuffer.wrap(plain, from, Math.min(PIECE, plain.length - from))
                    .slice());
        }
        SdkPublisher<ByteBuffer> source = SdkPublisher.fromIterable(pieces).map(piece -> {
            steps.take(CallSteps.PIECE);
            return piece.duplicate();
        });
        return new AsyncRequestBody() {
            @Override
            public Optional<Long> contentLength() {
                return lengthKnown ? Optional.of((long) plain.length) : Optional.empty();
            }

            @Override
            public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
                source.subscribe(subscriber);
            }
        };
    }

    /** Reads all. */
    ResponseTransformer<GetObjectResponse, byte[]> reader() {
        return (answer, body) -> {
            ByteArrayOutputStream read = new ByteArrayOutputStream();
            copy(body, read);
            return read.toByteArray();
        };
    }

    private void copy(InputStream from, ByteArrayOutputStream to) throws IOException {
        byte[] piece = new byte[PIECE];
        while (true) {
            int count = from.read(piece);
            if (count < 0) {
                return;
            }
            steps.take(CallSteps.PIECE);
            to.write(piece, 0, count);
        }
    }

    /** The same before a transformer, of whose body each buffer is a step. */
    <R> AsyncResponseTransformer<GetObjectResponse, R> before(AsyncResponseTransformer<GetObjectResponse, R> reader) {
        return new AsyncResponseTransformer<>() {
            @Override
            public CompletableFuture<R> prepare() {
                return reader.prepare();
            }

            @Override
            public void onResponse(GetObjectResponse answer) {
                reader.onResponse(answer);
            }

            @Override
            public void onStream(SdkPublisher<ByteBuffer> body) {
                reader.onStream(body.map(piece -> {
                    steps.take(CallSteps.PIECE);
                    return piece;
                }));
            }

            @Override
            public void exceptionOccurred(Throwable failure) {
                reader.exceptionOccurred(failure);
            }
        };
    }
}
