package dev.s3envelope.local.internal.http;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A decoded body that is compared, at its end, with everything the client said of it: its length, the signed payload
 * hash, Content-MD5 and the checksums in headers or trailers. Reading on after a mismatch is an error again.
 */
final class CheckedBody extends InputStream {
    private final InputStream in;
    private final @Nullable ChunkedBody chunked;
    private final long expectedLength;
    private final @Nullable MessageDigest sha256;
    private final @Nullable String expectedHash;
    private final @Nullable MessageDigest md5;
    private final @Nullable String expectedMd5;
    private final Map<ChecksumAlgorithm, ChecksumAlgorithm.Running> running = new EnumMap<>(ChecksumAlgorithm.class);
    private final Map<ChecksumAlgorithm, String> expected = new EnumMap<>(ChecksumAlgorithm.class);
    private final Map<String, String> verified = new LinkedHashMap<>();
    private long count;
    private boolean ended;

    CheckedBody(HttpCall call, InputStream raw, SigV4Verifier.Verified auth, long length) {
        String hash = auth.payloadHash();
        boolean streaming = hash.startsWith("STREAMING-");
        boolean trailing = hash.endsWith("-TRAILER");
        if (streaming && auth.chunks() == null && !hash.equals("STREAMING-UNSIGNED-PAYLOAD-TRAILER")) {
            throw new AwsError(400, "InvalidRequest", "The value of x-amz-content-sha256 header is invalid.");
        }
        chunked = streaming ? new ChunkedBody(raw, auth.chunks(), trailing, length) : null;
        in = chunked == null ? raw : chunked;
        expectedLength = length;
        boolean hashed = !streaming && !hash.equals(SigV4Verifier.UNSIGNED);
        if (hashed && !hash.matches("[0-9a-f]{64}")) {
            throw new AwsError(
                    400,
                    "InvalidArgument",
                    "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD or a valid"
                            + " sha256 value.");
        }
        sha256 = hashed ? ChecksumAlgorithm.digest("SHA-256") : null;
        expectedHash = hashed ? hash : null;
        expectedMd5 = call.header("content-md5");
        md5 = expectedMd5 == null ? null : ChecksumAlgorithm.digest("MD5");
        if (expectedMd5 != null && decoded(expectedMd5) != 16) {
            throw new AwsError(400, "InvalidDigest", "The Content-MD5 you specified was invalid.");
        }
        if (call.method().equals("PUT") || call.hasParameter("delete")) {
            prepareChecksums(call, trailing);
        }
    }

    private void prepareChecksums(HttpCall call, boolean trailing) {
        for (Map.Entry<String, List<String>> header : call.headers().entrySet()) {
            ChecksumAlgorithm algorithm = ChecksumAlgorithm.ofHeader(header.getKey());
            if (algorithm != null) {
                String value = header.getValue().get(0);
                checkForm(algorithm, value);
                expected.put(algorithm, value);
                running.put(algorithm, algorithm.start());
            }
        }
        if (running.size() > 1) {
            throw new AwsError(
                    400,
                    "InvalidRequest",
                    "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
        }
        String announced = call.header("x-amz-trailer");
        if (announced != null) {
            for (String name : announced.split(",", -1)) {
                ChecksumAlgorithm algorithm =
                        ChecksumAlgorithm.ofHeader(name.strip().toLowerCase(Locale.ROOT));
                if (algorithm == null || !trailing) {
                    throw new AwsError(
                            400, "InvalidRequest", "The value specified in the x-amz-trailer header is not supported");
                }
                running.put(algorithm, algorithm.start());
            }
        }
    }

    /** Checksums found right, header name to base64 value; complete once the end was reached. */
    Map<String, String> verified() {
        return verified;
    }

    Map<String, String> trailers() {
        return chunked == null ? Map.of() : chunked.trailers();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int n = in.read(buffer, offset, length);
        if (n < 0) {
            if (!ended) {
                finish();
                ended = true;
            }
            return -1;
        }
        count += n;
        if (sha256 != null) {
            sha256.update(buffer, offset, n);
        }
        if (md5 != null) {
            md5.update(buffer, offset, n);
        }
        for (ChecksumAlgorithm.Running checksum : running.values()) {
            checksum.update(buffer, offset, n);
        }
        return n;
    }

    private void finish() {
        if (expectedLength >= 0 && count != expectedLength) {
            throw new AwsError(
                    400,
                    "IncompleteBody",
                    "You did not provide the number of bytes specified by the Content-Length HTTP header");
        }
        if (sha256 != null) {
            String computed = HexFormat.of().formatHex(sha256.digest());
            if (!computed.equals(expectedHash)) {
                Map<String, String> details = new LinkedHashMap<>();
                details.put("ClientComputedContentSHA256", String.valueOf(expectedHash));
                details.put("S3ComputedContentSHA256", computed);
                throw new AwsError(
                        400,
                        "XAmzContentSHA256Mismatch",
                        "The provided 'x-amz-content-sha256' header does not match what was computed.",
                        details);
            }
        }
        if (md5 != null) {
            String computed = Base64.getEncoder().encodeToString(md5.digest());
            if (!computed.equals(expectedMd5)) {
                Map<String, String> details = new LinkedHashMap<>();
                details.put("ExpectedDigest", String.valueOf(expectedMd5));
                details.put("CalculatedDigest", computed);
                throw new AwsError(
                        400, "BadDigest", "The Content-MD5 you specified did not match what we received.", details);
            }
        }
        running.forEach((algorithm, checksum) -> compare(algorithm, checksum.base64()));
    }

    private void compare(ChecksumAlgorithm algorithm, String computed) {
        String claimed = expected.get(algorithm);
        if (claimed == null) {
            claimed = trailers().get(algorithm.header());
            if (claimed == null) {
                throw new AwsError(
                        400,
                        "MalformedTrailerError",
                        "The request contained trailing data that was not well-formed or"
                                + " did not conform to our published schema.");
            }
            checkForm(algorithm, claimed);
        }
        if (!computed.equals(claimed)) {
            throw new AwsError(
                    400, "BadDigest", "The " + algorithm + " you specified did not match the calculated checksum.");
        }
        verified.put(algorithm.header(), computed);
    }

    private static void checkForm(ChecksumAlgorithm algorithm, String value) {
        if (decoded(value) != algorithm.length()) {
            throw new AwsError(400, "InvalidRequest", "Value for " + algorithm.header() + " header is invalid.");
        }
    }

    private static int decoded(String base64) {
        try {
            return Base64.getDecoder().decode(base64).length;
        } catch (IllegalArgumentException e) {
            return -1;
        }
    }
}
