package dev.s3envelope.s3.internal.transfer;

import dev.s3envelope.core.message.ByteSpan;
import dev.s3envelope.s3.internal.clientside.FailureNote;
import dev.s3envelope.s3.internal.clientside.WholeRead;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** Gets pieces of one object, each on the thread that asks for it, until it is closed. Safe for use by several threads. */
final class PieceSource implements Closeable {
    /** Sends a GET, decrypted on its way back. */
    interface Send {
        <V> V get(GetObjectRequest request, ResponseTransformer<GetObjectResponse, V> transformer);
    }

    /** What is done with the bytes of a piece. An attempt that broke is followed by another one from the beginning. */
    interface Taker<V> {
        V take(InputStream body) throws IOException;
    }

    private final WholeRead read;
    private final WholeRead.Content content;
    private final Send send;
    private final Set<AbortableInputStream> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    PieceSource(WholeRead read, WholeRead.Content content, Send send) {
        this.read = read;
        this.content = content;
        this.send = send;
    }

    /** All bytes of a piece, in memory. */
    byte[] bytes(ByteSpan span) {
        return get(span, body -> {
            byte[] bytes = new byte[(int) span.length()];
            int count = body.readNBytes(bytes, 0, bytes.length);
            if (count < bytes.length || body.read() >= 0) {
                throw new IOException("A piece of the object has not its " + span.length() + " bytes.");
            }
            return bytes;
        });
    }

    /** Gives the bytes of a piece to somebody; failures are as they were thrown, and once more is tried what broke on its way. */
    <V> V get(ByteSpan span, Taker<V> taker) {
        try {
            return once(span, taker);
        } catch (RuntimeException e) {
            if (!closed && Retries.another(e) && !Thread.currentThread().isInterrupted()) {
                try {
                    return once(span, taker);
                } catch (RuntimeException again) {
                    throw translated(again);
                }
            }
            throw translated(e);
        }
    }

    /** As the reader sees it. What says that it can be repeated was, and must not lead to another read of everything. */
    private RuntimeException translated(RuntimeException failure) {
        if (failure instanceof RetryableException broken) {
            return SdkClientException.create(broken.getMessage(), broken.getCause());
        }
        return read.failure(failure) instanceof RuntimeException shown ? shown : failure;
    }

    private <V> V once(ByteSpan span, Taker<V> taker) {
        FailureNote note = new FailureNote();
        return note.call(() -> send.get(content.request(span), (answer, body) -> {
            open.add(body);
            try {
                if (closed) {
                    throw AbortedException.create("The read was given up.");
                }
                check(answer, span, note);
                V taken = taker.take(body);
                open.remove(body);
                return taken;
            } catch (IOException e) {
                throw closed
                        ? AbortedException.create("The read was given up.", e)
                        : RetryableException.builder()
                                .message("A piece of the object could not be read: " + e.getMessage())
                                .cause(e)
                                .build();
            } finally {
                if (open.remove(body)) {
                    // What is left of the body is of no use, and may be long.
                    body.abort();
                }
            }
        }));
    }

    /** The AWS SDK wraps what a transformer throws. */
    private void check(GetObjectResponse answer, ByteSpan span, FailureNote note) {
        note.clear();
        try {
            content.check(answer, span);
        } catch (RuntimeException e) {
            note.note(e);
            throw e;
        }
    }

    /** Ends what is under way: on their threads, the requests fail. */
    @Override
    public void close() {
        closed = true;
        open.forEach(AbortableInputStream::abort);
        read.end();
    }
}
