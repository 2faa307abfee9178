package dev.s3envelope.local.internal.http;

import com.sun.net.httpserver.HttpExchange;
import dev.s3envelope.local.Faults;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A call over the JDK's HTTP server. Used by one worker thread. */
final class ExchangeCall implements HttpCall {
    /** What a client may still send after it was refused, so that it reads the answer instead of a reset connection. */
    private static final long MAX_DRAIN = 256L << 20;

    private final HttpExchange exchange;
    private final RawTarget target;
    private final String host;
    private final Map<String, List<String>> headers;
    private final boolean secure;
    private final String requestId;
    private boolean presigned;
    private InputStream raw;
    private @Nullable CheckedBody checked;
    private Faults.@Nullable Fault fault;
    private boolean answered;

    ExchangeCall(HttpExchange exchange, boolean secure, String requestId) {
        this.exchange = exchange;
        this.secure = secure;
        this.requestId = requestId;
        this.raw = exchange.getRequestBody();
        this.target = RawTarget.parse(exchange.getRequestURI().toString());
        Map<String, List<String>> lower = new TreeMap<>();
        exchange.getRequestHeaders().forEach((name, values) -> {
            List<String> decoded = new ArrayList<>(values.size());
            values.forEach(value -> decoded.add(utf8(value)));
            lower.put(name.toLowerCase(Locale.ROOT), decoded);
        });
        this.headers = Collections.unmodifiableMap(lower);
        String name = header("host");
        String text = name == null ? "localhost" : name;
        int colon = text.lastIndexOf(':');
        this.host = (colon > text.lastIndexOf(']') ? text.substring(0, colon) : text).toLowerCase(Locale.ROOT);
    }

    /** The server hands bytes over as ISO 8859-1; clients mean UTF-8. */
    private static String utf8(String header) {
        return new String(header.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    String rawPath() {
        return target.rawPath();
    }

    void inject(Faults.Fault injected) {
        fault = injected;
        if (injected instanceof Faults.Drop drop) {
            raw = FaultyBody.dropping(raw, drop.afterRequestBytes());
        }
    }

    /** A body already read, in place of the stream. */
    void buffered(InputStream body) {
        raw = body;
    }

    InputStream rawBody() {
        return raw;
    }

    void verified(SigV4Verifier.Verified auth) {
        presigned = auth.presigned();
        checked = new CheckedBody(this, raw, auth, contentLength());
    }

    boolean answered() {
        return answered;
    }

    @Override
    public String method() {
        return exchange.getRequestMethod();
    }

    @Override
    public String path() {
        return target.path();
    }

    @Override
    public String host() {
        return host;
    }

    @Override
    public Map<String, List<String>> query() {
        return target.query();
    }

    @Override
    public Map<String, List<String>> headers() {
        return headers;
    }

    @Override
    public long contentLength() {
        String length = header("x-amz-decoded-content-length");
        String hash = header("x-amz-content-sha256");
        if (length == null && hash != null && hash.startsWith("STREAMING-")) {
            throw new AwsError(411, "MissingContentLength", "You must provide the Content-Length HTTP header.");
        }
        if (length == null) {
            length = header("content-length");
        }
        if (length == null) {
            return header("transfer-encoding") == null ? 0 : -1;
        }
        try {
            long parsed = Long.parseLong(length.strip());
            if (parsed >= 0) {
                return parsed;
            }
        } catch (NumberFormatException e) {
            // refused below, like a negative length
        }
        throw new AwsError(400, "InvalidArgument", "The length header of the request is not a valid number.");
    }

    @Override
    public InputStream body() {
        if (checked == null) {
            throw new IllegalStateException("the body is readable only after the signature was verified");
        }
        return checked;
    }

    @Override
    public Map<String, String> trailers() {
        return checked == null ? Map.of() : checked.trailers();
    }

    @Override
    public Map<String, String> verifiedChecksums() {
        return checked == null ? Map.of() : checked.verified();
    }

    @Override
    public boolean presigned() {
        return presigned;
    }

    @Override
    public boolean secure() {
        return secure;
    }

    @Override
    public InetAddress remoteAddress() {
        return exchange.getRemoteAddress().getAddress();
    }

    @Override
    public String requestId() {
        return requestId;
    }

    @Override
    public void respond(int status, Map<String, String> responseHeaders, byte[] body) {
        try (OutputStream out = respondStreaming(status, responseHeaders, body.length)) {
            if (!method().equals("HEAD")) {
                out.write(body);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public OutputStream respondStreaming(int status, Map<String, String> responseHeaders, long length) {
        if (answered) {
            throw new IllegalStateException("this call was answered before");
        }
        answered = true;
        try {
            drain();
            if (fault instanceof Faults.Drop) {
                throw new FaultyBody.Dropped();
            }
            responseHeaders.forEach((name, value) -> exchange.getResponseHeaders()
                    .add(name, new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1)));
            boolean noBody = method().equals("HEAD") || status == 204 || status == 304;
            if (noBody) {
                if (status != 204 && status != 304) {
                    exchange.getResponseHeaders().set("Content-Length", String.valueOf(length));
                }
                exchange.sendResponseHeaders(status, -1);
                return OutputStream.nullOutputStream();
            }
            return body(status, length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private OutputStream body(int status, long length) throws IOException {
        exchange.sendResponseHeaders(status, length == 0 ? -1 : length);
        OutputStream out = length == 0 ? OutputStream.nullOutputStream() : exchange.getResponseBody();
        return fault instanceof Faults.Truncation cut && cut.afterResponseBytes() < length
                ? FaultyBody.limited(out, cut.afterResponseBytes())
                : out;
    }

    /** Reads what the client is still sending. A client that promised a body and sends none is not waited for twice. */
    private void drain() throws IOException {
        byte[] buffer = new byte[16 * 1024];
        long left = MAX_DRAIN;
        while (left > 0) {
            int n = raw.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (n < 0) {
                return;
            }
            left -= n;
        }
    }
}
