package dev.s3envelope.s3.internal.diagnosis;

import dev.s3envelope.s3.Diagnosis;
import dev.s3envelope.s3.internal.Wrapped;
import dev.s3envelope.s3.internal.clientside.Stages;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import software.amazon.awssdk.services.s3.DelegatingS3Client;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Request;

/**
 * Stands right before the client that sends, and lets what fails carry a report: here a request is as it is sent, and an error as it was answered. Closing it closes the
 * client.
 */
public final class DiagnosingS3Client extends DelegatingS3Client {
    private final FailureReporter reporter;

    private DiagnosingS3Client(S3Client client, FailureReporter reporter) {
        super(client);
        this.reporter = reporter;
    }

    /** The client, diagnosed as the settings say; the client itself where they say not at all. */
    public static S3Client over(S3Client client, Diagnosis settings) {
        if (settings.level() == Diagnosis.Level.NONE) {
            return client;
        }
        ActiveQuestions questions = settings.level() == Diagnosis.Level.PASSIVE
                ? null
                : new ActiveQuestions(
                        settings,
                        request -> CompletableFuture.completedFuture(client.headObject(request)),
                        Runnable::run);
        FailureReporter reporter = new FailureReporter(
                Wrapped.of(client::serviceClientConfiguration).region(), questions);
        return new DiagnosingS3Client(client, reporter);
    }

    @Override
    protected <T extends S3Request, ReturnT> ReturnT invokeOperation(T request, Function<T, ReturnT> operation) {
        try {
            return operation.apply(request);
        } catch (RuntimeException failure) {
            Throwable unused = Stages.join(reporter.explained(request, failure));
            throw failure;
        }
    }
}
