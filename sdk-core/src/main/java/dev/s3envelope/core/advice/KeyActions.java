package dev.s3envelope.core.advice;

import dev.s3envelope.core.iam.KmsGate;
import dev.s3envelope.core.iam.Principal;
import dev.s3envelope.core.mode.ContextScope;
import java.util.List;
import java.util.Optional;

/** Which KMS actions a use of a key takes. */
final class KeyActions {
    private KeyActions() {}

    /** Those of a task; across accounts only what KMS offers there. */
    static List<String> of(AccessTask task, KeyUse use, Principal principal) {
        List<String> actions = task.keyActions(use.route());
        boolean own = principal.account().equals(Optional.of(use.key().account().digits()));
        return own
                ? actions
                : actions.stream().filter(KmsGate::isCrossAccountAction).toList();
    }

    /**
     * Those on the key of replicas: Encrypt, and with a Bucket Key Decrypt too, by which S3 checks the Bucket Key before it uses it (S3 page
     * "Replicating encrypted objects", section "S3 Bucket Keys and replication").
     */
    static List<String> ofReplica(KeyUse use) {
        if (use.route() == KeyRoute.DIRECT) {
            return List.of();
        }
        return use.scope() == ContextScope.BUCKET ? List.of("kms:Encrypt", "kms:Decrypt") : List.of("kms:Encrypt");
    }
}
