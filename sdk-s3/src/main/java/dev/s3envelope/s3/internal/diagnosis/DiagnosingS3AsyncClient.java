package dev.s3envelope.s3.internal.diagnosis;

import dev.s3envelope.s3.Diagnosis;
import dev.s3envelope.s3.internal.Wrapped;
import dev.s3envelope.s3.internal.clientside.Stages;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import software.amazon.awssdk.services.s3.DelegatingS3AsyncClient;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.S3Request;

/** As {@link DiagnosingS3Client}, without waiting: a future that fails does so when its report is complete. */
public final class DiagnosingS3AsyncClient extends DelegatingS3AsyncClient {
    private final FailureReporter reporter;

    private DiagnosingS3AsyncClient(S3AsyncClient client, FailureReporter reporter) {
        super(client);
        this.reporter = reporter;
    }

    /**
     * The client, diagnosed as the settings say; the client itself where they say not at all.
     *
     * @param blocking runs questions that block
     */
    public static S3AsyncClient over(S3AsyncClient client, Diagnosis settings, Executor blocking) {
        if (settings.level() == Diagnosis.Level.NONE) {
            return client;
        }
        ActiveQuestions questions = settings.level() == Diagnosis.Level.PASSIVE
                ? null
                : new ActiveQuestions(settings, client::headObject, blocking);
        FailureReporter reporter = new FailureReporter(
                Wrapped.of(client::serviceClientConfiguration).region(), questions);
        return new DiagnosingS3AsyncClient(client, reporter);
    }

    @Override
    protected <T extends S3Request, ReturnT> CompletableFuture<ReturnT> invokeOperation(
            T request, Function<T, CompletableFuture<ReturnT>> operation) {
        return Stages.failingAfter(operation.apply(request), failure -> reporter.explained(request, failure));
    }
}
