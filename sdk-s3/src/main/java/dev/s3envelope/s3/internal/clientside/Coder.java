package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.message.CodingStatus;
import dev.s3envelope.core.message.FrameLayout;
import dev.s3envelope.core.message.MessageDecryptor;
import dev.s3envelope.core.message.MessageEncryptor;
import dev.s3envelope.core.message.RangeDecryptor;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A transformation of bytes that is pushed through: the encryptors and decryptors of a message, in one form. For one thread at a time. */
interface Coder extends AutoCloseable {
    /** Bytes passed on at a time where nothing is coded. */
    int UNCHANGED_PIECE = 16 * 1024;

    /** Takes some input; see {@link MessageEncryptor#encrypt}. */
    CodingStatus code(ByteBuffer in, ByteBuffer out) throws IOException;

    /** Says that the input is complete. */
    CodingStatus finish(ByteBuffer out) throws IOException;

    /** How much input makes one piece of output. */
    int inputSize();

    /** Whether the input is plaintext, so that whoever holds some of it wipes it. */
    default boolean takesPlaintext() {
        return true;
    }

    /** An output buffer that takes any piece whole. */
    int outputSize();

    @Override
    void close();

    /** Changes nothing, for a body that turned out to be no message. */
    static Coder unchanged() {
        return new Coder() {
            @Override
            public CodingStatus code(ByteBuffer in, ByteBuffer out) {
                int count = Math.min(in.remaining(), out.remaining());
                out.put(out.position(), in, in.position(), count);
                out.position(out.position() + count);
                in.position(in.position() + count);
                return in.hasRemaining() ? CodingStatus.NEED_OUTPUT : CodingStatus.NEED_INPUT;
            }

            @Override
            public CodingStatus finish(ByteBuffer out) {
                return CodingStatus.DONE;
            }

            @Override
            public int inputSize() {
                return UNCHANGED_PIECE;
            }

            @Override
            public int outputSize() {
                return UNCHANGED_PIECE;
            }

            @Override
            public void close() {}
        };
    }

    /** Of several frames one is read at a time, no byte more, so that each lies whole where it was read and need not be collected. */
    private static int regularFrame(int frameLength) {
        return frameLength + FrameLayout.REGULAR_OVERHEAD;
    }

    /** Decrypts a whole body. */
    static Coder of(MessageDecryptor decryptor, int frameLength, long plaintextLength, Runnable onClose) {
        int piece = (int) Math.max(1, Math.min(frameLength, plaintextLength));
        return new Coder() {
            @Override
            public CodingStatus code(ByteBuffer in, ByteBuffer out) {
                return decryptor.decrypt(in, out);
            }

            @Override
            public CodingStatus finish(ByteBuffer out) {
                return decryptor.finish(out);
            }

            @Override
            public int inputSize() {
                return plaintextLength > frameLength ? regularFrame(frameLength) : piece + FrameLayout.FINAL_OVERHEAD;
            }

            @Override
            public boolean takesPlaintext() {
                return false;
            }

            @Override
            public int outputSize() {
                return piece;
            }

            @Override
            public void close() {
                decryptor.close();
                onClose.run();
            }
        };
    }

    /** Decrypts a range. */
    static Coder of(RangeDecryptor decryptor, int frameLength, Runnable onClose) {
        int piece =
                (int) Math.max(1, Math.min(frameLength, decryptor.plaintext().length()));
        return new Coder() {
            @Override
            public CodingStatus code(ByteBuffer in, ByteBuffer out) {
                return decryptor.decrypt(in, out);
            }

            @Override
            public CodingStatus finish(ByteBuffer out) {
                return decryptor.finish(out);
            }

            @Override
            public int inputSize() {
                long fetched = decryptor.ciphertext().length();
                return fetched > frameLength + (long) FrameLayout.FINAL_OVERHEAD
                        ? regularFrame(frameLength)
                        : (int) fetched;
            }

            @Override
            public boolean takesPlaintext() {
                return false;
            }

            @Override
            public int outputSize() {
                return piece;
            }

            @Override
            public void close() {
                decryptor.close();
                onClose.run();
            }
        };
    }
}
