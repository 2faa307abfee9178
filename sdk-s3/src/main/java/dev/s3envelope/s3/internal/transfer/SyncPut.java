package dev.s3envelope.s3.internal.transfer;

import java.io.IOException;
import java.io.PushbackInputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/**
 * One body on its way into parts. The caller's thread reads it and creates, completes or aborts the upload; parts are sent on the executor. What that does not take, or
 * does not begin while nothing else is sent, the caller's thread sends itself, so an executor that is shut down, or full of callers that wait, stops nothing.
 */
final class SyncPut {
    /** How long an executor that sends nothing has to begin, before the caller's thread does. */
    private static final long PATIENCE_MILLIS = 50;

    private final S3Client client;
    private final PutInParts put;
    private final PutSizes sizes;
    private final @Nullable String contentType;
    private final Executor executor;

    // Of the caller's thread.
    private final List<PutPart> ready = new ArrayList<>();
    private int made;
    private long total;
    private @Nullable CreateMultipartUploadResponse upload;

    // Guarded by this.
    private final PutBuffers buffers;
    private final Deque<Sending> notBegun = new ArrayDeque<>();
    private final List<PutPart> flying = new ArrayList<>();
    private final SortedMap<Integer, CompletedPart> done = new TreeMap<>();
    private @Nullable Throwable failure;

    SyncPut(S3Client client, PutInParts put, @Nullable String contentType, Executor executor) {
        this.client = client;
        this.put = put;
        this.sizes = put.sizes();
        this.contentType = contentType;
        this.executor = executor;
        this.buffers = new PutBuffers(sizes);
    }

    /** Puts a body; when it throws, nothing is left of the upload and no thread works for it any more. */
    PutObjectResponse run(PushbackInputStream body, Function<RequestBody, PutObjectResponse> single)
            throws IOException {
        try {
            boolean last;
            do {
                last = fill(body);
                if (upload != null || total >= sizes.from()) {
                    sendReady();
                }
            } while (!last);
            if (upload == null) {
                return single.apply(new PutPartsBody(ready, contentType).blocking());
            }
            await(flying::isEmpty);
            CreateMultipartUploadResponse created = upload;
            return put.answer(created, client.completeMultipartUpload(put.complete(created.uploadId(), done.values())));
        } catch (IOException | RuntimeException | Error e) {
            stop(e);
            throw e;
        } finally {
            buffers.close();
        }
    }

    /** Reads the next part; whether it is the last. */
    private boolean fill(PushbackInputStream body) throws IOException {
        byte[] bytes = take();
        if (bytes == null) {
            sendReady();
            await(buffers::available);
            bytes = Objects.requireNonNull(take(), "available");
        }
        int most = (int) Math.min(sizes.part(), put.room(total));
        int count = body.readNBytes(bytes, 0, Math.min(bytes.length, most));
        while (count == bytes.length && count < most) {
            bytes = grow(bytes);
            count += body.readNBytes(bytes, count, Math.min(bytes.length, most) - count);
        }
        total += count;
        boolean last = put.whole(total) || ended(body);
        if (last) {
            put.checkLength(total);
        } else if (put.room(total) == 0) {
            throw put.wrongLength(total + 1);
        }
        made = put.next(made);
        ready.add(new PutPart(made, bytes, count, last));
        return last;
    }

    private synchronized byte @Nullable [] take() {
        rethrow(failure);
        return buffers.take();
    }

    private synchronized byte[] grow(byte[] full) {
        return buffers.grow(full);
    }

    private void sendReady() {
        CreateMultipartUploadResponse created = upload;
        if (created == null) {
            created = client.createMultipartUpload(put.create(contentType));
            upload = created;
        }
        for (PutPart part : ready) {
            await(() -> flying.size() < sizes.inFlight());
            Sending sending = new Sending(part, created.uploadId());
            synchronized (this) {
                flying.add(part);
                notBegun.add(sending);
            }
            try {
                executor.execute(sending);
            } catch (RuntimeException refused) {
                sending.run();
            }
        }
        ready.clear();
    }

    /** Waits until something is so; where nobody sends parts meanwhile, the caller's thread does. */
    private void await(BooleanSupplier reached) {
        boolean patient = true;
        while (true) {
            Sending sending = null;
            synchronized (this) {
                rethrow(failure);
                if (reached.getAsBoolean()) {
                    return;
                }
                boolean sent = flying.size() > notBegun.size();
                try {
                    if (sent) {
                        wait();
                    } else if (patient) {
                        wait(PATIENCE_MILLIS);
                    } else {
                        sending = notBegun.poll();
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw AbortedException.create(
                            "The thread was interrupted while parts of " + put + " were sent.", e);
                }
                patient = sent || sending != null;
            }
            if (sending != null) {
                sending.run();
            }
        }
    }

    private static void rethrow(@Nullable Throwable failure) {
        if (failure instanceof RuntimeException broken) {
            throw broken;
        }
        if (failure instanceof Error broken) {
            throw broken;
        }
    }

    private static boolean ended(PushbackInputStream body) throws IOException {
        int next = body.read();
        if (next >= 0) {
            body.unread(next);
        }
        return next < 0;
    }

    /** Breaks off the parts in flight, waits for those that may arrive all the same, and aborts the upload. */
    private void stop(Throwable broken) {
        boolean interrupted = Thread.interrupted();
        synchronized (this) {
            flying.forEach(PutPart::stop);
            for (Sending sending = notBegun.poll(); sending != null; sending = notBegun.poll()) {
                sending.drop();
            }
            while (!flying.isEmpty()) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        CreateMultipartUploadResponse created = upload;
        if (created != null) {
            try {
                client.abortMultipartUpload(put.abort(created.uploadId()));
            } catch (RuntimeException left) {
                broken.addSuppressed(left);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void landed(PutPart part, @Nullable CompletedPart completed, @Nullable Throwable broken) {
        flying.remove(part);
        buffers.give(part.buffer());
        if (completed != null) {
            done.put(part.number(), completed);
        }
        if (failure == null) {
            failure = broken;
        }
        notifyAll();
    }

    /** The sending of one part, by whichever thread begins it first. It holds on to nothing afterwards: an executor may keep it in its queue for long. */
    private final class Sending implements Runnable {
        private final AtomicReference<@Nullable PutPart> part;
        private final String uploadId;

        Sending(PutPart part, String uploadId) {
            this.part = new AtomicReference<>(part);
            this.uploadId = uploadId;
        }

        @Override
        public void run() {
            PutPart mine = part.getAndSet(null);
            if (mine == null) {
                return;
            }
            synchronized (SyncPut.this) {
                notBegun.remove(this);
            }
            CompletedPart completed = null;
            Throwable broken = null;
            try {
                completed = put.completed(
                        mine,
                        client.uploadPart(
                                put.part(uploadId, mine), PutPartsBody.of(mine).blocking()));
            } catch (RuntimeException | Error e) {
                broken = e;
            }
            landed(mine, completed, broken);
        }

        void drop() {
            PutPart mine = part.getAndSet(null);
            if (mine != null) {
                landed(mine, null, null);
            }
        }
    }
}
