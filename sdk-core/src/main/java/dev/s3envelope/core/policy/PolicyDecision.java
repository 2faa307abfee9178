package dev.s3envelope.core.policy;

import dev.s3envelope.core.PolicyViolationException;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.mode.ServerSideMode;
import java.util.List;
import java.util.Optional;

/**
 * What a policy decided for one object, and why. Immutable.
 *
 * @param object the object as it was described
 * @param rule the rule that decided
 * @param index the rule's place in the policy, from 0
 * @param mode how the object is encrypted unless the request has a say; the rule's, or the same with its key resolved
 * @param trace each rule up to the one that decided, in order
 */
public record PolicyDecision(
        ObjectDescription object, PolicyRule rule, int index, EncryptionMode mode, List<RuleTrace> trace) {
    public PolicyDecision {
        trace = List.copyOf(trace);
    }

    /** Whether a request that says otherwise is refused. */
    public boolean enforced() {
        return rule.strength() == RuleStrength.ENFORCE;
    }

    /** The same decision with the mode in another form, for instance with its alias resolved to an ARN. */
    public PolicyDecision withMode(EncryptionMode resolved) {
        return new PolicyDecision(object, rule, index, resolved, trace);
    }

    /**
     * Puts the decision together with what the request itself says.
     *
     * <p>An override names a whole mode; headers speak only of the server-side mode, so they never remove client-side
     * encryption. Under an enforcing rule both must agree with the rule. Under a default rule the override replaces the mode, or
     * without one the headers replace the server-side mode beneath. Headers beside an override must agree with it.
     *
     * <p>To agree is: the same kind of mode and the same key as named ({@code aws:kms} without a key is aws/s3, nothing else); a
     * bucket key or context that only one side states is taken over, and where both state one it must be the same; for SSE-C,
     * the same key bytes for this object. Keys are compared as they are written: an alias agrees with an ARN only after it was
     * resolved, which {@code WriteGuard.decide} does.
     *
     * @param override the mode the request names through the SDK's override configuration
     * @param headers the mode its encryption fields amount to
     * @throws PolicyViolationException if the request says otherwise than the rule, or contradicts itself
     */
    public EncryptionMode reconcile(Optional<EncryptionMode> override, Optional<ServerSideMode> headers) {
        EncryptionMode agreed = override.map(asked -> enforced()
                        ? Agreement.of(mode, asked, object.address())
                                .orElseThrow(() -> violation("its override asks for " + asked))
                        : asked)
                .orElse(mode);
        if (headers.isEmpty()) {
            return agreed;
        }
        ServerSideMode asked = headers.get();
        if (!enforced() && override.isEmpty()) {
            return agreed.withServerSide(asked);
        }
        return Agreement.beneath(agreed.serverSide(), asked, object.address())
                .map(agreed::withServerSide)
                .orElseThrow(() -> enforced()
                        ? violation("its encryption fields ask for " + asked)
                        : new PolicyViolationException(
                                "The request for " + object.address() + " contradicts itself: its override"
                                        + " asks for " + override.get() + ", its encryption fields for " + asked
                                        + ". Remove one of them. Nothing was sent."));
    }

    private PolicyViolationException violation(String asked) {
        return new PolicyViolationException(
                "Rule \"" + rule.name() + "\" (number " + (index + 1) + " of the policy) enforces "
                        + mode + " for " + object.address() + ", but the request differs: " + asked
                        + ". Remove that from the request, or change the rule. Nothing was sent.");
    }

    /** The decision in words: the rule that decided, then each rule before it and why it did not match. */
    public String explain() {
        StringBuilder out = new StringBuilder()
                .append(object)
                .append(": rule \"")
                .append(rule.name())
                .append("\" (number ")
                .append(index + 1)
                .append(enforced() ? ") enforces " : ") gives by default ")
                .append(mode)
                .append('.');
        for (RuleTrace step : trace) {
            out.append('\n')
                    .append("  ")
                    .append(step.index() + 1)
                    .append(". ")
                    .append(step.rule())
                    .append(": ")
                    .append(step.mismatch().map(why -> "no match, " + why).orElse("match"));
        }
        return out.toString();
    }
}
