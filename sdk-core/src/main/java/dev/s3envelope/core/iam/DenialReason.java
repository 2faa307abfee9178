package dev.s3envelope.core.iam;

/**
 * Why a request was denied, in the grammar of AWS's access denied messages (IAM page "Troubleshoot access denied error messages").
 *
 * @param decision {@link Decision#EXPLICITLY_DENIED} or {@link Decision#IMPLICITLY_DENIED}
 * @param policy the type of the policy that denies, or that was needed and does not allow
 * @param action the action asked for
 */
public record DenialReason(Decision decision, PolicyType policy, String action) {
    public DenialReason {
        if (decision.isAllowed()) {
            throw new IllegalArgumentException("An allowed request has no denial reason");
        }
    }

    /** The clause AWS appends to its message, for example {@code because no identity-based policy allows the kms:Decrypt action}. */
    public String text() {
        if (decision == Decision.EXPLICITLY_DENIED) {
            return "with an explicit deny in " + (policy.isIdentityBased() ? "an " : "a ") + policy.phrase();
        }
        return "because no " + policy.phrase() + " allows the " + action + " action";
    }

    @Override
    public String toString() {
        return text();
    }
}
