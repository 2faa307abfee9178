package dev.s3envelope.core.advice;

import dev.s3envelope.core.iam.PolicyDocument;
import dev.s3envelope.core.iam.PolicyType;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.policybuilder.iam.IamPolicy;
import software.amazon.awssdk.policybuilder.iam.IamPolicyWriter;
import software.amazon.awssdk.policybuilder.iam.IamStatement;

/**
 * Statements and where they go. A policy of a principal may be attached as it is; the statements for a bucket or key are added to the policy
 * there is.
 *
 * @param type {@link PolicyType#IDENTITY}, {@link PolicyType#BUCKET} or {@link PolicyType#KEY}
 * @param attachTo ARN of the principal, bucket or key
 * @param account the account whose administrator does it; empty if not known
 * @param policy the statements
 */
public record AdvisedPolicy(PolicyType type, String attachTo, Optional<String> account, IamPolicy policy) {
    private static final IamPolicyWriter WRITER =
            IamPolicyWriter.builder().prettyPrint(true).build();

    /** The policy as JSON, indented. */
    public String json() {
        return WRITER.writeToString(policy);
    }

    /** The policy as the evaluator reads it. */
    public PolicyDocument document() {
        return PolicyDocument.of(type, title(), policy);
    }

    /** The statements that are about KMS; empty if none is. */
    Optional<AdvisedPolicy> onlyKeys() {
        List<IamStatement> statements = policy.statements().stream()
                .filter(s -> s.actions().stream().allMatch(a -> a.value().startsWith("kms:")))
                .toList();
        return statements.isEmpty()
                ? Optional.empty()
                : Optional.of(new AdvisedPolicy(
                        type,
                        attachTo,
                        account,
                        IamPolicy.builder().statements(statements).build()));
    }

    /** What it is, in a few words. */
    public String title() {
        return switch (type) {
            case BUCKET -> "bucket policy of " + attachTo;
            case KEY -> "key policy of " + attachTo;
            default -> "identity policy of " + attachTo;
        };
    }
}
