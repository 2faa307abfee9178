package dev.s3envelope.core.s3ec;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/** An S3 made of a map: bodies and metadata, whole objects and multipart uploads. The peer library wraps {@link #async()}. */
final class MapS3 {
    /** A stored object. */
    static final class Stored {
        final byte[] body;
        final Map<String, String> metadata;

        Stored(byte[] body, Map<String, String> metadata) {
            this.body = body;
            this.metadata = new HashMap<>(metadata);
        }
    }

    private record Upload(String key, Map<String, String> metadata, SortedMap<Integer, byte[]> parts) {}

    private final Map<String, Stored> objects = new ConcurrentHashMap<>();
    private final Map<String, Upload> uploads = new ConcurrentHashMap<>();

    Stored get(String key) {
        Stored stored = objects.get(key);
        if (stored == null) {
            throw NoSuchKeyException.builder().message("no " + key).build();
        }
        return stored;
    }

    void put(String key, byte[] body, Map<String, String> metadata) {
        objects.put(key, new Stored(body, metadata));
    }

    S3Client sync() {
        return new S3Client() {
            @Override
            public String serviceName() {
                return "s3";
            }

            @Override
            public void close() {}
        };
    }

    S3AsyncClient async() {
        return new Async();
    }

    private final class Async implements S3AsyncClient {
        @Override
        public String serviceName() {
            return "s3";
        }

        @Override
        public void close() {}

        @Override
        public CompletableFuture<PutObjectResponse> putObject(PutObjectRequest request, AsyncRequestBody body) {
            return collect(body).thenApply(bytes -> {
                put(request.key(), bytes, request.metadata());
                return PutObjectResponse.builder().build();
            });
        }

        @Override
        public <R> CompletableFuture<R> getObject(
                GetObjectRequest request, AsyncResponseTransformer<GetObjectResponse, R> transformer) {
            CompletableFuture<R> result = transformer.prepare();
            try {
                Stored stored = get(request.key());
                transformer.onResponse(GetObjectResponse.builder()
                        .metadata(stored.metadata)
                        .contentLength((long) stored.body.length)
                        .build());
                transformer.onStream(SdkPublisher.adapt(AsyncRequestBody.fromBytes(stored.body)));
            } catch (RuntimeException e) {
                transformer.exceptionOccurred(e);
                return CompletableFuture.failedFuture(e);
            }
            return result;
        }

        @Override
        public CompletableFuture<CreateMultipartUploadResponse> createMultipartUpload(
                CreateMultipartUploadRequest request) {
            String id = UUID.randomUUID().toString();
            uploads.put(id, new Upload(request.key(), request.metadata(), new TreeMap<>()));
            return CompletableFuture.completedFuture(
                    CreateMultipartUploadResponse.builder().uploadId(id).build());
        }

        @Override
        public CompletableFuture<UploadPartResponse> uploadPart(UploadPartRequest request, AsyncRequestBody body) {
            return collect(body).thenApply(bytes -> {
                Objects.requireNonNull(uploads.get(request.uploadId())).parts().put(request.partNumber(), bytes);
                return UploadPartResponse.builder()
                        .eTag("part-" + request.partNumber())
                        .build();
            });
        }

        @Override
        public CompletableFuture<CompleteMultipartUploadResponse> completeMultipartUpload(
                CompleteMultipartUploadRequest request) {
            Upload upload = Objects.requireNonNull(uploads.remove(request.uploadId()));
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            upload.parts().values().forEach(whole::writeBytes);
            put(upload.key(), whole.toByteArray(), upload.metadata());
            return CompletableFuture.completedFuture(
                    CompleteMultipartUploadResponse.builder().build());
        }
    }

    private static CompletableFuture<byte[]> collect(AsyncRequestBody body) {
        CompletableFuture<byte[]> done = new CompletableFuture<>();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        body.subscribe(new Subscriber<>() {
            @Override
            public void onSubscribe(Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(ByteBuffer buffer) {
                byte[] chunk = new byte[buffer.remaining()];
                buffer.get(chunk);
                bytes.writeBytes(chunk);
            }

            @Override
            public void onError(Throwable t) {
                done.completeExceptionally(t);
            }

            @Override
            public void onComplete() {
                done.complete(bytes.toByteArray());
            }
        });
        return done;
    }
}
