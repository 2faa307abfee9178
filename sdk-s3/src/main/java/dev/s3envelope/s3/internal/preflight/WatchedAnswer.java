package dev.s3envelope.s3.internal.preflight;

import dev.s3envelope.core.internal.StageFailures;
import dev.s3envelope.s3.internal.clientside.FailureNote;
import dev.s3envelope.s3.internal.clientside.UnwantedBody;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SplittingTransformerConfiguration;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * As {@link WatchedBody}, without waiting: while the key is asked about, nobody takes the body, so that no byte of it arrives. The parts of a split download are watched
 * each.
 *
 * @param <R> what the caller's transformer makes of it
 */
final class WatchedAnswer<R> implements AsyncResponseTransformer<GetObjectResponse, R> {
    private final AsyncResponseTransformer<GetObjectResponse, R> callers;
    private final ReadChecks checks;
    private final Checked checked;
    private final FailureNote note;
    private volatile Attempt attempt = new Attempt();

    WatchedAnswer(
            AsyncResponseTransformer<GetObjectResponse, R> callers,
            ReadChecks checks,
            Checked checked,
            FailureNote note) {
        this.callers = callers;
        this.checks = checks;
        this.checked = checked;
        this.note = note;
    }

    @Override
    public CompletableFuture<R> prepare() {
        attempt = new Attempt();
        note.clear();
        return callers.prepare();
    }

    @Override
    public void onResponse(GetObjectResponse answer) {
        attempt.onResponse(answer);
    }

    @Override
    public void onStream(SdkPublisher<ByteBuffer> body) {
        attempt.onStream(body);
    }

    @Override
    public void exceptionOccurred(Throwable failure) {
        attempt.fail(failure);
    }

    @Override
    public SplitResult<GetObjectResponse, R> split(SplittingTransformerConfiguration configuration) {
        SplitResult<GetObjectResponse, R> split = callers.split(configuration);
        return split.toBuilder()
                .publisher(split.publisher().map(part -> new WatchedAnswer<>(part, checks, checked, note)))
                .build();
    }

    @Override
    public String name() {
        return callers.name();
    }

    /** One try of the SDK. Answer and body go to the caller's transformer together, or a failure does; each once. */
    private final class Attempt {
        private CompletableFuture<Void> check = CompletableFuture.completedFuture(null);
        private @Nullable GetObjectResponse answer;
        private boolean over;

        void onResponse(GetObjectResponse received) {
            answer = received;
            check = checks.answered(checked, received).toCompletableFuture();
            if (check.isDone() && !check.isCompletedExceptionally()) {
                callers.onResponse(received);
                answer = null;
            }
        }

        void onStream(SdkPublisher<ByteBuffer> body) {
            GetObjectResponse held = answer;
            if (held == null) {
                callers.onStream(body);
                return;
            }
            var unused = check.whenComplete((done, failure) -> {
                if (failure != null) {
                    Throwable refusal = StageFailures.unwrap(failure);
                    note.note(refusal);
                    // First the failure, since the SDK has one of its own for a body nobody took.
                    fail(refusal);
                    UnwantedBody.leave(body);
                } else if (begin()) {
                    callers.onResponse(held);
                    callers.onStream(body);
                } else {
                    UnwantedBody.leave(body);
                }
            });
        }

        private synchronized boolean begin() {
            return !over;
        }

        void fail(Throwable failure) {
            synchronized (this) {
                if (over) {
                    return;
                }
                over = true;
            }
            callers.exceptionOccurred(failure);
        }
    }
}
