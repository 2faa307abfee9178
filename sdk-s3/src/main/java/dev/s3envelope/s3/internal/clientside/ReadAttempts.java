package dev.s3envelope.s3.internal.clientside;

import dev.s3envelope.s3.internal.Attempts;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** The requests of a planned read. Where the plan turns out to be of an object that is no longer there, another is made, once. */
final class ReadAttempts implements Attempts<GetObjectRequest> {
    private static final int PRECONDITION_FAILED = 412;

    private final Supplier<CompletionStage<Attempts<GetObjectRequest>>> again;
    private final Runnable forget;
    private Attempts<GetObjectRequest> current;
    private boolean planConditional;
    private boolean planned;
    private boolean superseded;

    ReadAttempts(
            Attempts<GetObjectRequest> first,
            Supplier<CompletionStage<Attempts<GetObjectRequest>>> again,
            Runnable forget) {
        this.current = first;
        this.again = again;
        this.forget = forget;
        this.planConditional = conditional(first.first());
    }

    @Override
    public GetObjectRequest first() {
        return current.first();
    }

    @Override
    public CompletionStage<Optional<GetObjectRequest>> after(Throwable failure) {
        boolean stale = failure instanceof StaleLayoutException
                || (planConditional && failure instanceof S3Exception s3 && s3.statusCode() == PRECONDITION_FAILED);
        superseded = false;
        if (!stale) {
            return current.after(failure);
        }
        forget.run();
        if (planned) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        planned = true;
        return again.get().thenApply(next -> {
            current = next;
            superseded = true;
            planConditional = conditional(next.first());
            return Optional.of(next.first());
        });
    }

    @Override
    public boolean superseded() {
        return superseded;
    }

    @Override
    public void succeeded(@Nullable Object answer) {
        current.succeeded(answer);
    }

    private static boolean conditional(GetObjectRequest request) {
        return ReadPlan.of(request).map(ReadPlan::conditional).orElse(false);
    }
}
