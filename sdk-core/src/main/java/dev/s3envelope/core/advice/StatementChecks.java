package dev.s3envelope.core.advice;

import dev.s3envelope.core.advice.AccessDocuments.OfKey;
import dev.s3envelope.core.advice.AccessDocuments.OfPrincipal;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.iam.AccessRequest;
import dev.s3envelope.core.iam.GatePolicies;
import dev.s3envelope.core.iam.KmsGate;
import dev.s3envelope.core.iam.PolicyDocument;
import dev.s3envelope.core.iam.PolicyType;
import dev.s3envelope.core.iam.Principal;
import dev.s3envelope.core.iam.Wildcards;
import java.util.List;
import java.util.function.Consumer;
import software.amazon.awssdk.policybuilder.iam.IamEffect;
import software.amazon.awssdk.policybuilder.iam.IamPolicy;
import software.amazon.awssdk.policybuilder.iam.IamResource;
import software.amazon.awssdk.policybuilder.iam.IamStatement;

/** Statements that allow nothing: identity policies no key policy backs, and aliases in place of keys. */
final class StatementChecks {
    private static final List<String> DATA_ACTIONS = List.of("kms:Decrypt", "kms:GenerateDataKey", "kms:Encrypt");
    private static final PolicyDocument ALL_OF_KMS = PolicyDocument.of(
            PolicyType.IDENTITY,
            "all of KMS",
            IamPolicy.builder()
                    .addStatement(IamStatement.builder()
                            .effect(IamEffect.ALLOW)
                            .addAction("kms:*")
                            .addResource("*")
                            .build())
                    .build());

    private final AccessDocuments documents;
    private final Consumer<LintFinding> found;

    StatementChecks(AccessDocuments documents, Consumer<LintFinding> found) {
        this.documents = documents;
        this.found = found;
    }

    void run() {
        for (OfPrincipal principal : documents.principals()) {
            for (PolicyDocument policy : principal.identity()) {
                aliases(principal.principal().arn(), policy);
                for (int i = 0; i < policy.policy().statements().size(); i++) {
                    withoutKeyPolicy(principal.principal(), policy, i);
                }
            }
        }
    }

    private void aliases(String subject, PolicyDocument policy) {
        for (int i = 0; i < policy.policy().statements().size(); i++) {
            IamStatement statement = policy.policy().statements().get(i);
            boolean onlyAliases = !statement.resources().isEmpty()
                    && statement.resources().stream().allMatch(r -> r.value().contains(":alias/"));
            if (Audience.isAllow(statement)
                    && onlyAliases
                    && !dataActions(statement).isEmpty()) {
                found.accept(LintFinding.at(
                        LintRule.ALIAS_AS_RESOURCE,
                        subject,
                        policy.statements().get(i),
                        dataActions(statement) + " on "
                                + statement.resources().stream()
                                        .map(IamResource::value)
                                        .toList()
                                + " allows no use of the key the alias points to"));
            }
        }
    }

    private static List<String> dataActions(IamStatement statement) {
        return DATA_ACTIONS.stream().filter(a -> Audience.covers(statement, a)).toList();
    }

    private void withoutKeyPolicy(Principal principal, PolicyDocument policy, int index) {
        IamStatement statement = policy.policy().statements().get(index);
        if (!Audience.isAllow(statement)) {
            return;
        }
        for (OfKey key : documents.keys()) {
            if (key.policy().isEmpty() || key.isAwsManaged() || !names(statement, key.arn())) {
                continue;
            }
            List<String> barred = dataActions(statement).stream()
                    .filter(action -> barred(principal, action, key))
                    .toList();
            if (!barred.isEmpty()) {
                found.accept(LintFinding.at(
                        LintRule.IAM_ALLOW_WITHOUT_KEY_POLICY,
                        principal + " at key " + key.arn(),
                        policy.statements().get(index),
                        "the statement allows " + barred + ", but no statement of the key policy and no grant names "
                                + principal + " or its account for it"));
            }
        }
    }

    /** Whether the statement means this key, rather than all there are. */
    private static boolean names(IamStatement statement, KeyArn key) {
        return statement.resources().stream()
                .map(IamResource::value)
                .anyMatch(r -> Wildcards.matches(r, key.text()) && !r.endsWith("*"));
    }

    /** Whether the key policy keeps the principal out even if all its conditions held and the principal's own policies allowed all. */
    private static boolean barred(Principal principal, String action, OfKey key) {
        GatePolicies policies = GatePolicies.builder()
                .identity(ALL_OF_KMS)
                .resource(withoutConditions(key.policy().orElseThrow()))
                .grants(key.grants())
                .build();
        AccessRequest request = AccessRequest.builder(
                        principal, action, key.arn().text())
                .resourceAccount(key.arn().account().digits())
                .build();
        boolean granted = key.grants().stream()
                .anyMatch(g -> g.operations().contains(action.substring("kms:".length()))
                        && (g.granteePrincipal().equals(principal.arn())
                                || g.granteePrincipal()
                                        .equals(principal.roleArn().orElse(""))));
        return !granted && !KmsGate.create().evaluate(request, policies).allowed();
    }

    private static PolicyDocument withoutConditions(PolicyDocument policy) {
        List<IamStatement> allows = policy.policy().statements().stream()
                .filter(Audience::isAllow)
                .map(s -> s.copy(b -> b.conditions(List.of())))
                .toList();
        return allows.isEmpty()
                ? policy
                : PolicyDocument.of(
                        policy.type(),
                        policy.name(),
                        IamPolicy.builder().statements(allows).build());
    }
}
