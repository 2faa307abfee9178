package dev.s3envelope.s3;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.NullUnmarked;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ServiceClientConfiguration;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Request;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * One object of an S3 without a network, behind either client: takes puts and parts, puts the object together in the order of the completion, and keeps what
 * happened in which order. The asynchronous client answers on threads of its own, parts at the same time.
 */
@NullUnmarked
final class FakeUploads implements AutoCloseable {
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "fake-s3");
        thread.setDaemon(true);
        return thread;
    });
    private final List<String> log = new ArrayList<>();
    private final List<S3Request> requests = new ArrayList<>();
    private final Map<Integer, byte[]> parts = new TreeMap<>();
    private final Set<byte[]> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
    private int flying;
    private int most;
    private volatile byte[] object;
    private volatile Before before = (operation, number) -> {};

    /** What happens before a request is served, and as "stored" before a part is answered; may wait, and may throw the failure of the request. */
    interface Before {
        void serve(String operation, int number) throws Exception;
    }

    FakeUploads before(Before step) {
        this.before = step;
        return this;
    }

    /** What happened, in order: "create", "part 2", "stored 2", "complete", "abort", "put". */
    synchronized List<String> log() {
        return List.copyOf(log);
    }

    synchronized long count(String start) {
        return log.stream().filter(entry -> entry.startsWith(start)).count();
    }

    synchronized <T extends S3Request> List<T> requests(Class<T> type) {
        return requests.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** The most parts that were in flight at once. */
    synchronized int most() {
        return most;
    }

    byte[] object() {
        return object;
    }

    /** The arrays the asynchronous client was given slices of. */
    synchronized List<byte[]> arrays() {
        return List.copyOf(arrays);
    }

    S3Client sync() {
        return new Sync();
    }

    S3AsyncClient async() {
        return new Async();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    /** Closes it and waits for what is under way. */
    boolean awaitEnd() throws InterruptedException {
        threads.shutdown();
        return threads.awaitTermination(60, java.util.concurrent.TimeUnit.SECONDS);
    }

    private synchronized void note(String what, S3Request request) {
        log.add(what);
        if (request != null) {
            requests.add(request);
        }
    }

    private void enter(String operation, int number, S3Request request) {
        synchronized (this) {
            note(number == 0 ? operation : operation + " " + number, request);
            if (number != 0) {
                flying++;
                most = Math.max(most, flying);
            }
        }
        serve(operation, number);
    }

    private void serve(String operation, int number) {
        try {
            before.serve(operation, number);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private CreateMultipartUploadResponse create(CreateMultipartUploadRequest request) {
        enter("create", 0, request);
        return CreateMultipartUploadResponse.builder().uploadId("upload").build();
    }

    private UploadPartResponse part(UploadPartRequest request, Function<UploadPartRequest, byte[]> body) {
        int number = request.partNumber();
        try {
            enter("part", number, request);
            byte[] bytes = body.apply(request);
            if (bytes.length != request.contentLength()) {
                throw new IllegalStateException(bytes.length + " bytes of " + request.contentLength());
            }
            synchronized (this) {
                parts.put(number, bytes);
            }
            note("stored " + number, null);
            serve("stored", number);
            return UploadPartResponse.builder().eTag("etag " + number).build();
        } finally {
            synchronized (this) {
                flying--;
            }
        }
    }

    private CompleteMultipartUploadResponse complete(CompleteMultipartUploadRequest request) {
        enter("complete", 0, request);
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        synchronized (this) {
            for (CompletedPart part : request.multipartUpload().parts()) {
                if (!part.eTag().equals("etag " + part.partNumber())) {
                    throw new IllegalStateException(part.toString());
                }
                whole.writeBytes(parts.get(part.partNumber()));
            }
        }
        object = whole.toByteArray();
        return CompleteMultipartUploadResponse.builder().eTag("whole").build();
    }

    private AbortMultipartUploadResponse abort(AbortMultipartUploadRequest request) {
        enter("abort", 0, request);
        return AbortMultipartUploadResponse.builder().build();
    }

    private PutObjectResponse put(PutObjectRequest request, byte[] body) {
        enter("put", 0, request);
        object = body;
        return PutObjectResponse.builder().eTag("one").build();
    }

    private static S3ServiceClientConfiguration configuration() {
        return S3ServiceClientConfiguration.builder()
                .region(software.amazon.awssdk.regions.Region.US_EAST_1)
                .build();
    }

    private final class Sync implements S3Client {
        @Override
        public PutObjectResponse putObject(PutObjectRequest request, RequestBody body) {
            return put(request, read(body));
        }

        @Override
        public CreateMultipartUploadResponse createMultipartUpload(CreateMultipartUploadRequest request) {
            return create(request);
        }

        @Override
        public UploadPartResponse uploadPart(UploadPartRequest request, RequestBody body) {
            return part(request, sent -> read(body));
        }

        @Override
        public CompleteMultipartUploadResponse completeMultipartUpload(CompleteMultipartUploadRequest request) {
            return complete(request);
        }

        @Override
        public AbortMultipartUploadResponse abortMultipartUpload(AbortMultipartUploadRequest request) {
            if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException("An interrupted thread sends nothing.");
            }
            return abort(request);
        }

        @Override
        public S3ServiceClientConfiguration serviceClientConfiguration() {
            return configuration();
        }

        @Override
        public String serviceName() {
            return "s3";
        }

        @Override
        public void close() {}

        private static byte[] read(RequestBody body) {
            try (InputStream in = body.contentStreamProvider().newStream()) {
                return in.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private final class Async implements S3AsyncClient {
        @Override
        public CompletableFuture<PutObjectResponse> putObject(PutObjectRequest request, AsyncRequestBody body) {
            return start(() -> put(request, read(body)));
        }

        @Override
        public CompletableFuture<CreateMultipartUploadResponse> createMultipartUpload(
                CreateMultipartUploadRequest request) {
            return start(() -> create(request));
        }

        @Override
        public CompletableFuture<UploadPartResponse> uploadPart(UploadPartRequest request, AsyncRequestBody body) {
            return start(() -> part(request, sent -> read(body)));
        }

        @Override
        public CompletableFuture<CompleteMultipartUploadResponse> completeMultipartUpload(
                CompleteMultipartUploadRequest request) {
            return start(() -> complete(request));
        }

        @Override
        public CompletableFuture<AbortMultipartUploadResponse> abortMultipartUpload(
                AbortMultipartUploadRequest request) {
            return start(() -> abort(request));
        }

        @Override
        public S3ServiceClientConfiguration serviceClientConfiguration() {
            return configuration();
        }

        @Override
        public String serviceName() {
            return "s3";
        }

        @Override
        public void close() {}

        private <V> CompletableFuture<V> start(java.util.function.Supplier<V> call) {
            return CompletableFuture.supplyAsync(call, threads);
        }

        private byte[] read(AsyncRequestBody body) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            software.amazon.awssdk.core.async.SdkPublisher.adapt(body)
                    .subscribe((ByteBuffer slice) -> {
                        synchronized (FakeUploads.this) {
                            if (slice.hasArray()) {
                                arrays.add(slice.array());
                            }
                        }
                        byte[] bytes = new byte[slice.remaining()];
                        slice.get(bytes);
                        out.writeBytes(bytes);
                    })
                    .join();
            return out.toByteArray();
        }
    }
}
