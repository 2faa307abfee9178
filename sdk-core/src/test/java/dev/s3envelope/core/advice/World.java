package dev.s3envelope.core.advice;

import dev.s3envelope.core.iam.AccessRequest;
import dev.s3envelope.core.iam.Evaluation;
import dev.s3envelope.core.iam.GatePolicies;
import dev.s3envelope.core.iam.KmsGate;
import dev.s3envelope.core.iam.PolicyDocument;
import dev.s3envelope.core.iam.PolicyType;
import dev.s3envelope.core.iam.S3Gate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import software.amazon.awssdk.policybuilder.iam.IamEffect;
import software.amazon.awssdk.policybuilder.iam.IamPolicy;
import software.amazon.awssdk.policybuilder.iam.IamPrincipalType;
import software.amazon.awssdk.policybuilder.iam.IamStatement;

/**
 * Accounts in which nothing is allowed but what advice adds: a user without policies, buckets without policies, and keys whose policy
 * delegates to the account, or names only an administrator. For tests only.
 */
final class World {
    private final List<AdvisedPolicy> policies;
    private final boolean keysDelegate;

    World(List<AdvisedPolicy> policies, boolean keysDelegate) {
        this.policies = policies;
        this.keysDelegate = keysDelegate;
    }

    Evaluation ask(AccessRequest request) {
        GatePolicies.Builder gate = GatePolicies.builder()
                .identity(of(PolicyType.IDENTITY, request.principal().arn())
                        .map(AdvisedPolicy::document)
                        .toList());
        if (request.service().equals("kms")) {
            return KmsGate.create()
                    .evaluate(request, gate.resource(keyPolicy(request)).build());
        }
        int slash = request.resource().indexOf('/');
        String bucket = slash < 0 ? request.resource() : request.resource().substring(0, slash);
        of(PolicyType.BUCKET, bucket).map(AdvisedPolicy::document).forEach(gate::resource);
        return S3Gate.create().evaluate(request, gate.build());
    }

    private PolicyDocument keyPolicy(AccessRequest request) {
        List<IamStatement> statements = new ArrayList<>();
        String account = request.resourceAccount().orElseThrow();
        statements.add(IamStatement.builder()
                .effect(IamEffect.ALLOW)
                .addPrincipal(
                        IamPrincipalType.AWS, "arn:aws:iam::" + account + (keysDelegate ? ":root" : ":role/key-admin"))
                .addAction("kms:*")
                .addResource("*")
                .build());
        of(PolicyType.KEY, request.resource())
                .forEach(p -> statements.addAll(p.policy().statements()));
        return PolicyDocument.of(
                PolicyType.KEY,
                "key policy",
                IamPolicy.builder().statements(statements).build());
    }

    private Stream<AdvisedPolicy> of(PolicyType type, String attachTo) {
        return policies.stream().filter(p -> p.type() == type && p.attachTo().equals(attachTo));
    }

    /** Every way to take one action of one statement away, the statement with its last action. */
    static List<List<AdvisedPolicy>> withoutOneAction(List<AdvisedPolicy> policies) {
        List<List<AdvisedPolicy>> all = new ArrayList<>();
        for (int p = 0; p < policies.size(); p++) {
            List<IamStatement> statements = policies.get(p).policy().statements();
            for (int s = 0; s < statements.size(); s++) {
                for (int a = 0; a < statements.get(s).actions().size(); a++) {
                    all.add(without(policies, p, s, a));
                }
            }
        }
        return all;
    }

    private static List<AdvisedPolicy> without(List<AdvisedPolicy> policies, int p, int s, int a) {
        AdvisedPolicy policy = policies.get(p);
        List<IamStatement> statements = new ArrayList<>(policy.policy().statements());
        IamStatement statement = statements.get(s);
        var actions = new ArrayList<>(statement.actions());
        actions.remove(a);
        if (actions.isEmpty()) {
            statements.remove(s);
        } else {
            statements.set(s, statement.copy(b -> b.actions(actions)));
        }
        List<AdvisedPolicy> rest = new ArrayList<>(policies);
        if (statements.isEmpty()) {
            rest.remove(p);
        } else {
            rest.set(
                    p,
                    new AdvisedPolicy(
                            policy.type(),
                            policy.attachTo(),
                            policy.account(),
                            IamPolicy.builder().statements(statements).build()));
        }
        return rest;
    }
}
