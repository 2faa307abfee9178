package dev.s3envelope.examples.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * One multipart upload, several parts at a time, aborted unless it completes: on failure, on close, and when the process is told to
 * stop. {@link #part} waits while as many parts as allowed are under way, so that memory stays bounded.
 */
final class Multipart implements AutoCloseable {
    private final S3Client s3;
    private final UploadSpec spec;
    private final String uploadId;
    private final ExecutorService threads;
    private final Semaphore slots;
    private final List<CompletableFuture<CompletedPart>> parts = new ArrayList<>();
    private final AtomicBoolean settled = new AtomicBoolean();
    private final AtomicBoolean failed = new AtomicBoolean();
    private final Thread atExit;

    static Multipart start(S3Client s3, UploadSpec spec) {
        CreateMultipartUploadResponse created = s3.createMultipartUpload(spec.create());
        return new Multipart(s3, spec, created.uploadId());
    }

    private Multipart(S3Client s3, UploadSpec spec, String uploadId) {
        this.s3 = s3;
        this.spec = spec;
        this.uploadId = uploadId;
        this.threads = Executors.newFixedThreadPool(spec.parallel(), task -> {
            Thread thread = new Thread(task, "upload");
            thread.setDaemon(true);
            return thread;
        });
        this.slots = new Semaphore(spec.parallel());
        this.atExit = new Thread(this::abort, "abort-upload");
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** Sends the next part as soon as there is room; after a failure nothing more is sent. */
    void part(RequestBody body) {
        slots.acquireUninterruptibly();
        if (failed.get()) {
            slots.release();
            return;
        }
        if (parts.size() == UploadSpec.MOST_PARTS) {
            failed.set(true);
            throw new UsageProblem("more than 10,000 parts; give a larger --part-size");
        }
        int number = parts.size() + 1;
        parts.add(CompletableFuture.supplyAsync(() -> send(number, body), threads));
    }

    private CompletedPart send(int number, RequestBody body) {
        try {
            UploadPartResponse answer = s3.uploadPart(
                    UploadPartRequest.builder()
                            .bucket(spec.to().bucket())
                            .key(spec.to().key())
                            .uploadId(uploadId)
                            .partNumber(number)
                            .build(),
                    body);
            return CompletedPart.builder()
                    .partNumber(number)
                    .eTag(answer.eTag())
                    .checksumCRC32(answer.checksumCRC32())
                    .checksumCRC32C(answer.checksumCRC32C())
                    .checksumCRC64NVME(answer.checksumCRC64NVME())
                    .checksumSHA1(answer.checksumSHA1())
                    .checksumSHA256(answer.checksumSHA256())
                    .build();
        } catch (RuntimeException e) {
            failed.set(true);
            throw e;
        } finally {
            slots.release();
        }
    }

    /** Waits for all parts and puts them together. */
    Uploaded complete(long size) {
        List<CompletedPart> done = new ArrayList<>();
        for (CompletableFuture<CompletedPart> part : parts) {
            try {
                done.add(part.join());
            } catch (CompletionException e) {
                throw e.getCause() instanceof SdkException cause ? cause : e;
            }
        }
        Uploaded uploaded = Uploaded.of(
                size,
                done.size(),
                s3.completeMultipartUpload(request -> request.bucket(spec.to().bucket())
                        .key(spec.to().key())
                        .uploadId(uploadId)
                        .multipartUpload(all -> all.parts(done))));
        settled.set(true);
        return uploaded;
    }

    private void abort() {
        if (settled.compareAndSet(false, true)) {
            s3.abortMultipartUpload(request ->
                    request.bucket(spec.to().bucket()).key(spec.to().key()).uploadId(uploadId));
        }
    }

    @Override
    public void close() {
        failed.set(true);
        threads.shutdown();
        parts.forEach(part -> part.handle((value, failure) -> value).join());
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            return; // the process is ending, and the hook does what is left to do
        }
        abort();
    }
}
