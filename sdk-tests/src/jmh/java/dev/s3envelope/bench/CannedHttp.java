package dev.s3envelope.bench;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;

/**
 * A server that costs next to nothing: S3 with one object, which is what was put last, and KMS with one data key. What is left to measure is the client. For one thread.
 */
final class CannedHttp implements SdkHttpClient {
    private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);

    private final String keyArn;
    private byte[] stored = new byte[0];
    private Map<String, List<String>> headers = Map.of();

    CannedHttp(String keyArn) {
        this.keyArn = keyArn;
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        return new ExecutableHttpRequest() {
            @Override
            public HttpExecuteResponse call() {
                return answer(request);
            }

            @Override
            public void abort() {}
        };
    }

    private HttpExecuteResponse answer(HttpExecuteRequest request) {
        SdkHttpRequest http = request.httpRequest();
        if (http.firstMatchingHeader("X-Amz-Target").isPresent()) {
            return response(
                    Map.of("Content-Type", List.of("application/x-amz-json-1.1")),
                    ("{\"CiphertextBlob\":\"" + KEY + "\",\"Plaintext\":\"" + KEY + "\",\"KeyId\":\"" + keyArn
                                    + "\",\"EncryptionAlgorithm\":\"SYMMETRIC_DEFAULT\"}")
                            .getBytes(StandardCharsets.UTF_8));
        }
        if (http.method() == SdkHttpMethod.PUT) {
            put(request);
            return response(Map.of("ETag", List.of("\"etag\"")), null);
        }
        return response(headers, stored);
    }

    private void put(HttpExecuteRequest request) {
        byte[] body = request.contentStreamProvider().map(CannedHttp::read).orElseGet(() -> new byte[0]);
        boolean chunked = request.httpRequest()
                .firstMatchingHeader("x-amz-decoded-content-length")
                .isPresent();
        if (chunked) {
            return; // the plain client's, whose answer to a GET is set by the benchmark
        }
        Map<String, List<String>> kept = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        request.httpRequest().forEachHeader((name, values) -> {
            if (name.regionMatches(true, 0, "x-amz-meta-", 0, 11) || name.regionMatches(true, 0, "x-amz-checksum-", 0, 15)) {
                kept.put(name, values);
            }
        });
        hold(body, kept);
    }

    /** Sets what a GET answers. */
    void hold(byte[] body, Map<String, List<String>> fields) {
        Map<String, List<String>> kept = new TreeMap<>(fields);
        kept.put("ETag", List.of("\"etag\""));
        kept.put("Content-Length", List.of(Integer.toString(body.length)));
        kept.put("Content-Type", List.of("application/octet-stream"));
        kept.put("Last-Modified", List.of("Sat, 21 Nov 2026 00:00:00 GMT"));
        kept.put("x-amz-server-side-encryption", List.of("AES256"));
        kept.put("Accept-Ranges", List.of("bytes"));
        kept.put("x-amz-request-id", List.of("0123456789ABCDEF"));
        stored = body;
        headers = kept;
    }

    private static byte[] read(software.amazon.awssdk.http.ContentStreamProvider provider) {
        try (InputStream in = provider.newStream()) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static HttpExecuteResponse response(Map<String, List<String>> headers, byte @Nullable [] body) {
        HttpExecuteResponse.Builder answer = HttpExecuteResponse.builder()
                .response(SdkHttpResponse.builder().statusCode(200).headers(headers).build());
        if (body != null) {
            answer.responseBody(AbortableInputStream.create(new ByteArrayInputStream(body)));
        }
        return answer.build();
    }

    @Override
    public String clientName() {
        return "Canned";
    }

    @Override
    public void close() {}
}
