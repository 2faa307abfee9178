package dev.s3envelope.s3.internal.clientside.copy;

import dev.s3envelope.core.internal.StageFailures;
import dev.s3envelope.s3.internal.AsyncInvocation;
import dev.s3envelope.s3.internal.clientside.FailedStream;
import dev.s3envelope.s3.internal.clientside.FailureNote;
import dev.s3envelope.s3.internal.clientside.ReadPort;
import dev.s3envelope.s3.internal.clientside.Stages;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;

/** Copies through the client that never wait: the demand of the write draws the read, buffer by buffer. */
public final class AsyncCopies {
    private final S3AsyncClient client;
    private final S3AsyncClient wrapped;
    private final ClientSideCopies plans;
    private final ReadPort port;

    /**
     * Copies of one client.
     *
     * @param client reads and writes what goes through the client
     * @param wrapped sends what S3 copies
     */
    public AsyncCopies(S3AsyncClient client, S3AsyncClient wrapped, ClientSideCopies plans, ReadPort port) {
        this.client = client;
        this.wrapped = wrapped;
        this.plans = plans;
        this.port = port;
    }

    /** Makes a copy, whichever way serves; cancelling what is returned ends the requests in flight. */
    public CompletableFuture<CopyObjectResponse> copy(CopyObjectRequest request) {
        return Stages.chain(
                plans.plan(request, port),
                plan -> plan instanceof CopyPlan.ThroughClient through
                        ? copy(through)
                        : AsyncInvocation.start(
                                () -> CompletableFuture.completedFuture(((CopyPlan.InS3) plan).attempts()),
                                wrapped::copyObject,
                                () -> false,
                                failure -> {}));
    }

    /** A part S3 may copy, bound to the content that was looked at. */
    public CompletionStage<UploadPartCopyRequest> checked(UploadPartCopyRequest request) {
        return plans.plan(request, port);
    }

    /** An attempt to write that is repeated reads the source again. */
    private CompletableFuture<CopyObjectResponse> copy(CopyPlan.ThroughClient plan) {
        FailureNote note = new FailureNote();
        Source source = new Source(plan, note);
        CompletableFuture<PutObjectResponse> written = note.call(client.putObject(plan.put(), source));
        return Stages.map(Stages.releasing(written, source::giveUp), plan::answer);
    }

    private final class Source implements AsyncRequestBody {
        private final CopyPlan.ThroughClient plan;
        private final FailureNote note;
        private volatile @Nullable Reading current;
        private volatile boolean givenUp;

        Source(CopyPlan.ThroughClient plan, FailureNote note) {
            this.plan = plan;
            this.note = note;
        }

        @Override
        public Optional<Long> contentLength() {
            return Optional.of(plan.length());
        }

        @Override
        public String contentType() {
            String type = plan.put().contentType();
            return type == null ? "application/octet-stream" : type;
        }

        @Override
        public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
            note.clear();
            Reading reading = new Reading(subscriber, note);
            current = reading;
            reading.follow(client.getObject(plan.get(), reading));
            if (givenUp) {
                reading.cancel();
            }
        }

        /** Ends a read that is not at its end. */
        void giveUp() {
            givenUp = true;
            Reading reading = current;
            if (reading != null) {
                reading.cancel();
            }
        }
    }

    /**
     * One reading of the source, straight into the writer, with nothing in between that could be lost when the copy is given up. It notes why reading failed, which is what the
     * caller is to see.
     */
    private static final class Reading
            implements AsyncResponseTransformer<GetObjectResponse, Void>, Subscriber<ByteBuffer> {
        private final Subscriber<? super ByteBuffer> writer;
        private final FailureNote note;
        private final AtomicBoolean begun = new AtomicBoolean();
        private volatile CompletableFuture<Void> answered = new CompletableFuture<>();
        private volatile @Nullable CompletableFuture<?> call;
        private volatile @Nullable Subscription upstream;
        private volatile boolean cancelled;

        Reading(Subscriber<? super ByteBuffer> writer, FailureNote note) {
            this.writer = writer;
            this.note = note;
        }

        void follow(CompletableFuture<Void> started) {
            call = started;
            var unused = started.whenComplete((nothing, failure) -> {
                if (failure != null && begun.compareAndSet(false, true)) {
                    FailedStream.tell(writer, noted(StageFailures.unwrap(failure)));
                }
            });
        }

        void cancel() {
            cancelled = true;
            CompletableFuture<?> started = call;
            if (started != null) {
                started.cancel(true);
            }
            Subscription source = upstream;
            if (source != null) {
                source.cancel();
            }
        }

        @Override
        public CompletableFuture<Void> prepare() {
            CompletableFuture<Void> next = new CompletableFuture<>();
            answered = next;
            return next;
        }

        @Override
        public void onResponse(GetObjectResponse answer) {}

        @Override
        public void onStream(SdkPublisher<ByteBuffer> body) {
            body.subscribe(this);
            answered.complete(null);
        }

        @Override
        public void exceptionOccurred(Throwable failure) {
            answered.completeExceptionally(failure);
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            upstream = subscription;
            if (cancelled || !begun.compareAndSet(false, true)) {
                subscription.cancel();
                return;
            }
            writer.onSubscribe(subscription);
        }

        @Override
        public void onNext(ByteBuffer buffer) {
            writer.onNext(buffer);
        }

        @Override
        public void onError(Throwable failure) {
            writer.onError(noted(failure));
        }

        private Throwable noted(Throwable failure) {
            if (failure instanceof RuntimeException) {
                note.note(failure);
            }
            return failure;
        }

        @Override
        public void onComplete() {
            writer.onComplete();
        }
    }
}
