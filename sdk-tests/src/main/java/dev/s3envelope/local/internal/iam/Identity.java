package dev.s3envelope.local.internal.iam;

import dev.s3envelope.core.iam.PolicyDocument;
import dev.s3envelope.core.iam.Principal;
import java.util.List;

/**
 * A caller at the moment of a request: the principal with what limits it (boundary, session policies), and its identity-based policies.
 * Made anew for each request, so that a changed policy counts at once.
 */
public record Identity(Principal principal, List<PolicyDocument> policies) {
    public Identity {
        policies = List.copyOf(policies);
    }

    /** The ARN in error messages and events: of the session for an assumed role. */
    public String arn() {
        return principal.arn();
    }

    public String accountId() {
        return principal.account().orElseThrow();
    }

    /** The unique id that GetCallerIdentity answers. */
    public String userId() {
        return principal.userId().orElseThrow();
    }

    /** The ARN that policies and grants usually name: of the role for a session. */
    public String namedArn() {
        return principal.roleArn().orElse(principal.arn());
    }

    public boolean root() {
        return principal.kind() == Principal.Kind.ROOT;
    }
}
