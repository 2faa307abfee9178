package dev.s3envelope.s3.internal.clientside;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.reactivestreams.Subscriber;
import software.amazon.awssdk.core.async.AsyncRequestBody;

/** A body encrypted while it is sent; every subscription is a reading of its own. */
final class EncodedBody implements AsyncRequestBody {
    private final AsyncRequestBody plain;
    private final BodyMessages messages;
    private final PlaintextChecks checks;
    private final FailureNote note;

    EncodedBody(AsyncRequestBody plain, BodyMessages messages, PlaintextChecks checks, FailureNote note) {
        this.plain = plain;
        this.messages = messages;
        this.checks = checks;
        this.note = note;
    }

    @Override
    public Optional<Long> contentLength() {
        return Optional.of(messages.ciphertextLength());
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
        note.clear();
        plain.subscribe(new CodingPipe(note.watch(checks.around(messages.next())), subscriber));
    }
}
