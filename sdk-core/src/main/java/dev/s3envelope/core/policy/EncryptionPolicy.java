package dev.s3envelope.core.policy;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.internal.Text;
import dev.s3envelope.core.mode.EncryptionMode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The ordered rules that give each object its mode: the first rule that matches decides, and the last one matches everything,
 * so that there is always a decision. Immutable and safe for use by several threads.
 */
public final class EncryptionPolicy {
    private final List<PolicyRule> rules;

    private EncryptionPolicy(List<PolicyRule> rules) {
        this.rules = List.copyOf(rules);
        if (rules.isEmpty()) {
            throw new EnvelopeException("A policy has at least one rule: the last one, which matches everything.");
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < rules.size(); i++) {
            PolicyRule rule = rules.get(i);
            boolean last = i == rules.size() - 1;
            if (!names.add(rule.name())) {
                throw new EnvelopeException("Two rules are named " + Text.quote(rule.name()) + "; names are unique.");
            }
            if (last && !rule.matcher().isAnything()) {
                throw new EnvelopeException(
                        "The last rule, " + Text.quote(rule.name())
                                + ", must match everything: no object may be left without a decision. Remove its conditions or add a rule.");
            }
            if (!last && rule.matcher().isAnything()) {
                throw new EnvelopeException("Rule " + Text.quote(rule.name())
                        + " matches everything but is not the last, so the rules after it could never decide.");
            }
        }
    }

    /**
     * A policy of these rules, in this order.
     *
     * @throws EnvelopeException if there is none, two have one name, the last has conditions, or another has none
     */
    public static EncryptionPolicy of(List<PolicyRule> rules) {
        return new EncryptionPolicy(rules);
    }

    /** As {@link #of(List)}. */
    public static EncryptionPolicy of(PolicyRule... rules) {
        return of(List.of(rules));
    }

    /** One mode for every object whose request names none. */
    public static EncryptionPolicy always(EncryptionMode mode) {
        return of(PolicyRule.byDefault("default", ObjectMatcher.anything(), mode));
    }

    /** The rules in their order. */
    public List<PolicyRule> rules() {
        return rules;
    }

    /** The decision for an object that is about to be written. */
    public PolicyDecision decide(ObjectDescription object) {
        List<RuleTrace> trace = new ArrayList<>();
        for (int i = 0; ; i++) {
            PolicyRule rule = rules.get(i);
            Optional<String> mismatch = rule.matcher().mismatch(object);
            trace.add(new RuleTrace(i, rule.name(), mismatch));
            if (mismatch.isEmpty()) {
                return new PolicyDecision(object, rule, i, rule.mode(), trace);
            }
        }
    }

    /** The decision in words; see {@link PolicyDecision#explain}. */
    public String explain(ObjectDescription object) {
        return decide(object).explain();
    }

    /**
     * The modes objects at this address may have been given by this policy, without duplicates, in the order of the rules:
     * what a reader tries, for instance to find the source of an SSE-C key. It is what the rules say now: a request that
     * overrode a default rule, or an earlier policy, may have used another mode.
     */
    public List<EncryptionMode> possibleModes(String bucket, String key) {
        Set<EncryptionMode> modes = new LinkedHashSet<>();
        for (PolicyRule rule : rules) {
            if (rule.matcher().addressMismatch(bucket, key).isEmpty()) {
                modes.add(rule.mode());
                if (rule.matcher().needsOnlyTheAddress()) {
                    break;
                }
            }
        }
        return List.copyOf(modes);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EncryptionPolicy that && rules.equals(that.rules);
    }

    @Override
    public int hashCode() {
        return rules.hashCode();
    }

    @Override
    public String toString() {
        return "EncryptionPolicy" + rules;
    }
}
