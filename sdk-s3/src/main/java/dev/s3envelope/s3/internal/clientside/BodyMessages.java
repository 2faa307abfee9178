package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.keyring.EncryptionMaterials;
import dev.s3envelope.core.message.CodingStatus;
import dev.s3envelope.core.message.FrameLayout;
import dev.s3envelope.core.message.LayoutHint;
import dev.s3envelope.core.message.MessageEncryptor;
import dev.s3envelope.core.message.MessageEngine;
import dev.s3envelope.core.message.OpenMessage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The messages one body of known length is sent as: a new one for each attempt, under the same data key, so that a body that changed between
 * attempts never meets a used key and nonce.
 *
 * <p>Some bytes must come twice: the SDK reads a body two times within one attempt where it signs it or puts a checksum of it into a header, and it
 * keeps the checksum of an attempt that was sent whole for those that follow. So after a reading that went to the end, the next one repeats the same message, frame by frame only as far as it is proved equal; where the
 * body turns out to be another, the reading fails before the frame leaves, as an I/O error, and the one after it is a new message.
 *
 * <p>Safe for use by several threads, as far as attempts follow each other.
 */
final class BodyMessages implements BodyEncryption {
    private final MessageEngine engine;
    private final ClientSideWrite how;
    private final EncryptionMaterials materials;
    private final long length;
    private final FrameLayout layout;
    private OpenMessage message;
    private boolean untouched = true;
    private boolean complete;
    private boolean closed;

    /**
     * Checks the size and makes the first message.
     *
     * @param materials of this write; owned by what is made here
     */
    BodyMessages(MessageEngine engine, ClientSideWrite how, EncryptionMaterials materials, long length) {
        this.engine = engine;
        this.how = how;
        this.materials = materials;
        this.length = length;
        this.message = engine.create(materials, how.identity(), how.mode().frameLength());
        this.layout =
                FrameLayout.ofPlaintext(message.header().length(), how.mode().frameLength(), length);
        if (layout.ciphertextLength() > ClientSideWrites.LARGEST_PUT) {
            close();
            throw tooLarge(how, length, layout.ciphertextLength());
        }
    }

    static OperationRefusedException tooLarge(ClientSideWrite how, long plaintext, long ciphertext) {
        return new OperationRefusedException("PutObject of " + how.object() + " with " + plaintext
                + " bytes would send " + ciphertext + " bytes of ciphertext; S3 takes " + ClientSideWrites.LARGEST_PUT
                + " in one PUT. Upload it in parts (multipart). Nothing was sent.");
    }

    @Override
    public long ciphertextLength() {
        return layout.ciphertextLength();
    }

    @Override
    public Map<String, String> metadata() {
        return Map.of(
                LayoutHint.METADATA_NAME,
                LayoutHint.of(message.header(), OptionalLong.of(length)).text());
    }

    @Override
    public synchronized Coder next() {
        if (closed) {
            throw new EnvelopeException("The upload of " + how.object() + " is over; its body is not encrypted again.");
        }
        if (!untouched && !complete) {
            message.close();
            message = engine.create(materials, how.identity(), how.mode().frameLength());
        }
        boolean again = complete;
        untouched = false;
        complete = false;
        return new Reading(message.partEncryptor(1, length, true), again);
    }

    private synchronized void completed() {
        complete = true;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            message.close();
            materials.close();
        }
    }

    /** One reading of the body. */
    private final class Reading implements Coder {
        private final MessageEncryptor encryptor;
        private final boolean again;

        Reading(MessageEncryptor encryptor, boolean again) {
            this.encryptor = encryptor;
            this.again = again;
        }

        @Override
        public CodingStatus code(ByteBuffer in, ByteBuffer out) throws IOException {
            try {
                CodingStatus status = encryptor.encrypt(in, out);
                if (status == CodingStatus.DONE) {
                    completed();
                }
                return status;
            } catch (OperationRefusedException e) {
                throw changed(e);
            }
        }

        @Override
        public CodingStatus finish(ByteBuffer out) throws IOException {
            try {
                CodingStatus status = encryptor.finish(out);
                if (status == CodingStatus.DONE) {
                    completed();
                }
                return status;
            } catch (OperationRefusedException e) {
                throw changed(e);
            }
        }

        private IOException changed(OperationRefusedException e) {
            if (!again) {
                throw e;
            }
            return new IOException(
                    "The body of " + how.object()
                            + " gave other bytes when it was read again; this attempt was stopped before any of them was sent",
                    e);
        }

        @Override
        public int inputSize() {
            return (int) Math.max(1, Math.min(how.mode().frameLength(), length));
        }

        @Override
        public int outputSize() {
            return (int) Math.min(encryptor.pieceSize(), layout.ciphertextLength());
        }

        @Override
        public void close() {
            encryptor.close();
        }
    }
}
