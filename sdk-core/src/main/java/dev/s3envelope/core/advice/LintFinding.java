package dev.s3envelope.core.advice;

import dev.s3envelope.core.iam.StatementRef;
import java.util.Optional;

/**
 * One trap that was found.
 *
 * @param rule which
 * @param subject what has it: a key, a bucket, a principal at a bucket
 * @param statement the statement it points at, where one is at fault
 * @param explanation what is wrong here
 * @param remedy statements that put it right, where permissions are missing
 */
public record LintFinding(
        LintRule rule,
        String subject,
        Optional<StatementRef> statement,
        String explanation,
        Optional<PolicyAdvice> remedy) {
    static LintFinding of(LintRule rule, String subject, String explanation) {
        return new LintFinding(rule, subject, Optional.empty(), explanation, Optional.empty());
    }

    static LintFinding at(LintRule rule, String subject, StatementRef statement, String explanation) {
        return new LintFinding(rule, subject, Optional.of(statement), explanation, Optional.empty());
    }

    LintFinding withRemedy(PolicyAdvice advice) {
        return new LintFinding(rule, subject, statement, explanation, Optional.of(advice));
    }

    /** Where the statement is in its document, as a JSON path; empty where no statement is at fault. */
    public Optional<String> path() {
        return statement.map(ref -> "$.Statement[" + ref.index() + "]");
    }
}
