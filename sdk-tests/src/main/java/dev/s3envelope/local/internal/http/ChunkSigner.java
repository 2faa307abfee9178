package dev.s3envelope.local.internal.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;

/** The chain of signatures of a signed aws-chunked body: each chunk signs the signature before it. */
final class ChunkSigner {
    private static final String EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private final SigningKey key;
    private final String timestamp;
    private final String scope;
    private String previous;

    ChunkSigner(SigningKey key, SignatureFields seed) {
        this.key = key;
        this.timestamp = seed.timestamp();
        this.scope = seed.scope();
        this.previous = seed.signature();
    }

    void verifyChunk(byte[] sha256, String signature) {
        verify("AWS4-HMAC-SHA256-PAYLOAD", EMPTY + "\n" + HexFormat.of().formatHex(sha256), signature);
    }

    /** {@code lines}: each trailer as {@code name:value} and a line feed. */
    void verifyTrailer(String lines, String signature) {
        byte[] hash = ChecksumAlgorithm.digest("SHA-256").digest(lines.getBytes(StandardCharsets.UTF_8));
        verify("AWS4-HMAC-SHA256-TRAILER", HexFormat.of().formatHex(hash), signature);
    }

    private void verify(String algorithm, String hashes, String signature) {
        String expected = key.sign(algorithm + "\n" + timestamp + "\n" + scope + "\n" + previous + "\n" + hashes);
        if (!MessageDigest.isEqual(
                expected.getBytes(StandardCharsets.UTF_8), signature.getBytes(StandardCharsets.UTF_8))) {
            throw new AwsError(
                    403,
                    "SignatureDoesNotMatch",
                    "The request signature we calculated does not match the signature you provided. Check your key and"
                            + " signing method.");
        }
        previous = expected;
    }
}
