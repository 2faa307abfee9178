package dev.s3envelope.core.advice;

import dev.s3envelope.core.internal.JsonWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What {@link PolicyLint} found.
 *
 * @param findings the findings, errors first, in the order of the rules
 */
public record LintReport(List<LintFinding> findings) {
    /** Copies the list. */
    public LintReport {
        findings = List.copyOf(findings);
    }

    /** The worst severity; empty if nothing was found. */
    public Optional<Severity> worst() {
        return findings.stream().map(f -> f.rule().severity()).max(Severity::compareTo);
    }

    /** The report for a person. */
    public String text() {
        StringBuilder out = new StringBuilder();
        for (LintFinding finding : findings) {
            out.append(finding.rule().severity().name().toLowerCase(Locale.ROOT))
                    .append(": ");
            out.append(finding.subject())
                    .append(" [")
                    .append(finding.rule().id())
                    .append("]\n");
            out.append("  ").append(finding.explanation()).append('\n');
            finding.statement()
                    .ifPresent(ref -> out.append("  at: ")
                            .append(ref)
                            .append(" (")
                            .append(finding.path().orElseThrow())
                            .append(")\n"));
            out.append("  fix: ").append(finding.rule().fix()).append('\n');
            finding.remedy()
                    .ifPresent(advice -> advice.text()
                            .lines()
                            .forEach(line -> out.append(line.isEmpty() ? "" : "    ")
                                    .append(line)
                                    .append('\n')));
        }
        long errors = findings.stream()
                .filter(f -> f.rule().severity() == Severity.ERROR)
                .count();
        out.append(
                findings.isEmpty()
                        ? "nothing found\n"
                        : errors + " errors, " + (findings.size() - errors) + " warnings\n");
        return out.toString();
    }

    /** The report for a program. */
    public String json() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("findings", findings.stream().map(LintReport::toMap).toList());
        return JsonWriter.write(all);
    }

    private static Map<String, Object> toMap(LintFinding finding) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("id", finding.rule().id());
        one.put("severity", finding.rule().severity().name().toLowerCase(Locale.ROOT));
        one.put("subject", finding.subject());
        one.put("explanation", finding.explanation());
        finding.statement().ifPresent(ref -> {
            Map<String, Object> at = new LinkedHashMap<>();
            at.put("document", ref.document());
            at.put("path", finding.path().orElseThrow());
            at.put("sid", ref.sid());
            one.put("statement", at);
        });
        one.put("fix", finding.rule().fix());
        one.put("source", finding.rule().source());
        finding.remedy().ifPresent(advice -> one.put("remedy", advice.toMap()));
        return one;
    }
}
