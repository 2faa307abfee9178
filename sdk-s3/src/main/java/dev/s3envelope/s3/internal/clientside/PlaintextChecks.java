package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.OperationRefusedException;
import dev.s3envelope.core.message.CodingStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/**
 * The checksums a caller gives with a body. They speak of the plaintext, which S3 does not see, so they are verified here and not sent: of a short body
 * before anything leaves, of a longer one before its last frame does, without which it is no object.
 */
public final class PlaintextChecks {
    private interface Digest {
        void update(ByteBuffer bytes);

        byte[] value();
    }

    private record Expected(String name, String base64, Supplier<Digest> algorithm) {}

    private static final Map<String, Supplier<Digest>> ALGORITHMS = Map.of(
            "Content-MD5", () -> message("MD5"),
            "x-amz-checksum-md5", () -> message("MD5"),
            "x-amz-checksum-crc32", () -> sum(new CRC32()),
            "x-amz-checksum-crc32c", () -> sum(new CRC32C()),
            "x-amz-checksum-sha1", () -> message("SHA-1"),
            "x-amz-checksum-sha256", () -> message("SHA-256"),
            "x-amz-checksum-sha512", () -> message("SHA-512"));
    private static final PlaintextChecks NONE = new PlaintextChecks(List.of());

    private final List<Expected> expected;

    private PlaintextChecks(List<Expected> expected) {
        this.expected = expected;
    }

    /**
     * The checks of a request.
     *
     * @throws OperationRefusedException if it gives a checksum that cannot be verified here
     */
    static PlaintextChecks of(SdkPojo request) {
        Map<String, String> given = ResponseFields.checksums(request);
        if (given.isEmpty()) {
            return NONE;
        }
        List<Expected> found = new ArrayList<>();
        given.forEach((header, text) -> {
            Supplier<Digest> algorithm = ALGORITHMS.get(header);
            if (algorithm == null) {
                throw new OperationRefusedException(
                        "The request gives " + header
                                + " of the plaintext, which S3 does not see and this client cannot verify. Give CRC32, CRC32C, SHA-1,"
                                + " SHA-256, SHA-512 or MD5, or none; the ciphertext is authenticated and has a checksum of its own.");
            }
            found.add(new Expected(header, text, algorithm));
        });
        return new PlaintextChecks(List.copyOf(found));
    }

    /** Removes the checksums of the plaintext from what is sent. */
    PutObjectRequest.Builder removedFrom(PutObjectRequest.Builder request) {
        return expected.isEmpty()
                ? request
                : request.contentMD5(null)
                        .checksumMD5(null)
                        .checksumCRC32(null)
                        .checksumCRC32C(null)
                        .checksumCRC64NVME(null)
                        .checksumSHA1(null)
                        .checksumSHA256(null)
                        .checksumSHA512(null);
    }

    /** A coder that verifies what passes, and fails before its last piece comes out. */
    Coder around(Coder coder) {
        if (expected.isEmpty()) {
            return coder;
        }
        List<Digest> digests =
                expected.stream().map(check -> check.algorithm().get()).toList();
        return new Coder() {
            private @Nullable ByteBuffer seen;
            private boolean compared;

            @Override
            @SuppressWarnings("ReferenceEquality") // the buffer itself is meant, not what is in it
            public CodingStatus code(ByteBuffer in, ByteBuffer out) throws IOException {
                if (seen != in) {
                    // The same buffer comes back until it is used up; it is counted once.
                    seen = in;
                    digests.forEach(digest -> digest.update(in.duplicate()));
                }
                CodingStatus status = coder.code(in, out);
                if (!in.hasRemaining()) {
                    seen = null;
                }
                if (status == CodingStatus.DONE) {
                    compareAll();
                }
                return status;
            }

            @Override
            public CodingStatus finish(ByteBuffer out) throws IOException {
                compareAll();
                return coder.finish(out);
            }

            private void compareAll() {
                if (!compared) {
                    compared = true;
                    for (int i = 0; i < digests.size(); i++) {
                        compare(expected.get(i), digests.get(i));
                    }
                }
            }

            @Override
            public int inputSize() {
                return coder.inputSize();
            }

            @Override
            public int outputSize() {
                return coder.outputSize();
            }

            @Override
            public void close() {
                coder.close();
            }
        };
    }

    /** The CRC32 of bytes as S3 takes it in a header; the buffers stay as they are. */
    public static String crc32(Iterable<ByteBuffer> bytes) {
        Digest digest = sum(new CRC32());
        bytes.forEach(piece -> digest.update(piece.duplicate()));
        return Base64.getEncoder().encodeToString(digest.value());
    }

    private static void compare(Expected check, Digest digest) {
        if (!Base64.getEncoder().encodeToString(digest.value()).equals(check.base64())) {
            throw new IntegrityException("The body does not have the " + check.name()
                    + " that the request gives for it; the upload was stopped before it could become an object.");
        }
    }

    private static Digest message(String algorithm) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new EnvelopeException(
                    "This Java platform has no " + algorithm + " to verify the request's checksum.", e);
        }
        return new Digest() {
            @Override
            public void update(ByteBuffer bytes) {
                digest.update(bytes);
            }

            @Override
            public byte[] value() {
                return digest.digest();
            }
        };
    }

    private static Digest sum(Checksum sum) {
        return new Digest() {
            @Override
            public void update(ByteBuffer bytes) {
                sum.update(bytes);
            }

            @Override
            public byte[] value() {
                return ByteBuffer.allocate(Integer.BYTES)
                        .putInt((int) sum.getValue())
                        .array();
            }
        };
    }
}
