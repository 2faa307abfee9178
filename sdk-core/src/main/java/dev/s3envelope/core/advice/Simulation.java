package dev.s3envelope.core.advice;

import dev.s3envelope.core.iam.AccessGate;
import dev.s3envelope.core.iam.Explanation;
import dev.s3envelope.core.iam.StatementRef;
import dev.s3envelope.core.iam.Verdict;
import dev.s3envelope.core.internal.JsonWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The outcome of simulating one request.
 *
 * @param request what was simulated
 * @param steps one entry for each action each gate was asked about, and one for each key that is out of use
 */
public record Simulation(AccessCase request, List<Step> steps) {
    /** Copies the list. */
    public Simulation {
        steps = List.copyOf(steps);
    }

    /**
     * One question and its answer.
     *
     * @param gate the gate
     * @param what the action, or what else was looked at
     * @param verdict the answer
     * @param reason the answer in a sentence; for a denial by policy in AWS's own words
     * @param explanation what became of every statement, where policies were evaluated
     */
    public record Step(
            AccessGate gate, String what, Verdict verdict, String reason, Optional<Explanation> explanation) {
        static Step of(AccessGate gate, Explanation explanation) {
            return new Step(
                    gate,
                    explanation.evaluation().request().action(),
                    explanation.evaluation().allowed() ? Verdict.ALLOWED : Verdict.DENIED,
                    explanation.evaluation().message(),
                    Optional.of(explanation));
        }

        static Step unknown(AccessGate gate, String what, String reason) {
            return new Step(gate, what, Verdict.UNKNOWN, reason, Optional.empty());
        }

        /** The statements the answer rests on. */
        public List<StatementRef> statements() {
            return explanation.map(e -> e.evaluation().evidence().statements()).orElse(List.of());
        }
    }

    /** Denied if any step is, else unknown if any is, else allowed. */
    public Verdict verdict() {
        return worst(steps.stream().map(Step::verdict).toList());
    }

    /** The verdict of one gate; allowed where it was not asked, since nothing there stands in the way. */
    public Verdict verdict(AccessGate gate) {
        return worst(steps.stream()
                .filter(step -> step.gate() == gate)
                .map(Step::verdict)
                .toList());
    }

    private static Verdict worst(List<Verdict> verdicts) {
        return verdicts.contains(Verdict.DENIED)
                ? Verdict.DENIED
                : verdicts.contains(Verdict.UNKNOWN) ? Verdict.UNKNOWN : Verdict.ALLOWED;
    }

    /**
     * The outcome for a person.
     *
     * @param statements whether to tell what became of every statement
     */
    public String text(boolean statements) {
        StringBuilder out = new StringBuilder();
        out.append(word(verdict())).append("  ").append(request).append('\n');
        for (Step step : steps) {
            out.append("  ")
                    .append(step.gate())
                    .append(' ')
                    .append(word(step.verdict()))
                    .append("  ");
            out.append(step.what()).append(": ").append(step.reason()).append('\n');
            step.explanation().ifPresent(e -> details(out, e, statements));
        }
        return out.toString();
    }

    private static void details(StringBuilder out, Explanation explanation, boolean statements) {
        explanation
                .evaluation()
                .evidence()
                .statements()
                .forEach(s -> out.append("      rests on ").append(s).append('\n'));
        explanation
                .evaluation()
                .evidence()
                .grantIds()
                .forEach(g -> out.append("      rests on grant ").append(g).append('\n'));
        if (statements) {
            explanation.statements().forEach(s -> out.append("      ").append(s).append('\n'));
            explanation.notes().forEach(n -> out.append("      ").append(n).append('\n'));
        }
    }

    /** The outcome for a program. */
    public String json() {
        return JsonWriter.write(toMap());
    }

    /** Several outcomes for a program. */
    public static String json(List<Simulation> simulations) {
        return JsonWriter.write(Map.of(
                "simulations", simulations.stream().map(Simulation::toMap).toList()));
    }

    private Map<String, Object> toMap() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("principal", request.principal());
        all.put("task", request.task().word());
        all.put("object", request.object().toString());
        all.put("verdict", word(verdict()));
        all.put("s3", word(verdict(AccessGate.S3)));
        all.put("kms", word(verdict(AccessGate.KMS)));
        all.put("steps", steps.stream().map(Simulation::toMap).toList());
        return all;
    }

    private static Map<String, Object> toMap(Step step) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("gate", step.gate().name());
        one.put("what", step.what());
        one.put("verdict", word(step.verdict()));
        one.put("reason", step.reason());
        step.explanation().ifPresent(e -> {
            one.put(
                    "restsOn",
                    e.evaluation().evidence().statements().stream()
                            .map(StatementRef::toString)
                            .toList());
            one.put("grants", e.evaluation().evidence().grantIds());
            one.put("statements", e.statements().stream().map(Object::toString).toList());
            one.put("notes", e.notes());
        });
        return one;
    }

    private static String word(Verdict verdict) {
        return verdict.name().toLowerCase(Locale.ROOT);
    }
}
