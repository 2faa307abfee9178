package dev.s3envelope.core.access;

import dev.s3envelope.core.guard.KeyFacts;
import dev.s3envelope.core.iam.DenialReason;
import java.util.Optional;

/**
 * What an error says, and nothing beyond it.
 *
 * @param error the error
 * @param kind what it means
 * @param s3 what it says of the S3 gate
 * @param kms what it says of the KMS gate
 * @param principal the ARN of the principal the message names
 * @param action the action the message names, such as {@code kms:Decrypt}
 * @param resource the resource the message names
 * @param reason why, where the message says so in words that are known
 * @param keyState the state of the key, where the message says so
 */
public record ClassifiedFailure(
        ServiceError error,
        FailureKind kind,
        GateVerdict s3,
        GateVerdict kms,
        Optional<String> principal,
        Optional<String> action,
        Optional<String> resource,
        Optional<DenialReason> reason,
        Optional<KeyFacts.State> keyState) {}
