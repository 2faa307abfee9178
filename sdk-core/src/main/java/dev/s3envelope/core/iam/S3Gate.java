package dev.s3envelope.core.iam;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The S3 gate: identity-based policies and the bucket policy.
 *
 * <p>In the account of the bucket either may allow; across accounts both must. A bucket policy that names the user or role session
 * itself is not limited by a permissions boundary or session policies; one that names the role, or everybody, is. One that names
 * the account only hands authority to the account, whose identity-based policies must then allow (IAM page "Policy evaluation
 * logic"). Access control lists are not looked at.
 */
public final class S3Gate implements Gate {
    private static final S3Gate INSTANCE = new S3Gate();

    private S3Gate() {}

    public static S3Gate create() {
        return INSTANCE;
    }

    @Override
    public Evaluation evaluate(AccessRequest request, GatePolicies policies) {
        Findings findings = new Findings(request, policies);
        Evaluation overriding = findings.overridingDenial();
        if (overriding != null) {
            return overriding;
        }
        PrincipalElement.Match bucket =
                isForeignObject(request) ? PrincipalElement.Match.NONE : findings.resourceMatch();
        if (!request.principal().hasIdentityPolicies()) {
            return bucket == PrincipalElement.Match.NONE ? findings.denied(PolicyType.BUCKET) : findings.allowed();
        }
        return isSameAccount(request) ? sameAccount(findings, bucket) : crossAccount(findings, bucket);
    }

    private static Evaluation sameAccount(Findings findings, PrincipalElement.Match bucket) {
        if (bucket == PrincipalElement.Match.ITSELF) {
            return findings.allowed();
        }
        boolean byBucket = bucket.compareTo(PrincipalElement.Match.EVERYONE) >= 0;
        return byBucket || findings.identityAllows()
                ? findings.allowedWithinLimits()
                : findings.denied(PolicyType.IDENTITY);
    }

    private static Evaluation crossAccount(Findings findings, PrincipalElement.Match bucket) {
        if (!findings.identityAllows()) {
            return findings.denied(PolicyType.IDENTITY);
        }
        return bucket == PrincipalElement.Match.NONE
                ? findings.denied(PolicyType.BUCKET)
                : findings.allowedWithinLimits();
    }

    /** An object another account owns is outside what the bucket's owner can allow. */
    private static boolean isForeignObject(AccessRequest request) {
        Optional<String> owner = request.objectOwner();
        return owner.isPresent() && !owner.equals(request.resourceAccount());
    }

    private static boolean isSameAccount(AccessRequest request) {
        @Nullable
        String owner = request.objectOwner().or(request::resourceAccount).orElse(null);
        return owner != null && owner.equals(request.principal().account().orElse(null));
    }

    @Override
    public Explanation explain(AccessRequest request, GatePolicies policies) {
        List<String> notes = new ArrayList<>(Documents.notes(request, policies));
        if (request.principal().hasIdentityPolicies()) {
            notes.add(
                    isSameAccount(request)
                            ? "Same account: an identity-based policy or the bucket policy must allow"
                            : "Cross-account: an identity-based policy and the bucket policy must allow");
        }
        if (isForeignObject(request)) {
            notes.add("The object belongs to account " + request.objectOwner().orElseThrow()
                    + ": the bucket policy can deny but not allow");
        }
        return new Explanation(evaluate(request, policies), Documents.trace(request, policies), notes);
    }
}
