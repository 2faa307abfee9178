package dev.s3envelope.core.advice;

import dev.s3envelope.core.iam.PolicyType;
import dev.s3envelope.core.internal.JsonReader;
import dev.s3envelope.core.internal.JsonWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The statements that let a principal do a task, no more and no fewer.
 *
 * @param policies what to attach where; empty if nothing is needed, or nothing helps
 * @param notes what the advice rests on
 * @param obstacle why no policy can help, with what would; empty where the policies do
 */
public record PolicyAdvice(List<AdvisedPolicy> policies, List<String> notes, Optional<String> obstacle) {
    /** Copies the lists. */
    public PolicyAdvice {
        policies = List.copyOf(policies);
        notes = List.copyOf(notes);
    }

    /** The policies of one type. */
    public List<AdvisedPolicy> policies(PolicyType type) {
        return policies.stream().filter(policy -> policy.type() == type).toList();
    }

    /** What of this concerns KMS keys; the S3 gate is open already. */
    PolicyAdvice onlyKeys() {
        List<AdvisedPolicy> keys =
                policies.stream().flatMap(p -> p.onlyKeys().stream()).toList();
        return new PolicyAdvice(keys, notes, obstacle);
    }

    /** The advice for a person: each policy under a title, then the notes. */
    public String text() {
        StringBuilder out = new StringBuilder();
        obstacle.ifPresent(why -> out.append("No policy helps: ").append(why).append('\n'));
        for (AdvisedPolicy policy : policies) {
            out.append(policy.type().isResourceBased() ? "Add to the " : "Attach as ")
                    .append(policy.title());
            policy.account().ifPresent(id -> out.append(" (account ").append(id).append(')'));
            out.append(":\n").append(policy.json()).append("\n\n");
        }
        notes.forEach(note -> out.append("Note: ").append(note).append('\n'));
        return out.toString();
    }

    /** The advice for a program. */
    public String json() {
        return JsonWriter.write(toMap());
    }

    Map<String, Object> toMap() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("policies", policies.stream().map(PolicyAdvice::toMap).toList());
        all.put("notes", notes);
        obstacle.ifPresent(why -> all.put("obstacle", why));
        return all;
    }

    private static Map<String, Object> toMap(AdvisedPolicy policy) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put(
                "type",
                policy.type() == PolicyType.IDENTITY ? "identity" : policy.type() == PolicyType.KEY ? "key" : "bucket");
        one.put("attachTo", policy.attachTo());
        policy.account().ifPresent(account -> one.put("account", account));
        one.put("document", JsonReader.read(policy.json()));
        return one;
    }
}
