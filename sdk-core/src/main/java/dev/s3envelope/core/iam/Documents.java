package dev.s3envelope.core.iam;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which of the documents given take part for a principal, in order of evaluation. */
final class Documents {
    private Documents() {}

    /** Resource control policies; they do not reach keys that AWS manages (KMS page "Resource control policies in AWS KMS"). */
    static List<List<PolicyDocument>> resourceControl(GatePolicies policies) {
        return policies.awsManagedKey() ? List.of() : policies.resourceControlLevels();
    }

    /** Service control policies; they bind accounts, so neither AWS services nor anonymous callers. */
    static List<List<PolicyDocument>> serviceControl(Principal principal, GatePolicies policies) {
        return principal.hasIdentityPolicies() ? policies.serviceControlLevels() : List.of();
    }

    static List<PolicyDocument> identity(Principal principal, GatePolicies policies) {
        return principal.hasIdentityPolicies() ? policies.identity() : List.of();
    }

    /** Every document that takes part. */
    static List<PolicyDocument> all(Principal principal, GatePolicies policies) {
        List<PolicyDocument> all = new ArrayList<>();
        resourceControl(policies).forEach(all::addAll);
        serviceControl(principal, policies).forEach(all::addAll);
        policies.vpcEndpoint().ifPresent(all::add);
        policies.resource().ifPresent(all::add);
        all.addAll(identity(principal, policies));
        principal.permissionsBoundary().ifPresent(all::add);
        all.addAll(principal.sessionPolicies());
        return all;
    }

    static List<StatementTrace> trace(AccessRequest request, GatePolicies policies) {
        List<StatementTrace> traces = new ArrayList<>();
        for (PolicyDocument document : all(request.principal(), policies)) {
            for (CompiledStatement statement : document.compiled()) {
                traces.add(new StatementTrace(statement.ref(), Optional.ofNullable(statement.mismatch(request))));
            }
        }
        return traces;
    }

    /** What was given and left out, and what else a reader should know. */
    static List<String> notes(AccessRequest request, GatePolicies policies) {
        List<String> notes = new ArrayList<>();
        Principal principal = request.principal();
        if (policies.awsManagedKey() && !policies.resourceControlLevels().isEmpty()) {
            notes.add("Resource control policies do not apply to a key managed by AWS");
        }
        if (!principal.hasIdentityPolicies()
                && !(policies.serviceControlLevels().isEmpty()
                        && policies.identity().isEmpty())) {
            notes.add("Identity-based and service control policies do not apply to " + principal);
        }
        if (policies.resource().isEmpty()) {
            notes.add("There is no resource-based policy");
        }
        if (principal.kind() == Principal.Kind.ROOT) {
            notes.add("The root user of an account needs no identity-based policy");
        }
        return notes;
    }
}
