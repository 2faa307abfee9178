package dev.s3envelope.local.internal.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decodes an aws-chunked body and verifies its chunk signatures, its declared length and its trailers' signature.
 *
 * <pre>
 *   chunk   = size-in-hex [ ";chunk-signature=" 64 hex ] CRLF data CRLF
 *   body    = *chunk  "0" [ ";chunk-signature=" 64 hex ] CRLF  *( name ":" value CRLF )  [ CRLF ]
 * </pre>
 *
 * Data is handed on before its chunk's signature was seen; whoever reads must not act on it before the end was reached.
 */
final class ChunkedBody extends InputStream {
    private static final int MAX_LINE = 8 * 1024;
    private static final int MAX_TRAILERS = 32;
    /** No client sends more in one chunk; it bounds what is read before the first signature check. */
    private static final long MAX_CHUNK = 5L << 30;

    private final InputStream in;
    private final @Nullable ChunkSigner signer;
    private final boolean trailing;
    private final long declared;
    private final MessageDigest hash = ChecksumAlgorithm.digest("SHA-256");
    private final Map<String, String> trailers = new LinkedHashMap<>();
    private long total;
    private long left;
    private String signature = "";
    private boolean ended;

    ChunkedBody(InputStream in, @Nullable ChunkSigner signer, boolean trailing, long declared) {
        this.in = in;
        this.signer = signer;
        this.trailing = trailing;
        this.declared = declared;
    }

    /** Trailers, complete once the end was reached. */
    Map<String, String> trailers() {
        return Collections.unmodifiableMap(trailers);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        if (left == 0 && !ended) {
            nextChunk();
        }
        if (ended) {
            return -1;
        }
        int n = in.read(buffer, offset, (int) Math.min(count, left));
        if (n < 0) {
            throw incomplete();
        }
        if (signer != null) {
            hash.update(buffer, offset, n);
        }
        left -= n;
        total += n;
        if (left == 0) {
            expectLineEnd();
            if (signer != null) {
                signer.verifyChunk(hash.digest(), signature);
            }
        }
        return n;
    }

    private void nextChunk() throws IOException {
        String line = line();
        int semicolon = line.indexOf(';');
        String size = (semicolon < 0 ? line : line.substring(0, semicolon)).strip();
        signature = "";
        if (signer != null) {
            String extension =
                    semicolon < 0 ? "" : line.substring(semicolon + 1).strip();
            if (!extension.startsWith("chunk-signature=")) {
                throw malformed();
            }
            signature = extension.substring("chunk-signature=".length());
        }
        try {
            left = Long.parseLong(size, 16);
        } catch (NumberFormatException e) {
            throw malformed();
        }
        if (left < 0 || left > MAX_CHUNK) {
            throw malformed();
        }
        if (total + left > declared) {
            throw incomplete();
        }
        if (left == 0) {
            end();
        }
    }

    private void end() throws IOException {
        if (signer != null) {
            signer.verifyChunk(hash.digest(), signature);
        }
        StringBuilder signed = new StringBuilder();
        String trailerSignature = null;
        for (String line = lineOrEnd(); line != null && !line.isEmpty(); line = lineOrEnd()) {
            int colon = line.indexOf(':');
            if (!trailing || colon <= 0 || trailers.size() >= MAX_TRAILERS) {
                throw malformed();
            }
            String name = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
            String value = line.substring(colon + 1).strip();
            if (name.equals("x-amz-trailer-signature")) {
                trailerSignature = value;
            } else {
                trailers.put(name, value);
                signed.append(name).append(':').append(value).append('\n');
            }
        }
        if (signer != null && trailing) {
            if (trailerSignature == null) {
                throw malformed();
            }
            signer.verifyTrailer(signed.toString(), trailerSignature);
        }
        if (total != declared) {
            throw incomplete();
        }
        ended = true;
    }

    private void expectLineEnd() throws IOException {
        if (in.read() != '\r' || in.read() != '\n') {
            throw malformed();
        }
    }

    private String line() throws IOException {
        String line = lineOrEnd();
        if (line == null) {
            throw incomplete();
        }
        return line;
    }

    private @Nullable String lineOrEnd() throws IOException {
        StringBuilder line = new StringBuilder(96);
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                if (line.length() == 0) {
                    return null;
                }
                throw incomplete();
            }
            if (line.length() >= MAX_LINE) {
                throw malformed();
            }
            line.append((char) c);
        }
        int length = line.length();
        if (length > 0 && line.charAt(length - 1) == '\r') {
            line.setLength(length - 1);
        }
        byte[] bytes = line.toString().getBytes(StandardCharsets.ISO_8859_1);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static AwsError malformed() {
        return new AwsError(400, "InvalidRequest", "The aws-chunked framing of the request body is malformed.");
    }

    private static AwsError incomplete() {
        return new AwsError(
                400, "IncompleteBody", "The request body does not have the x-amz-decoded-content-length it declares.");
    }
}
