package dev.s3envelope.core.advice;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds the traps of S3 with KMS in given documents; {@link LintRule} lists them. Pure, and silent about what the documents do not hold: no finding is no
 * proof. Where permissions are judged, the evaluator judges them, with the encryption context and {@code kms:ViaService} S3 would present.
 */
public final class PolicyLint {
    private PolicyLint() {}

    /** Looks for every trap. */
    public static LintReport check(AccessDocuments documents) {
        Set<LintFinding> found = new LinkedHashSet<>();
        new KeyChecks(documents, found::add).run();
        new StatementChecks(documents, found::add).run();
        new BucketChecks(documents, found::add).run();
        new PermissionChecks(documents, found::add).run();
        new ReplicationChecks(documents, found::add).run();
        List<LintFinding> sorted = new ArrayList<>(found);
        sorted.sort(Comparator.comparing((LintFinding f) -> f.rule().severity())
                .reversed()
                .thenComparing(LintFinding::rule));
        return new LintReport(sorted);
    }
}
