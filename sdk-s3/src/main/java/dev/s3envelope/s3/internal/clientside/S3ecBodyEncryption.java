package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.message.CodingStatus;
import dev.s3envelope.core.s3ec.S3ecBody;
import dev.s3envelope.core.s3ec.S3ecMaterials;
import dev.s3envelope.core.s3ec.S3ecMetadata;
import dev.s3envelope.core.s3ec.S3ecSuite;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Map;

/**
 * One body in the S3 Encryption Client's V3 format. Its metadata names the data key and goes ahead of the body, so that no attempt can have a key of its own:
 * every reading gives the same ciphertext, piece by piece only as far as it is proved equal to those before. Where the body turns out to be another,
 * the upload fails; see {@link S3ecBody}.
 */
final class S3ecBodyEncryption implements BodyEncryption {
    static final S3ecSuite SUITE = S3ecSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY;

    private static final int INPUT = 64 * 1024;

    private final ClientSideWrite how;
    private final S3ecBody body;
    private boolean closed;

    private S3ecBodyEncryption(ClientSideWrite how, S3ecBody body) {
        this.how = how;
        this.body = body;
    }

    /**
     * Begins an object.
     *
     * @param materials of this write; closed here
     */
    static S3ecBodyEncryption create(
            CryptoProvider provider, SecureRandom random, ClientSideWrite how, S3ecMaterials materials, long length) {
        try (materials) {
            return new S3ecBodyEncryption(how, S3ecBody.create(provider, random, materials, length));
        }
    }

    /** Refuses a body that does not fit one PUT in this format, before anybody is asked for a key. */
    static void checkLength(ClientSideWrite how, long length) {
        if (SUITE.ciphertextLength(length) > ClientSideWrites.LARGEST_PUT) {
            throw new OperationRefusedException("PutObject of " + how.object() + " with " + length
                    + " bytes would send " + SUITE.ciphertextLength(length)
                    + " bytes in the S3 Encryption Client's format; S3 takes "
                    + ClientSideWrites.LARGEST_PUT
                    + " in one PUT, and this format is not written in parts. Write it under a mode"
                    + " that writes messages (ClientSide.builder), or as several objects. Nothing was sent.");
        }
    }

    @Override
    public long ciphertextLength() {
        return body.ciphertextLength();
    }

    @Override
    public Map<String, String> metadata() {
        return S3ecMetadata.toMetadata(body.envelope());
    }

    @Override
    public synchronized Coder next() {
        if (closed) {
            throw new EnvelopeException("The upload of " + how.object() + " is over; its body is not encrypted again.");
        }
        return new Reading(body.read());
    }

    @Override
    public synchronized void close() {
        closed = true;
        body.close();
    }

    /** One reading of the body; what it refuses is said of the object. */
    private final class Reading implements Coder {
        private final S3ecBody.Reading reading;

        Reading(S3ecBody.Reading reading) {
            this.reading = reading;
        }

        @Override
        public CodingStatus code(ByteBuffer in, ByteBuffer out) throws IOException {
            try {
                return reading.encrypt(in, out);
            } catch (OperationRefusedException e) {
                throw stopped(e);
            }
        }

        @Override
        public CodingStatus finish(ByteBuffer out) throws IOException {
            try {
                return reading.finish(out);
            } catch (OperationRefusedException e) {
                throw stopped(e);
            }
        }

        private OperationRefusedException stopped(OperationRefusedException e) {
            return new OperationRefusedException("PutObject of " + how.object() + " failed. " + e.getMessage(), e);
        }

        @Override
        public int inputSize() {
            return (int) Math.max(1, Math.min(INPUT, body.ciphertextLength() - S3ecSuite.TAG_LENGTH));
        }

        @Override
        public int outputSize() {
            return reading.outputSize();
        }

        @Override
        public void close() {
            reading.close();
        }
    }
}
