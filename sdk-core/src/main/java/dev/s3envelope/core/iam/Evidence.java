package dev.s3envelope.core.iam;

import java.util.List;

/**
 * What a decision rests on.
 *
 * @param statements for a denial by Deny, the one statement that denied; otherwise the Allow statements that applied, which for an
 *     implicit denial were not enough
 * @param grantIds ids of the KMS grants that applied
 */
public record Evidence(List<StatementRef> statements, List<String> grantIds) {
    static final Evidence NONE = new Evidence(List.of(), List.of());

    public Evidence {
        statements = List.copyOf(statements);
        grantIds = List.copyOf(grantIds);
    }
}
