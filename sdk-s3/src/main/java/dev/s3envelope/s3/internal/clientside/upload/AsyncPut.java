package dev.s3envelope.s3.internal.clientside.upload;

import dev.s3envelope.core.internal.StageFailures;
import dev.s3envelope.s3.internal.clientside.Stages;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/**
 * One body on its way into parts. It asks for one buffer at a time and for none while a part is sent; a full part is sent when another byte shows that it is
 * not the last. All steps run one at a time, on whichever thread brings bytes or answers.
 */
final class AsyncPut implements Subscriber<ByteBuffer> {
    private final S3AsyncClient client;
    private final PutInParts put;
    private final String contentType;
    private final Function<AsyncRequestBody, CompletableFuture<PutObjectResponse>> single;
    private final CompletableFuture<PutObjectResponse> result = new CompletableFuture<>();
    private final Queue<ByteBuffer> arrived = new ConcurrentLinkedQueue<>();
    private final AtomicInteger work = new AtomicInteger();
    private volatile @Nullable Subscription upstream;
    private volatile boolean upstreamDone;
    private volatile @Nullable Throwable failure;
    private volatile boolean sending;
    private volatile @Nullable CompletableFuture<?> inFlight;

    // Touched by one step at a time.
    private final List<CompletedPart> parts = new ArrayList<>();
    private @Nullable CompletableFuture<CreateMultipartUploadResponse> created;
    private byte[] part;
    private int filled;
    private long total;
    private @Nullable ByteBuffer current;
    private boolean asked;
    private boolean lastSent;
    private boolean finished;

    AsyncPut(
            S3AsyncClient client,
            PutInParts put,
            String contentType,
            Function<AsyncRequestBody, CompletableFuture<PutObjectResponse>> single) {
        this.client = client;
        this.put = put;
        this.contentType = contentType;
        this.single = single;
        this.part = new byte[put.partSize()];
    }

    CompletableFuture<PutObjectResponse> start(Publisher<ByteBuffer> body) {
        var unused = result.whenComplete((answer, broken) -> {
            if (broken != null) {
                stop(broken);
            }
        });
        body.subscribe(this);
        return result;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        Objects.requireNonNull(subscription, "subscription");
        if (upstream != null) {
            subscription.cancel();
            return;
        }
        upstream = subscription;
        drain();
    }

    @Override
    public void onNext(ByteBuffer buffer) {
        arrived.add(buffer);
        drain();
    }

    @Override
    public void onError(Throwable error) {
        Objects.requireNonNull(error, "error");
        upstreamDone = true;
        failure = error;
        drain();
    }

    @Override
    public void onComplete() {
        upstreamDone = true;
        drain();
    }

    private void stop(Throwable broken) {
        if (failure == null) {
            failure = broken;
        }
        CompletableFuture<?> sent = inFlight;
        if (sent != null) {
            sent.cancel(true);
        }
        drain();
    }

    private void drain() {
        if (work.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        do {
            try {
                step();
            } catch (RuntimeException | Error e) {
                fail(e);
            }
            missed = work.addAndGet(-missed);
        } while (missed != 0);
    }

    private void step() {
        while (!finished && !sending) {
            Throwable broken = failure;
            if (broken != null) {
                fail(broken);
                return;
            }
            if (lastSent) {
                complete();
                return;
            }
            ByteBuffer in = current == null ? arrived.poll() : current;
            if (in == null) {
                if (upstreamDone && arrived.isEmpty()) {
                    end();
                } else if (!ask()) {
                    return;
                }
                continue;
            }
            asked = false;
            current = in;
            if (in.hasRemaining() && filled == part.length) {
                send(false);
                return;
            }
            int count = Math.min(in.remaining(), part.length - filled);
            in.get(part, filled, count);
            filled += count;
            if (!in.hasRemaining()) {
                current = null;
            }
        }
    }

    /** Asks for a buffer if that was not done; whether one is there. */
    private boolean ask() {
        Subscription source = upstream;
        if (!asked && source != null) {
            asked = true;
            source.request(1);
        }
        return !arrived.isEmpty() || upstreamDone || failure != null;
    }

    private void end() {
        if (!parts.isEmpty()) {
            send(true);
            return;
        }
        put.checkLength(filled);
        finished = true;
        byte[] whole = Arrays.copyOf(part, filled);
        CompletableFuture<PutObjectResponse> sent = single.apply(body(whole));
        inFlight = sent;
        settle(sent);
    }

    private void send(boolean last) {
        byte[] full = filled == part.length ? part : Arrays.copyOf(part, filled);
        int number = parts.size() + 1;
        total += filled;
        if (last) {
            put.checkLength(total);
        } else {
            part = new byte[part.length];
        }
        filled = 0;
        sending = true;
        lastSent = last;
        CompletableFuture<CreateMultipartUploadResponse> upload = created;
        if (upload == null) {
            upload = client.createMultipartUpload(put.create(contentType));
            created = upload;
        }
        CompletableFuture<CompletedPart> sent = Stages.chain(
                upload,
                begun -> Stages.map(
                        client.uploadPart(put.part(begun.uploadId(), number, full.length, last), body(full)),
                        answer -> put.completed(number, answer)));
        inFlight = sent;
        var unused = sent.whenComplete((done, broken) -> {
            if (broken == null) {
                parts.add(done);
            } else if (failure == null) {
                failure = StageFailures.unwrap(broken);
            }
            sending = false;
            drain();
        });
        if (failure != null) {
            sent.cancel(true);
        }
    }

    private void complete() {
        CompletableFuture<CreateMultipartUploadResponse> upload = created;
        if (upload == null) {
            throw new IllegalStateException("cannot happen: parts without an upload");
        }
        sending = true;
        CompletableFuture<PutObjectResponse> sent = Stages.chain(
                upload,
                begun ->
                        Stages.map(client.completeMultipartUpload(put.complete(begun.uploadId(), parts)), put::answer));
        inFlight = sent;
        var unused = sent.whenComplete((answer, broken) -> {
            if (broken == null) {
                finished = true;
                result.complete(answer);
                return;
            }
            if (failure == null) {
                failure = StageFailures.unwrap(broken);
            }
            sending = false;
            drain();
        });
    }

    private void settle(CompletableFuture<PutObjectResponse> sent) {
        var unused = sent.whenComplete((answer, broken) -> {
            if (broken == null) {
                result.complete(answer);
            } else {
                result.completeExceptionally(StageFailures.unwrap(broken));
            }
        });
    }

    /** Ends it: what was begun is aborted first, so that the caller who sees the failure sees no upload left. */
    private void fail(Throwable broken) {
        if (finished) {
            result.completeExceptionally(broken);
            return;
        }
        finished = true;
        Arrays.fill(part, (byte) 0);
        arrived.clear();
        current = null;
        Subscription source = upstream;
        if (source != null && !upstreamDone) {
            source.cancel();
        }
        CompletableFuture<CreateMultipartUploadResponse> upload = created;
        if (upload == null) {
            result.completeExceptionally(broken);
            return;
        }
        var unused = Stages.chain(upload, begun -> client.abortMultipartUpload(put.abort(begun.uploadId())))
                .whenComplete((answer, left) -> {
                    if (left != null && left != broken) {
                        broken.addSuppressed(StageFailures.unwrap(left));
                    }
                    result.completeExceptionally(broken);
                });
    }

    private static AsyncRequestBody body(byte[] bytes) {
        return AsyncRequestBody.fromBytesUnsafe(bytes);
    }
}
