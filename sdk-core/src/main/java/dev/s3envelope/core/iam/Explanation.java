package dev.s3envelope.core.iam;

import java.util.List;

/**
 * An evaluation together with what became of every statement of every document that took part, in order of evaluation, and of
 * every grant.
 *
 * @param evaluation the same answer {@code evaluate} gives
 * @param statements one entry for each statement
 * @param notes sentences on what is not a statement: grants that did or did not apply, documents that were left out and why, rules
 *     that came into play
 */
public record Explanation(Evaluation evaluation, List<StatementTrace> statements, List<String> notes) {
    public Explanation {
        statements = List.copyOf(statements);
        notes = List.copyOf(notes);
    }

    /** The explanation as lines of text, for people. */
    public String text() {
        StringBuilder out = new StringBuilder(evaluation.message()).append('\n');
        evaluation
                .evidence()
                .statements()
                .forEach(s -> out.append("  rests on ").append(s).append('\n'));
        evaluation
                .evidence()
                .grantIds()
                .forEach(g -> out.append("  rests on grant ").append(g).append('\n'));
        statements.forEach(s -> out.append("  ").append(s).append('\n'));
        notes.forEach(n -> out.append("  ").append(n).append('\n'));
        return out.toString();
    }
}
