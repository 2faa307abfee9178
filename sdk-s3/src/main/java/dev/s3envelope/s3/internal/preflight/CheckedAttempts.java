package dev.s3envelope.s3.internal.preflight;

import dev.s3envelope.s3.internal.Attempts;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.S3Request;

/** The attempts of a read, each of them checked before it is given out. */
final class CheckedAttempts<T extends S3Request> implements Attempts<T> {
    private final Attempts<T> attempts;
    private final ReadChecks checks;
    private final Consumer<@Nullable Object> onAnswer;
    private final T first;
    private T current;

    CheckedAttempts(Attempts<T> attempts, T first, ReadChecks checks, Consumer<@Nullable Object> onAnswer) {
        this.attempts = attempts;
        this.first = first;
        this.current = first;
        this.checks = checks;
        this.onAnswer = onAnswer;
    }

    @Override
    public T first() {
        return first;
    }

    @Override
    public CompletionStage<Optional<T>> after(Throwable failure) {
        Checked.of(current).ifPresent(checked -> checks.failed(checked, failure));
        return attempts.after(failure).thenCompose(next -> {
            if (next.isEmpty()) {
                return CompletableFuture.completedFuture(next);
            }
            return checks.check(next.get()).thenApply(checked -> {
                current = checked;
                return Optional.of(checked);
            });
        });
    }

    @Override
    public boolean superseded() {
        return attempts.superseded();
    }

    @Override
    public void succeeded(@Nullable Object answer) {
        attempts.succeeded(answer);
        onAnswer.accept(answer);
    }

    @Override
    public void abandoned() {
        attempts.abandoned();
    }
}
