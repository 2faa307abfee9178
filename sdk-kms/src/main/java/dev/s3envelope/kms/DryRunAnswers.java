package dev.s3envelope.kms;

import dev.s3envelope.core.access.AccessEvidence;
import dev.s3envelope.core.access.AccessEvidence.Source;
import dev.s3envelope.core.access.ClassifiedFailure;
import dev.s3envelope.core.access.FailureClassifier;
import dev.s3envelope.core.access.FailureKind;
import dev.s3envelope.core.access.GateVerdict;
import dev.s3envelope.core.access.KeyAnswer;
import dev.s3envelope.core.access.ServiceError;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.guard.KeyFacts;
import dev.s3envelope.core.iam.AccessGate;
import dev.s3envelope.core.iam.Verdict;
import dev.s3envelope.core.internal.StageFailures;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.kms.model.KeyMetadata;

/**
 * What the answers of KMS to questions about a key say of the KMS gate. Sources: AWS KMS Developer Guide, "Testing your permissions" and "Key states of AWS KMS keys"; AWS
 * KMS API Reference, "Decrypt".
 */
final class DryRunAnswers {
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERROR = 500;

    private DryRunAnswers() {}

    /** The answer to a dry run that a server has taken for the call itself. */
    static KeyAnswer performed(KeyArn key, String action) {
        return KeyAnswer.of(Verdict.ALLOWED, Source.DRY_RUN, "KMS performed kms:" + action + " on " + key + ".");
    }

    /**
     * The answer that is an exception; a dry run has no other.
     *
     * @param direct whether a refusal of the caller is one of S3 too
     */
    static KeyAnswer failed(KeyArn key, String action, Source source, boolean direct, Throwable failure) {
        Throwable cause = StageFailures.unwrap(failure);
        String asked = "Asked for kms:" + action + " on " + key + (source == Source.DRY_RUN ? " by dry run, " : ", ");
        if (!(cause instanceof AwsServiceException answer)) {
            return KeyAnswer.none(
                    source,
                    asked + "KMS did not answer: " + cause.getClass().getSimpleName() + ": " + cause.getMessage());
        }
        ClassifiedFailure said = FailureClassifier.classify(ServiceError.of(AccessGate.KMS, action, answer));
        AccessEvidence evidence = AccessEvidence.of(source, asked + said.error().text(), said);
        boolean answered = !isOutage(answer, said.kind());
        Verdict verdict = answered ? verdict(said.kind(), direct) : Verdict.UNKNOWN;
        return new KeyAnswer(new GateVerdict(AccessGate.KMS, verdict, List.of(evidence)), answered);
    }

    /** The state of the key counts for S3 as for everybody; a refusal of the caller need not. */
    private static Verdict verdict(FailureKind kind, boolean direct) {
        return switch (kind) {
            case PASSED -> Verdict.ALLOWED;
            case KEY_DISABLED, KEY_NOT_USABLE, KEY_NOT_FOUND -> Verdict.DENIED;
            case KMS_DENIED -> direct ? Verdict.DENIED : Verdict.UNKNOWN;
            default -> Verdict.UNKNOWN;
        };
    }

    /** The state of a key. A state that is not known gets the benefit of the doubt. */
    static KeyAnswer described(KeyArn key, @Nullable KeyMetadata metadata) {
        if (metadata == null) {
            return KeyAnswer.of(Verdict.UNKNOWN, Source.DESCRIBE_KEY, "KMS described " + key + " without a word.");
        }
        KeyFacts.State state = KmsKeyDirectory.state(metadata);
        AccessEvidence evidence = AccessEvidence.of(
                Source.DESCRIBE_KEY, "KMS describes " + key + " as " + metadata.keyStateAsString() + ".", state);
        return new KeyAnswer(
                new GateVerdict(AccessGate.KMS, state.isUsable() ? Verdict.UNKNOWN : Verdict.DENIED, List.of(evidence)),
                true);
    }

    private static boolean isOutage(AwsServiceException answer, FailureKind kind) {
        return kind == FailureKind.KMS_THROTTLED
                || kind == FailureKind.KMS_UNAVAILABLE
                || answer.isThrottlingException()
                || answer.statusCode() >= SERVER_ERROR
                || answer.statusCode() == TOO_MANY_REQUESTS;
    }
}
