package dev.s3envelope.s3.internal.clientside;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.reactivestreams.Subscriber;
import software.amazon.awssdk.core.async.AsyncRequestBody;

/** A body encrypted while it is sent; every subscription is a reading of its own. */
final class EncodedBody implements AsyncRequestBody {
    private final AsyncRequestBody plain;
    private final long length;
    private final Supplier<Coder> readings;
    private final FailureNote note;

    /**
     * A body that is encrypted.
     *
     * @param length bytes of ciphertext of every reading
     * @param readings the coder of the next reading
     * @param note keeps what goes wrong in a reading
     */
    EncodedBody(AsyncRequestBody plain, long length, Supplier<Coder> readings, FailureNote note) {
        this.plain = plain;
        this.length = length;
        this.readings = readings;
        this.note = note;
    }

    @Override
    public Optional<Long> contentLength() {
        return Optional.of(length);
    }

    @Override
    public String contentType() {
        return plain.contentType();
    }

    @Override
    public String body() {
        return plain.body();
    }

    @Override
    public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        note.clear();
        Coder coder;
        try {
            coder = readings.get();
        } catch (RuntimeException e) {
            note.note(e);
            FailedStream.tell(subscriber, e);
            return;
        }
        plain.subscribe(new CodingPipe(note.watch(coder), subscriber));
    }
}
