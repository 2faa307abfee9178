package dev.s3envelope.s3;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.NullUnmarked;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.services.s3.model.S3Request;
import software.amazon.awssdk.services.s3.model.SelectObjectContentRequest;
import software.amazon.awssdk.services.s3.model.SelectObjectContentResponseHandler;

/** Both clients behind one call, so that every test of what happens to a request runs on each. */
@NullUnmarked
enum Flavor {
    SYNC {
        @Override
        Object open(Recorder recorder, Consumer<EnvelopeBuilder<?>> settings) {
            EnvelopeS3Client.Builder builder = EnvelopeS3Client.builder().wrapping(recorder.sync());
            settings.accept(builder);
            return builder.build();
        }
    },
    ASYNC {
        @Override
        Object open(Recorder recorder, Consumer<EnvelopeBuilder<?>> settings) {
            EnvelopeS3AsyncClient.Builder builder =
                    EnvelopeS3AsyncClient.builder().wrapping(recorder.async());
            settings.accept(builder);
            return builder.build();
        }
    };

    abstract Object open(Recorder recorder, Consumer<EnvelopeBuilder<?>> settings);

    /** Sends one request through a client, whatever its operation, and gives its result. */
    static Object send(Object client, S3Request request) {
        Method operation = operation(client, request);
        Object[] arguments = Arrays.stream(operation.getParameterTypes())
                .map(type -> argument(type, request))
                .toArray();
        try {
            Object result = operation.invoke(client, arguments);
            return result instanceof CompletableFuture<?> future ? future.join() : result;
        } catch (InvocationTargetException e) {
            throw unchecked(e.getCause());
        } catch (CompletionException e) {
            throw unchecked(e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Method operation(Object client, S3Request request) {
        return Arrays.stream(client.getClass().getMethods())
                .filter(method -> method.getParameterCount() > 0 && method.getParameterTypes()[0] == request.getClass())
                .filter(method -> !method.getName().endsWith("Paginator"))
                .filter(method ->
                        Arrays.stream(method.getParameterTypes()).skip(1).allMatch(Flavor::known))
                .filter(method -> method.getParameterCount() > 1 || !needsMore(client, request))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no operation for " + request.getClass()));
    }

    private static boolean needsMore(Object client, S3Request request) {
        return Arrays.stream(client.getClass().getMethods())
                .anyMatch(method -> method.getParameterCount() == 2
                        && method.getParameterTypes()[0] == request.getClass()
                        && known(method.getParameterTypes()[1]));
    }

    private static boolean known(Class<?> type) {
        return type == RequestBody.class
                || type == AsyncRequestBody.class
                || type == ResponseTransformer.class
                || type == AsyncResponseTransformer.class
                || type == SelectObjectContentResponseHandler.class;
    }

    private static Object argument(Class<?> type, S3Request request) {
        if (type == RequestBody.class) {
            return RequestBody.fromString("body");
        }
        if (type == AsyncRequestBody.class) {
            return AsyncRequestBody.fromString("body");
        }
        if (type == ResponseTransformer.class) {
            return ResponseTransformer.toBytes();
        }
        if (type == AsyncResponseTransformer.class) {
            return AsyncResponseTransformer.toBytes();
        }
        if (type == SelectObjectContentResponseHandler.class) {
            return SelectObjectContentResponseHandler.builder()
                    .onEventStream(events -> {})
                    .build();
        }
        return request;
    }

    static boolean offers(Object client, Class<? extends S3Request> request) {
        return client instanceof EnvelopeS3AsyncClient || request != SelectObjectContentRequest.class;
    }

    private static RuntimeException unchecked(Throwable cause) {
        if (cause instanceof RuntimeException runtime) {
            return runtime;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return new IllegalStateException(cause);
    }
}
