package dev.s3envelope.s3.internal.transfer;

import dev.s3envelope.core.internal.StageFailures;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
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
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * One body on its way into parts.
 *
 * <pre>{@code
 * body --one buffer at a time, while one of ours has room--> filling --full, and another byte came--> ready --a slot is free--> flying --> done
 *      ended before there was enough for parts: everything ready goes in one PUT
 *      failed or cancelled: flying parts are broken off, or waited for where all their bytes are out; then the upload is aborted
 * }</pre>
 *
 * <p>All steps run one at a time, on whichever thread brings bytes or answers. Creation and completion of the upload are never cut short, since nobody would know
 * whether they took place.
 */
final class AsyncPut implements Subscriber<ByteBuffer> {
    private final S3AsyncClient client;
    private final PutInParts put;
    private final PutSizes sizes;
    private final @Nullable String contentType;
    private final Function<AsyncRequestBody, CompletableFuture<PutObjectResponse>> single;
    private final CompletableFuture<PutObjectResponse> result = new CompletableFuture<>();
    private final Queue<ByteBuffer> arrived = new ConcurrentLinkedQueue<>();
    private final Queue<Runnable> answers = new ConcurrentLinkedQueue<>();
    private final AtomicInteger work = new AtomicInteger();
    private volatile @Nullable Subscription upstream;
    private volatile boolean upstreamDone;
    private volatile @Nullable Throwable failure;

    // Touched by one step at a time.
    private final PutBuffers buffers;
    private final Deque<PutPart> ready = new ArrayDeque<>();
    private final Map<PutPart, CompletableFuture<?>> flying = new LinkedHashMap<>();
    private final SortedMap<Integer, CompletedPart> done = new TreeMap<>();
    private byte @Nullable [] filling;
    private int filled;
    private int made;
    private long total;
    private @Nullable ByteBuffer current;
    private boolean asked;
    private boolean ended;
    private boolean begun;
    private boolean creating;
    private @Nullable CreateMultipartUploadResponse upload;
    private @Nullable CompletableFuture<?> lastCall;
    private boolean stopped;
    private boolean finished;

    AsyncPut(
            S3AsyncClient client,
            PutInParts put,
            @Nullable String contentType,
            Function<AsyncRequestBody, CompletableFuture<PutObjectResponse>> single) {
        this.client = client;
        this.put = put;
        this.sizes = put.sizes();
        this.contentType = contentType;
        this.single = single;
        this.buffers = new PutBuffers(sizes);
    }

