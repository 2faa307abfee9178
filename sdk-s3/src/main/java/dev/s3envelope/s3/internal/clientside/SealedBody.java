package dev.s3envelope.s3.internal.clientside;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.reactivestreams.Subscriber;
import software.amazon.awssdk.core.async.AsyncRequestBody;

/** A message in memory, sent as often as need be. */
final class SealedBody implements AsyncRequestBody {
    private final AsyncRequestBody bytes;
    private final String contentType;

    SealedBody(byte[] sealed, String contentType) {
        this.bytes = AsyncRequestBody.fromBytesUnsafe(sealed);
        this.contentType = contentType;
    }

    @Override
    public Optional<Long> contentLength() {
        return bytes.contentLength();
    }

    @Override
    public String contentType() {
        return contentType;
    }

    @Override
    public String body() {
        return bytes.body();
    }

    @Override
    public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
        bytes.subscribe(subscriber);
    }
}
