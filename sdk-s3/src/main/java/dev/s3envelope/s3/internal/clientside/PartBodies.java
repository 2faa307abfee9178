package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.message.CodingStatus;
import dev.s3envelope.core.message.MessageEncryptor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;

/** The bodies of parts: encrypted while they are sent, every reading anew under the same frame numbers, and only as far as it is proved equal. */
public final class PartBodies {
    /** A part of a message, read as often as the SDK sends it. */
    public interface Source {
        /** Bytes of every reading. */
        long ciphertextLength();

        /** How much plaintext to take at once. */
        int inputSize();

        /** The encryptor of the next reading, given back by {@link #release}. */
        MessageEncryptor next();

        /** Told once for each encryptor that it is not used any more. */
        void release(MessageEncryptor encryptor);
    }

    private PartBodies() {}

    /**
     * Sends the encrypted form of a body; a refusal comes out as it was thrown.
     *
     * @param request whose checksums of the plaintext are verified on the way
     */
    public static <R> R send(Source source, SdkPojo request, RequestBody plain, Function<RequestBody, R> send) {
        PlaintextChecks checks = PlaintextChecks.of(request);
        FailureNote note = new FailureNote();
        Readings readings = new Readings(source);
        @Nullable ContentStreamProvider stream = plain.contentStreamProvider();
        RequestBody encrypted = RequestBody.fromContentProvider(
                () -> {
                    note.clear();
                    return new CodingInputStream(
                            stream == null ? InputStream.nullInputStream() : stream.newStream(),
                            note.watch(checks.around(readings.next())));
                },
                source.ciphertextLength(),
                plain.contentType());
        try {
            return note.call(() -> send.apply(encrypted));
        } finally {
            readings.end();
        }
    }

    /** Sends the encrypted form of a body without waiting; a refusal comes out as it was thrown. */
    public static <R> CompletableFuture<R> send(
            Source source,
            SdkPojo request,
            AsyncRequestBody plain,
            Function<AsyncRequestBody, CompletableFuture<R>> send) {
        PlaintextChecks checks = PlaintextChecks.of(request);
        FailureNote note = new FailureNote();
        Readings readings = new Readings(source);
        return Stages.releasing(
                note.call(send.apply(
                        new EncodedBody(plain, source.ciphertextLength(), () -> checks.around(readings.next()), note))),
                readings::end);
    }

    /**
     * The readings of one call. An answer may come while the thread that gave out the last bytes has yet to close its reading, or a refusal while one goes on; when the call is seen to be over, none is at
     * work any more.
     */
    private static final class Readings {
        private final Source source;
        private final List<Reading> begun = new ArrayList<>();
        private boolean over;

        Readings(Source source) {
            this.source = source;
        }

        synchronized Coder next() {
            if (over) {
                throw new EnvelopeException("The call is over, and its body is not encrypted again.");
            }
            Reading reading = new Reading(source);
            begun.add(reading);
            return reading;
        }

        synchronized void end() {
            over = true;
            begun.forEach(Reading::close);
            begun.clear();
        }
    }

    /** One reading, which may be closed by another thread than its own. */
    private static final class Reading implements Coder {
        private final Source source;
        private final MessageEncryptor encryptor;
        private boolean complete;
        private boolean closed;

        Reading(Source source) {
            this.source = source;
            this.encryptor = source.next();
        }

        @Override
        public synchronized CodingStatus code(ByteBuffer in, ByteBuffer out) throws IOException {
            return noted(closed(in) ? CodingStatus.DONE : encryptor.encrypt(in, out));
        }

        @Override
        public synchronized CodingStatus finish(ByteBuffer out) throws IOException {
            return noted(closed(ByteBuffer.allocate(0)) ? CodingStatus.DONE : encryptor.finish(out));
        }

        /** Whether nothing is left to be done; to a reading that was closed before, nothing may be left. */
        private boolean closed(ByteBuffer in) {
            if (closed && (!complete || in.hasRemaining())) {
                throw new EnvelopeException(
                        "The part was sent, or given up; what is left of its body is not encrypted.");
            }
            return closed;
        }

        private CodingStatus noted(CodingStatus status) {
            complete |= status == CodingStatus.DONE;
            return status;
        }

        @Override
        public int inputSize() {
            return source.inputSize();
        }

        @Override
        public int outputSize() {
            return encryptor.pieceSize();
        }

        @Override
        public synchronized void close() {
            encryptor.close();
            if (!closed) {
                closed = true;
                source.release(encryptor);
            }
        }
    }
}
