package dev.s3envelope.kms;

import dev.s3envelope.core.access.AccessReport;
import dev.s3envelope.core.access.ClassifiedFailure;
import dev.s3envelope.core.access.FailureClassifier;
import dev.s3envelope.core.access.ServiceError;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.iam.AccessGate;
import dev.s3envelope.core.internal.StageFailures;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.kms.model.KmsRequest;

/** Lets the denials of KMS carry a report: here the key, the action and the encryption context are known exactly. */
final class KmsFailures {
    private static final String ASKED_DIRECTLY =
            "KMS was asked by this client itself, not by S3: conditions on kms:ViaService do not hold.";

    private KmsFailures() {}

    /** The answer to a call; its failure, if it is a denial, carries a report by the time the stage fails. */
    static <A> CompletionStage<A> explained(KmsRequest request, CompletionStage<A> answer) {
        CompletableFuture<A> result = new CompletableFuture<>();
        var unused = answer.whenComplete((value, failure) -> {
            if (failure == null) {
                result.complete(value);
                return;
            }
            Throwable cause = StageFailures.unwrap(failure);
            if (cause instanceof AwsServiceException refusal) {
                report(request, refusal).ifPresent(report -> report.attachTo(refusal));
            }
            result.completeExceptionally(cause);
        });
        return result;
    }

    private static Optional<AccessReport> report(KmsRequest request, AwsServiceException refusal) {
        String type = request.getClass().getSimpleName();
        String operation = type.substring(0, type.length() - "Request".length());
        ClassifiedFailure failure = FailureClassifier.classify(ServiceError.of(AccessGate.KMS, operation, refusal));
        if (!failure.kind().isAboutAccess()) {
            return Optional.empty();
        }
        AccessReport.Builder report =
                AccessReport.builder(operation).failure(failure).note(ASKED_DIRECTLY);
        request.getValueForField("KeyId", String.class)
                .flatMap(KeyArn::tryParse)
                .ifPresent(report::key);
        @SuppressWarnings("unchecked") // a map of strings in every request of KMS that has the field
        Optional<Map<String, String>> context =
                request.getValueForField("EncryptionContext", Map.class).map(map -> (Map<String, String>) map);
        context.ifPresent(report::encryptionContext);
        return Optional.of(report.build());
    }
}
