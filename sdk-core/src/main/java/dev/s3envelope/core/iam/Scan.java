package dev.s3envelope.core.iam;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a group of documents says to a request: the first Deny that applies, the Allows that apply, and how closely the closest of
 * them names the principal.
 */
record Scan(@Nullable StatementRef deny, List<StatementRef> allows, PrincipalElement.Match match) {
    private static final Scan SILENT = new Scan(null, List.of(), PrincipalElement.Match.NONE);

    static Scan of(@Nullable PolicyDocument document, AccessRequest request) {
        return document == null ? SILENT : of(List.of(document), request);
    }

    static Scan of(List<PolicyDocument> documents, AccessRequest request) {
        StatementRef deny = null;
        List<StatementRef> allows = null;
        PrincipalElement.Match closest = PrincipalElement.Match.NONE;
        for (PolicyDocument document : documents) {
            for (CompiledStatement statement : document.compiled()) {
                PrincipalElement.Match match = statement.match(request);
                if (match == PrincipalElement.Match.NONE) {
                    continue;
                }
                if (statement.ref().effect() == Effect.DENY) {
                    deny = deny == null ? statement.ref() : deny;
                } else {
                    allows = allows == null ? new ArrayList<>(2) : allows;
                    allows.add(statement.ref());
                    closest = match.compareTo(closest) > 0 ? match : closest;
                }
            }
        }
        return deny == null && allows == null ? SILENT : new Scan(deny, allows == null ? List.of() : allows, closest);
    }

    boolean allowed() {
        return !allows.isEmpty();
    }
}
