package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.message.CodingStatus;
import dev.s3envelope.core.message.MessageEncryptor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
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
        @Nullable ContentStreamProvider stream = plain.contentStreamProvider();
        RequestBody encrypted = RequestBody.fromContentProvider(
                () -> {
                    note.clear();
                    return new CodingInputStream(
                            stream == null ? InputStream.nullInputStream() : stream.newStream(),
                            note.watch(checks.around(new Reading(source))));
                },
                source.ciphertextLength(),
                plain.contentType());
        return note.call(() -> send.apply(encrypted));
    }

    /** Sends the encrypted form of a body without waiting; a refusal comes out as it was thrown. */
    public static <R> CompletableFuture<R> send(
            Source source,
            SdkPojo request,
            AsyncRequestBody plain,
            Function<AsyncRequestBody, CompletableFuture<R>> send) {
        PlaintextChecks checks = PlaintextChecks.of(request);
        FailureNote note = new FailureNote();
        return note.call(send.apply(
                new EncodedBody(plain, source.ciphertextLength(), () -> checks.around(new Reading(source)), note)));
    }

    private static final class Reading implements Coder {
        private final Source source;
        private final MessageEncryptor encryptor;
        private boolean closed;

        Reading(Source source) {
            this.source = source;
            this.encryptor = source.next();
        }

        @Override
        public CodingStatus code(ByteBuffer in, ByteBuffer out) throws IOException {
            return encryptor.encrypt(in, out);
        }

        @Override
        public CodingStatus finish(ByteBuffer out) throws IOException {
            return encryptor.finish(out);
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
        public void close() {
            encryptor.close();
            if (!closed) {
                closed = true;
                source.release(encryptor);
            }
        }
    }
}
