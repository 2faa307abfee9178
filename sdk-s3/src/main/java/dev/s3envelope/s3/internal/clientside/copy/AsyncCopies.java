package dev.s3envelope.s3.internal.clientside.copy;

import dev.s3envelope.core.internal.StageFailures;
import dev.s3envelope.s3.internal.clientside.FailureNote;
import dev.s3envelope.s3.internal.clientside.Stages;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.ResponsePublisher;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/** Copies through the client that never wait: the demand of the write draws the read, buffer by buffer. */
public final class AsyncCopies {
    private final S3AsyncClient client;

    /** Copies through the client that encrypts. */
    public AsyncCopies(S3AsyncClient client) {
        this.client = client;
    }

    /** Makes a copy; cancelling what is returned ends the requests in flight. An attempt to write it that is repeated reads the source again. */
    public CompletableFuture<CopyObjectResponse> copy(CopyPlan.ThroughClient plan) {
        FailureNote note = new FailureNote();
        Source source = new Source(plan, note);
        CompletableFuture<PutObjectResponse> written = note.call(client.putObject(plan.put(), source));
        var unused = written.whenComplete((answer, failure) -> source.giveUp());
        return Stages.map(written, plan::answer);
    }

    private final class Source implements AsyncRequestBody {
        private final CopyPlan.ThroughClient plan;
        private final FailureNote note;
        private volatile @Nullable CompletableFuture<ResponsePublisher<GetObjectResponse>> asked;

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
            CompletableFuture<ResponsePublisher<GetObjectResponse>> read =
                    client.getObject(plan.get(), AsyncResponseTransformer.toPublisher());
            asked = read;
            var unused = read.whenComplete((publisher, failure) -> {
                Subscriber<ByteBuffer> noted = new Noted(subscriber, note);
                if (failure == null) {
                    publisher.subscribe(noted);
                } else {
                    noted.onSubscribe(new Nothing());
                    noted.onError(StageFailures.unwrap(failure));
                }
            });
        }

        /** Ends a read that was not answered yet; one that was ends with its subscription. */
        void giveUp() {
            CompletableFuture<?> read = asked;
            if (read != null) {
                read.cancel(true);
            }
        }
    }

    /** Notes why reading failed, which is what the caller is to see. */
    private record Noted(Subscriber<? super ByteBuffer> writer, FailureNote note) implements Subscriber<ByteBuffer> {
        @Override
        public void onSubscribe(Subscription subscription) {
            writer.onSubscribe(subscription);
        }

        @Override
        public void onNext(ByteBuffer buffer) {
            writer.onNext(buffer);
        }

        @Override
        public void onError(Throwable failure) {
            if (failure instanceof RuntimeException) {
                note.note(failure);
            }
            writer.onError(failure);
        }

        @Override
        public void onComplete() {
            writer.onComplete();
        }
    }

    private static final class Nothing implements Subscription {
        @Override
        public void request(long count) {}

        @Override
        public void cancel() {}
    }
}
