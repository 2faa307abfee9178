package dev.s3envelope.s3;

import java.io.ByteArrayInputStream;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.NullUnmarked;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ServiceClientConfiguration;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Request;

/**
 * Stands in for S3 behind either client: keeps every request that reaches it and answers as it is told, by default with an empty
 * response of the right type.
 */
@NullUnmarked
final class Recorder {
    private final List<S3Request> requests = Collections.synchronizedList(new ArrayList<>());
    private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    private volatile Function<S3Request, Object> answers = request -> null;
    private volatile S3ServiceClientConfiguration configuration =
            S3ServiceClientConfiguration.builder().region(Region.US_EAST_1).build();
    private final List<CompletableFuture<?>> pending = new ArrayList<>();
    private volatile boolean hang;

    List<S3Request> requests() {
        return List.copyOf(requests);
    }

    List<String> calls() {
        return List.copyOf(calls);
    }

    @SuppressWarnings("unchecked")
    <T extends S3Request> T last() {
        return (T) requests.get(requests.size() - 1);
    }

    /** Answers a request with a response or a thrown exception; null means an empty response. */
    Recorder answer(Function<S3Request, Object> answers) {
        this.answers = answers;
        return this;
    }

    Recorder endpoint(String uri) {
        this.configuration = S3ServiceClientConfiguration.builder()
                .region(Region.US_EAST_1)
                .endpointOverride(URI.create(uri))
                .build();
        return this;
    }

    /** From now on the asynchronous client leaves its futures open. */
    List<CompletableFuture<?>> hang() {
        hang = true;
        return pending;
    }

    S3Client sync() {
        return proxy(S3Client.class, this::syncCall);
    }

    S3AsyncClient async() {
        return proxy(S3AsyncClient.class, this::asyncCall);
    }

    static S3Exception failure(int status, String code, String message) {
        return (S3Exception) S3Exception.builder()
                .awsErrorDetails(software.amazon.awssdk.awscore.exception.AwsErrorDetails.builder()
                        .errorCode(code)
                        .errorMessage(message)
                        .build())
                .message(message)
                .statusCode(status)
                .build();
    }

    private Object syncCall(Object self, Method method, Object[] arguments) throws Throwable {
        if (arguments == null || arguments.length == 0 || !(arguments[0] instanceof S3Request request)) {
            return other(method);
        }
        Object response = respond(method, request);
        if (arguments.length > 1 && arguments[1] instanceof ResponseTransformer<?, ?> transformer) {
            @SuppressWarnings("unchecked")
            ResponseTransformer<Object, Object> typed = (ResponseTransformer<Object, Object>) transformer;
            return typed.transform(response, AbortableInputStream.create(new ByteArrayInputStream(new byte[0])));
        }
        return response;
    }

    private Object asyncCall(Object self, Method method, Object[] arguments) {
        if (arguments == null || arguments.length == 0 || !(arguments[0] instanceof S3Request request)) {
            return other(method);
        }
        @SuppressWarnings("unchecked")
        AsyncResponseTransformer<Object, Object> transformer =
                arguments.length > 1 && arguments[1] instanceof AsyncResponseTransformer<?, ?> given
                        ? (AsyncResponseTransformer<Object, Object>) given
                        : null;
        if (hang) {
            record(method, request);
            CompletableFuture<Object> open = new CompletableFuture<>();
            pending.add(open);
            return open;
        }
        CompletableFuture<Object> prepared = transformer == null ? null : transformer.prepare();
        Object response;
        try {
            response = respond(method, request);
        } catch (RuntimeException e) {
            if (transformer != null) {
                transformer.exceptionOccurred(e);
            }
            return CompletableFuture.failedFuture(e);
        }
        if (transformer == null) {
            return CompletableFuture.completedFuture(response);
        }
        transformer.onResponse(response);
        transformer.onStream(
                SdkPublisher.adapt(subscriber -> subscriber.onSubscribe(new org.reactivestreams.Subscription() {
                    @Override
                    public void request(long n) {
                        subscriber.onComplete();
                    }

                    @Override
                    public void cancel() {}
                })));
        return prepared;
    }

    private Object other(Method method) {
        calls.add(method.getName());
        return switch (method.getName()) {
            case "serviceClientConfiguration" -> configuration;
            case "serviceName" -> "s3";
            case "toString" -> "Recorder";
            case "hashCode" -> 1;
            case "equals" -> false;
            default -> null;
        };
    }

    private void record(Method method, S3Request request) {
        calls.add(method.getName());
        requests.add(request);
    }

    private Object respond(Method method, S3Request request) {
        record(method, request);
        Object answer = answers.apply(request);
        if (answer instanceof RuntimeException failure) {
            throw failure;
        }
        return answer == null ? empty(request) : answer;
    }

    private static Object empty(S3Request request) {
        if (request.getClass().getSimpleName().equals("GetObjectRequest")) {
            return GetObjectResponse.builder().build();
        }
        try {
            Class<?> type = Class.forName(request.getClass().getName().replaceAll("Request$", "Response"));
            Object builder = type.getMethod("builder").invoke(null);
            return ((software.amazon.awssdk.utils.builder.SdkBuilder<?, ?>) builder).build();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static <C> C proxy(Class<C> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
