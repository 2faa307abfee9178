package dev.s3envelope.core.access;

import dev.s3envelope.core.advice.AdvisedPolicy;
import java.util.List;

/**
 * What would open the gates.
 *
 * @param steps what to do, in sentences; where a policy statement is no remedy, such as for a disabled key or an explicit deny, these are all there is
 * @param policies the smallest statements that open what is shut, in both accounts where two are involved; each account's administrator adds its own
 */
public record Remedy(List<String> steps, List<AdvisedPolicy> policies) {
    /** Copies the lists. */
    public Remedy {
        steps = List.copyOf(steps);
        policies = List.copyOf(policies);
    }

    /** Steps alone. */
    static Remedy of(String... steps) {
        return new Remedy(List.of(steps), List.of());
    }
}
