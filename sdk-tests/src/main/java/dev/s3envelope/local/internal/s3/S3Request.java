package dev.s3envelope.local.internal.s3;

import dev.s3envelope.core.iam.Principal;
import dev.s3envelope.local.internal.http.Caller;
import dev.s3envelope.local.internal.http.HttpCall;
import dev.s3envelope.local.internal.iam.Credential;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One S3 request: who asks for which operation on what, and what the event log will say of it. Used by one thread. */
final class S3Request {
    private final HttpCall call;
    private final Caller caller;
    private final S3Operation operation;
    private final S3Address address;
    private final List<String> evidence = new ArrayList<>(2);

    private final Map<String, String> always = new LinkedHashMap<>();
    private final BiConsumer<S3Request, Integer> recorder;
    private final Map<String, String> details = new LinkedHashMap<>();
    private @Nullable String resource;

    /** {@code recorder} is told of a success before its answer is sent. */
    S3Request(
            HttpCall call,
            Caller caller,
            S3Operation operation,
            S3Address address,
            BiConsumer<S3Request, Integer> recorder) {
        this.recorder = recorder;
        this.call = call;
        this.caller = caller;
        this.operation = operation;
        this.address = address;
    }

    HttpCall call() {
        return call;
    }

    Caller caller() {
        return caller;
    }

    S3Operation operation() {
        return operation;
    }

    String bucketName() {
        return address.bucket();
    }

    String key() {
        return address.key();
    }

    @Nullable
    String header(String name) {
        return call.header(name);
    }

    @Nullable
    String parameter(String name) {
        return call.parameter(name);
    }

    /** A parameter that only counts when it has a value. */
    @Nullable
    String value(String name) {
        String value = call.parameter(name);
        return value == null || value.isEmpty() ? null : value;
    }

    @Nullable
    Principal principal() {
        Credential credential = caller.credential();
        return credential == null ? null : credential.principal();
    }

    /** The caller's account; null for an anonymous request. */
    @Nullable
    String account() {
        Principal principal = principal();
        return principal == null ? null : principal.account().orElse(null);
    }

    /** The caller's ARN, or {@code anonymous}. */
    String principalArn() {
        Principal principal = principal();
        return principal == null ? "anonymous" : principal.arn();
    }

    List<String> evidence() {
        return evidence;
    }

    /** A header that goes out with whatever the answer is, an error included. */
    void always(String name, String value) {
        always.put(name, value);
    }

    Map<String, String> always() {
        return always;
    }

    /** Remembers for the event log what the request was about. */
    void concerns(String arn) {
        resource = arn;
    }

    /** Remembers a fact for the event log; see {@link dev.s3envelope.local.Event#details}. */
    void detail(String name, String value) {
        details.put(name, value);
    }

    Map<String, String> details() {
        return details;
    }

    @Nullable
    String resource() {
        return resource;
    }

    /** Answers with XML or an empty body. */
    void answer(int status, Map<String, String> headers, byte[] body) {
        Map<String, String> all = prepare(status, headers);
        if (body.length > 0) {
            all.putIfAbsent("Content-Type", "application/xml");
        }
        call.respond(status, all, body);
    }

    void answer(int status) {
        answer(status, Map.of(), new byte[0]);
    }

    void answerXml(byte[] body) {
        answer(200, Map.of(), body);
    }

    OutputStream stream(int status, Map<String, String> headers, long length) {
        return call.respondStreaming(status, prepare(status, headers), length);
    }

    private Map<String, String> prepare(int status, Map<String, String> headers) {
        recorder.accept(this, status);
        Map<String, String> all = new LinkedHashMap<>(always);
        all.put("x-amz-request-id", call.requestId());
        all.put("x-amz-id-2", call.requestId() + "LocalAws");
        all.put("Server", "AmazonS3");
        all.putAll(headers);
        return all;
    }

    static String partition(String region) {
        return region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
    }

    static String bucketArn(Bucket bucket) {
        return "arn:" + partition(bucket.region()) + ":s3:::" + bucket.name();
    }

    static String objectArn(Bucket bucket, String key) {
        return bucketArn(bucket) + "/" + key;
    }
}