    /** The answer; cancelling it stops the upload. It fails when nothing is left of the upload. */
    CompletableFuture<PutObjectResponse> start(Publisher<ByteBuffer> body) {
        var unused = result.whenComplete((answer, broken) -> {
            if (broken != null) {
                fail(broken);
                drain();
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
        fail(error);
        drain();
    }

    @Override
    public void onComplete() {
        upstreamDone = true;
        drain();
    }

    private void drain() {
        if (work.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        do {
            step();
            missed = work.addAndGet(-missed);
        } while (missed != 0);
    }

    private void step() {
        for (Runnable answer = answers.poll(); answer != null; answer = answers.poll()) {
            guarded(answer);
        }
        guarded(() -> {
            while (!finished && failure == null && proceed()) {
                // until something has to come from outside
            }
        });
        if (failure != null) {
            stop();
        }
    }

    /** Whatever a step throws ends the upload: a future must never be left waiting. */
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    /** Does the next thing that can be done at once; whether there may be more. */
    private boolean proceed() {
        CreateMultipartUploadResponse created = upload;
        if (lastCall != null) {
            return false;
        }
        if (created != null && flying.size() < sizes.inFlight()) {
            PutPart next = ready.poll();
            if (next != null) {
                send(created.uploadId(), next);
                return true;
            }
        }
        if (!ended) {
            return read();
        }
        if (!begun) {
            if (total < sizes.from()) {
                putWhole();
                return false;
            }
            create();
            return true;
        }
        if (created != null && ready.isEmpty() && flying.isEmpty()) {
            complete(created);
        }
        return false;
    }

    /** Takes what has arrived, as far as there is room for it. */
    private boolean read() {
        ByteBuffer in = current == null ? arrived.poll() : current;
        if (in == null) {
            if (upstreamDone && arrived.isEmpty()) {
                end();
                return true;
            }
            return ask();
        }
        asked = false;
        current = in;
        byte[] into = filling;
        if (!in.hasRemaining()) {
            current = null;
        } else if (into == null) {
            filling = buffers.take();
            if (filling == null && begun) {
                return false;
            }
            if (filling == null) {
                create();
            }
        } else if (filled == into.length) {
            byte[] larger = buffers.grow(into);
            filling = larger;
            if (larger.length == filled) {
                queue(into, false);
            }
        } else {
            fill(in, into);
        }
        return true;
    }

    private void fill(ByteBuffer in, byte[] into) {
        long room = put.room(total);
        if (room == 0) {
            throw put.wrongLength(total + 1);
        }
        int count = (int) Math.min(Math.min(in.remaining(), into.length - filled), room);
        in.get(into, filled, count);
        filled += count;
        total += count;
        if (put.whole(total)) {
            leave();
            end();
        } else if (!begun && total >= sizes.from()) {
            create();
        }
    }

    /** Asks for a buffer if that was not done; whether one is there. */
    private boolean ask() {
        Subscription source = upstream;
        if (!asked && source != null) {
            asked = true;
            source.request(1);
        }
        return !arrived.isEmpty() || upstreamDone;
    }

    private void end() {
        ended = true;
        put.checkLength(total);
        byte[] rest = filling;
        if (rest != null) {
            queue(rest, true);
        }
    }

    private void queue(byte[] bytes, boolean last) {
        made = put.next(made);
        ready.add(new PutPart(made, bytes, filled, last));
        filling = null;
        filled = 0;
    }

    private void create() {
        begun = true;
        creating = true;
        on(client.createMultipartUpload(put.create(contentType)), (created, broken) -> {
            creating = false;
            upload = created;
            fail(broken);
        });
    }

    private void send(String uploadId, PutPart part) {
        CompletableFuture<UploadPartResponse> sent = client.uploadPart(put.part(uploadId, part), PutPartsBody.of(part));
        flying.put(part, sent);
        on(sent, (answer, broken) -> {
            flying.remove(part);
            buffers.give(part.buffer());
            if (answer != null) {
                done.put(part.number(), put.completed(part, answer));
            }
            fail(broken);
        });
    }

    private void putWhole() {
        CompletableFuture<PutObjectResponse> sent = single.apply(new PutPartsBody(List.copyOf(ready), contentType));
        lastCall = sent;
        on(sent, this::finish);
    }

    private void complete(CreateMultipartUploadResponse created) {
        var sent = client.completeMultipartUpload(put.complete(created.uploadId(), done.values()));
        lastCall = sent;
        on(sent, (answer, broken) -> {
            lastCall = null;
            fail(broken);
            if (answer != null) {
                finish(put.answer(created, answer), null);
            }
        });
    }

    /** An answer is handled in a step of its own, whichever thread brings it. */
    private <V> void on(CompletableFuture<V> call, BiConsumer<@Nullable V, @Nullable Throwable> handler) {
        var unused = call.whenComplete((answer, broken) -> {
            answers.add(() -> handler.accept(answer, broken == null ? null : StageFailures.unwrap(broken)));
            drain();
        });
    }

    private void fail(@Nullable Throwable broken) {
        if (broken != null && failure == null) {
            failure = broken;
        }
    }

    /** Ends it: what was begun is aborted, so that the caller who sees the failure sees no upload left. Comes again with every answer until all is over. */
    private void stop() {
        if (finished) {
            return;
        }
        if (!stopped) {
            stopped = true;
            leave();
            for (Map.Entry<PutPart, CompletableFuture<?>> part : List.copyOf(flying.entrySet())) {
                if (part.getKey().stop()) {
                    part.getValue().cancel(true);
                }
            }
            if (!begun && lastCall != null) {
                lastCall.cancel(true);
            }
        }
        if (creating || lastCall != null || !flying.isEmpty()) {
            return;
        }
        Throwable broken = Objects.requireNonNull(failure, "failure");
        CreateMultipartUploadResponse created = upload;
        if (created == null) {
            finish(null, broken);
            return;
        }
        CompletableFuture<?> aborted;
        try {
            aborted = client.abortMultipartUpload(put.abort(created.uploadId()));
        } catch (RuntimeException e) {
            aborted = CompletableFuture.failedFuture(e);
        }
        lastCall = aborted;
        on(aborted, (answer, left) -> {
            if (left != null && left != broken) {
                broken.addSuppressed(left);
            }
            finish(null, broken);
        });
    }

    /** Reads no more of the body. */
    private void leave() {
        Subscription source = upstream;
        if (source != null && !upstreamDone) {
            upstreamDone = true;
            source.cancel();
        }
        arrived.clear();
        current = null;
    }

    private void finish(@Nullable PutObjectResponse answer, @Nullable Throwable broken) {
        finished = true;
        buffers.close();
        arrived.clear();
        if (broken == null) {
            result.complete(answer);
        } else {
            result.completeExceptionally(broken);
        }
    }
}
