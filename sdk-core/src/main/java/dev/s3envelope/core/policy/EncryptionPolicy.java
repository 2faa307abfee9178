package dev.s3envelope.core.policy;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.internal.Text;
import dev.s3envelope.core.mode.EncryptionMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
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
        problem(this.rules).ifPresent(problem -> {
            throw new EnvelopeException(problem.why());
        });
    }

    /** What is wrong with the rules together; the index of the rule at fault, or -1. */
    record Problem(int index, String why) {}

    static Optional<Problem> problem(List<PolicyRule> rules) {
        if (rules.isEmpty()) {
            return Optional.of(
                    new Problem(-1, "A policy has at least one rule: the last one, which matches everything."));
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < rules.size(); i++) {
            PolicyRule rule = rules.get(i);
            boolean last = i == rules.size() - 1;
            boolean anything = rule.matcher().isAnything();
            if (!names.add(rule.name())) {
                return Optional.of(
                        new Problem(i, "Two rules are named " + Text.quote(rule.name()) + "; names are unique."));
            }
            if (last && !anything) {
                return Optional.of(new Problem(
                        i,
                        "The last rule, " + Text.quote(rule.name())
                                + ", must match everything: no object may be left without a decision."
                                + " Remove its conditions or add a rule."));
            }
            if (!last && anything) {
                return Optional.of(
                        new Problem(
                                i,
                                "Rule " + Text.quote(rule.name())
                                        + " matches everything but is not the last, so the rules after it could never decide."));
            }
        }
        return Optional.empty();
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

    /**
     * Reads the JSON form:
     *
     * <pre>{@code
     * {
     *   "version": 1,
     *   "rules": [
     *     {
     *       "name": "payroll",
     *       "match": {"bucket": "corp-*", "keyPrefix": ["payroll/", "hr/"], "size": {"max": 1048576}},
     *       "strength": "enforce",
     *       "mode": {
     *         "type": "sse-kms",
     *         "key": "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
     *         "bucketKey": "enabled",
     *         "context": {"department": "hr"}
     *       }
     *     },
     *     {"name": "backups", "match": {"tags": {"class": "backup"}}, "strength": "enforce",
     *      "mode": {"type": "sse-c", "keySource": "backup"}},
     *     {"name": "rest", "strength": "default", "mode": {"type": "sse-s3"}}
     *   ]
     * }
     * }</pre>
     *
     * <p>Conditions are {@code bucket}, {@code keyPrefix}, {@code keyPattern}, {@code contentType} (each a string or an array of
     * alternatives), {@code size} with {@code min} and {@code max}, {@code metadata} and {@code tags}; see {@link ObjectMatcher}.
     * Modes are {@code sse-s3}, {@code sse-kms}, {@code dsse-kms} (each with a {@code key}; {@code aws/s3} is the managed one),
     * {@code sse-c} and {@code bucket-default}. Fields that are not known are refused.
     *
     * @param json at most a million characters
     * @param sources the SSE-C key sources the text may name
     * @throws dev.s3envelope.core.PolicySyntaxException with line, column and path, if the text is not a policy
     */
    public static EncryptionPolicy fromJson(String json, KeySources sources) {
        return PolicyReader.read(json, "Policy", sources);
    }

    /**
     * Reads the JSON form from a UTF-8 file.
     *
     * @throws EnvelopeException if the file cannot be read; as {@link #fromJson} if it holds no policy
     */
    public static EncryptionPolicy load(Path file, KeySources sources) {
        String json;
        try {
            json = Files.readString(file);
        } catch (IOException e) {
            throw new EnvelopeException("Policy file " + file + " cannot be read as UTF-8 text: " + e + ".", e);
        }
        return PolicyReader.read(json, "Policy file " + file, sources);
    }

    /**
     * The JSON form: equal policies give the same text, and {@link #fromJson} with the same key sources gives an equal policy
     * back. SSE-C key sources are named, keys never written.
     */
    public String toJson() {
        return PolicyWriter.write(this);
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
        List<EncryptionMode> modes = new ArrayList<>();
        for (PolicyRule rule : rules) {
            if (rule.matcher().addressMismatch(bucket, key).isEmpty()) {
                if (!modes.contains(rule.mode())) {
                    modes.add(rule.mode());
                }
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
