package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.message.ByteSpan;
import dev.s3envelope.core.message.CodingStatus;
import dev.s3envelope.core.s3ec.S3ecDecryptor;
import dev.s3envelope.core.s3ec.VerifiedPlaintext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** An object of the S3 Encryption Client: takes everything in, and gives bytes out once its one tag is verified. */
final class S3ecCoder implements Coder {
    /** Up to so many bytes of plaintext, all there is to be done takes no longer than a frame of a message, and nothing is spooled. */
    static final int LIGHT = 64 * 1024;

    private static final int PIECE = 64 * 1024;

    private final S3ecDecryptor decryptor;
    private final ByteSpan wanted;
    private @Nullable VerifiedPlaintext plaintext;
    private @Nullable InputStream verified;

    S3ecCoder(S3ecDecryptor decryptor, ByteSpan wanted) {
        this.decryptor = decryptor;
        this.wanted = wanted;
    }

    @Override
    public CodingStatus code(ByteBuffer in, ByteBuffer out) {
        if (in.hasArray()) {
            decryptor.update(in.array(), in.arrayOffset() + in.position(), in.remaining());
            in.position(in.limit());
        } else {
            byte[] copy = new byte[in.remaining()];
            in.get(copy);
            decryptor.update(copy, 0, copy.length);
        }
        return CodingStatus.NEED_INPUT;
    }

    @Override
    public CodingStatus finish(ByteBuffer out) throws IOException {
        InputStream stream = verified;
        if (stream == null) {
            VerifiedPlaintext whole = decryptor.finish();
            plaintext = whole;
            stream = whole.stream(wanted.offset(), wanted.length());
            verified = stream;
        }
        while (out.hasRemaining()) {
            int count = stream.read(out.array(), out.arrayOffset() + out.position(), out.remaining());
            if (count < 0) {
                return CodingStatus.DONE;
            }
            out.position(out.position() + count);
        }
        return CodingStatus.NEED_OUTPUT;
    }

    @Override
    public int inputSize() {
        return PIECE;
    }

    @Override
    public int outputSize() {
        return (int) Math.max(1, Math.min(PIECE, wanted.length()));
    }

    @Override
    public void close() {
        decryptor.close();
        VerifiedPlaintext whole = plaintext;
        if (whole != null) {
            whole.close();
        }
    }
}
