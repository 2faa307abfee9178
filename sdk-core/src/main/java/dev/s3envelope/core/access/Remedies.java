package dev.s3envelope.core.access;

import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.guard.KeyFacts;
import dev.s3envelope.core.iam.Decision;
import dev.s3envelope.core.iam.DenialReason;
import java.util.Optional;

/** What opens a gate, by what keeps it shut. */
final class Remedies {
    private Remedies() {}

    static Remedy of(AccessReport report) {
        return switch (report.kind()) {
            case S3_DENIED, KMS_DENIED -> ofDenial(report);
            case DENIED_UNATTRIBUTED -> RemedyPolicies.candidates(report);
            case KEY_DISABLED -> Remedy.of("Enable " + key(report) + " (kms:EnableKey)" + owner(report) + ".");
            case KEY_NOT_USABLE -> ofState(report);
            case KEY_NOT_FOUND ->
                Remedy.of("Check the ARN of " + key(report)
                        + ": S3 needs a key of the bucket's Region, and a key that was deleted does not come back. An alias or bare key id is looked up in the"
                        + " caller's account.");
            case KEY_UNSUITABLE -> Remedy.of("Use a symmetric encryption key; S3 takes no other.");
            case WRAPPED_KEY_MISMATCH ->
                Remedy.of("Ask with the key and the encryption context the data key was wrapped under.");
            case KMS_THROTTLED ->
                Remedy.of(
                        "Try again later. To ask KMS less: Bucket Keys for SSE-KMS, a data-key cache for client-side encryption; or ask AWS for a"
                                + " higher quota of KMS requests in this account and Region.");
            case KMS_UNAVAILABLE -> Remedy.of("Try again.");
            case CUSTOMER_KEY_NEEDED -> Remedy.of("Send the SSE-C key the object was written with.");
            case CUSTOMER_KEY_WRONG -> Remedy.of("Send the SSE-C key the object was written with; this is another.");
            case CUSTOMER_KEY_NOT_WANTED -> Remedy.of("Send no SSE-C key: the object has another mode.");
            case CUSTOMER_KEYS_BLOCKED ->
                Remedy.of(
                        "Write under another mode, or let the owner of the bucket take SSE-C off its blocked encryption types"
                                + " (s3:PutEncryptionConfiguration).");
            case HEAD_REJECTED ->
                Remedy.of("Read the object with GetObject, whose error has a text. If it is SSE-C, send its key.");
            case PASSED, UNRELATED -> Remedy.of();
        };
    }

    private static Remedy ofDenial(AccessReport report) {
        Optional<DenialReason> reason = report.reason();
        if (reason.filter(why -> why.decision() == Decision.EXPLICITLY_DENIED).isPresent()) {
            return Remedy.of(
                    "An explicit deny in a " + reason.get().policy().phrase()
                            + " wins over every allow. Change the statement that denies, or ask in a way its conditions let pass.");
        }
        if (reason.filter(why -> !canGrant(why)).isPresent()) {
            return Remedy.of("The " + reason.get().policy().phrase() + " must allow "
                    + reason.get().action() + " too: it limits what other policies can give.");
        }
        return RemedyPolicies.missing(report);
    }

    private static boolean canGrant(DenialReason reason) {
        return reason.policy().isIdentityBased() || reason.policy().isResourceBased();
    }

    private static Remedy ofState(AccessReport report) {
        KeyFacts.State state = report.keyState().orElse(KeyFacts.State.UNKNOWN);
        return switch (state) {
            case PENDING_DELETION, PENDING_REPLICA_DELETION ->
                Remedy.of("Cancel the deletion of " + key(report)
                        + " (kms:CancelKeyDeletion), then enable it (kms:EnableKey)" + owner(report)
                        + ". When it is deleted, everything under it is lost.");
            case PENDING_IMPORT ->
                Remedy.of("Import the key material of " + key(report) + " (kms:ImportKeyMaterial)" + owner(report)
                        + ". It may have expired.");
            case UNAVAILABLE -> Remedy.of("Reconnect the custom key store of " + key(report) + owner(report) + ".");
            default -> Remedy.of("See what state " + key(report) + " is in (kms:DescribeKey)" + owner(report) + ".");
        };
    }

    private static String key(AccessReport report) {
        return report.key().map(key -> "key " + key).orElse("the key");
    }

    private static String owner(AccessReport report) {
        return report.key().map(KeyArn::account).map(id -> " in account " + id).orElse("");
    }
}
