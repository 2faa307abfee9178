package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.message.CodingStatus;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.reactivestreams.Subscriber;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.sync.RequestBody;

/** A short body that was encrypted in memory: its checksum is known before it is sent, and it is sent as often as need be. */
final class SealedBody {
    /** Bytes in one array, at most: no garbage collector treats such an array as a large object. */
    private static final int ARRAY = 256 * 1024;

    /** Bytes of plaintext taken at a time, unless a frame is longer. */
    private static final int INPUT = 64 * 1024;

    private final long length;
    private final List<ByteBuffer> pieces = new ArrayList<>(1);

    private SealedBody(long length) {
        this.length = length;
    }

    /**
     * Encrypts a body that is in memory.
     *
     * @param coder of its first reading; closed here
     * @param length bytes that will come out
     */
    static SealedBody of(Coder coder, long length, byte[] plaintext) throws IOException {
        SealedBody body = new SealedBody(length);
        try (coder) {
            body.finish(coder, body.encrypt(coder, ByteBuffer.wrap(plaintext), body.room(coder)));
        }
        return body;
    }

    /**
     * Encrypts a body as it is read, which is not closed.
     *
     * @param coder of its first reading; closed here
     * @param length bytes that will come out
     * @param announced bytes of plaintext there should be
     * @throws EnvelopeException if there are more or fewer
     */
    static SealedBody of(Coder coder, long length, InputStream plaintext, int announced, ClientSideWrite how)
            throws IOException {
        SealedBody body = new SealedBody(length);
        try (coder) {
            Plaintext taken = body.new Plaintext(coder, announced, how);
            if (plaintext.getClass() == ByteArrayInputStream.class) {
                // Hands its array over. A subclass may give out other bytes than those of its array.
                plaintext.transferTo(taken);
            } else {
                taken.readFrom(plaintext);
            }
            body.finish(coder, taken.end());
        }
        return body;
    }

    /** What the plaintext is written to. */
    private final class Plaintext extends OutputStream {
        private final Coder coder;
        private final int announced;
        private final ClientSideWrite how;
        private int taken;
        private ByteBuffer out;

        Plaintext(Coder coder, int announced, ClientSideWrite how) {
            this.coder = coder;
            this.announced = announced;
            this.how = how;
            this.out = room(coder);
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int count) throws IOException {
            if (count > announced - taken) {
                Collected.checkLength(announced + 1, announced, how);
            }
            taken += count;
            out = encrypt(coder, ByteBuffer.wrap(bytes, offset, count), out);
        }

        /** In whole frames, so that they need not be collected. */
        void readFrom(InputStream plaintext) throws IOException {
            int frames = Math.max(1, INPUT / coder.inputSize());
            byte[] piece = new byte[Math.min(announced + 1, frames * coder.inputSize())];
            try {
                int count = piece.length;
                while (count == piece.length) {
                    count = plaintext.readNBytes(piece, 0, piece.length);
                    write(piece, 0, count);
                }
            } finally {
                Arrays.fill(piece, (byte) 0);
            }
        }

        /** The array to go on with. */
        ByteBuffer end() {
            Collected.checkLength(taken, announced, how);
            return out;
        }
    }

    /** Takes all of some plaintext and gives the array to go on with. */
    private ByteBuffer encrypt(Coder coder, ByteBuffer in, ByteBuffer out) throws IOException {
        ByteBuffer room = out;
        while (coder.code(in, room) == CodingStatus.NEED_OUTPUT) {
            room = room(coder);
        }
        return room;
    }

    private void finish(Coder coder, ByteBuffer out) throws IOException {
        ByteBuffer room = out;
        while (coder.finish(room) != CodingStatus.DONE) {
            room = room(coder);
        }
        pieces.forEach(ByteBuffer::flip);
        if (pieces.stream().mapToLong(ByteBuffer::remaining).sum() != length) {
            throw new IllegalStateException("cannot happen: the ciphertext has another length than its format says");
        }
    }

    /** An array for what is to come. */
    private ByteBuffer room(Coder coder) {
        long left = length;
        for (ByteBuffer piece : pieces) {
            left -= piece.position();
        }
        int most = coder.outputSize() > ARRAY ? coder.outputSize() : ARRAY / coder.outputSize() * coder.outputSize();
        ByteBuffer room = ByteBuffer.allocate((int) Math.min(left, most));
        pieces.add(room);
        return room;
    }

    /** Bytes that are sent. */
    long length() {
        return length;
    }

    /** What S3 takes in a header for it. */
    String crc32() {
        return PlaintextChecks.crc32(pieces);
    }

    /** For a synchronous client. */
    RequestBody blocking(String contentType) {
        return RequestBody.fromContentProvider(this::stream, length, contentType);
    }

    private InputStream stream() {
        List<InputStream> streams = new ArrayList<>(pieces.size());
        for (ByteBuffer piece : pieces) {
            streams.add(new ByteArrayInputStream(piece.array(), piece.arrayOffset(), piece.limit()));
        }
        return streams.size() == 1 ? streams.get(0) : new SequenceInputStream(Collections.enumeration(streams));
    }

    /** For an asynchronous client. */
    AsyncRequestBody publisher(String contentType) {
        AsyncRequestBody bytes = AsyncRequestBody.fromByteBuffersUnsafe(pieces.toArray(ByteBuffer[]::new));
        return new AsyncRequestBody() {
            @Override
            public Optional<Long> contentLength() {
                return Optional.of(length);
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
        };
    }
}
