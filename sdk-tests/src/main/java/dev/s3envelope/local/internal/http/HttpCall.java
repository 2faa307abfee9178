package dev.s3envelope.local.internal.http;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request as a service sees it, after the front end has verified its signature, and the way to answer it.
 *
 * <p>Header names are lower case. Query parameters keep their order; a parameter without a value has the empty string.
 * {@link #body()} is already decoded from aws-chunked transport, and reading it to its end verifies the payload hash,
 * chunk signatures and trailing checksums that the client declared: a mismatch surfaces as {@link AwsError} from the
 * read. Exactly one of the {@code respond} methods is called, once.
 */
public interface HttpCall {
    String method();

    /** The decoded path, starting with a slash. */
    String path();

    /** The host header without its port. */
    String host();

    Map<String, List<String>> query();

    Map<String, List<String>> headers();

    /** The length of the decoded body when the client declared it, else -1. */
    long contentLength();

    InputStream body();

    /** Checksums the client sent as HTTP trailers, lower case name to value; complete once the body was read to its end. */
    Map<String, String> trailers();

    /** Checksums of the body that the client declared and that were found right, header name to base64 value; complete once the body was read to its end. */
    Map<String, String> verifiedChecksums();

    /** Whether the request was authorized by a presigned URL. */
    boolean presigned();

    /** Whether the connection is TLS: the value of {@code aws:SecureTransport}. */
    boolean secure();

    InetAddress remoteAddress();

    /** A unique id of this request, sent back as the request id and kept in the event log. */
    String requestId();

    /** Answers with a body held in memory. */
    void respond(int status, Map<String, String> headers, byte[] body);

    /** Answers with a body of known length written by the caller; close the stream when done. A HEAD answer keeps the length but sends nothing. */
    OutputStream respondStreaming(int status, Map<String, String> headers, long length);

    default @Nullable String header(String name) {
        List<String> values = headers().get(name);
        return values == null || values.isEmpty() ? null : String.join(",", values);
    }

    default @Nullable String parameter(String name) {
        List<String> values = query().get(name);
        return values == null || values.isEmpty() ? null : values.get(0);
    }

    default boolean hasParameter(String name) {
        return query().containsKey(name);
    }
}
