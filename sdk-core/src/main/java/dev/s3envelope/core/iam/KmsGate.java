package dev.s3envelope.core.iam;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The KMS gate: the key policy, identity-based policies and grants.
 *
 * <p>In the key's account a key policy that names the principal (itself, its role, or everybody) is enough, and so is a grant; one that
 * names the account makes identity-based policies count; without that, what these allow is void while what they deny still binds. Across
 * accounts the key policy and an identity-based policy must both allow, or a grant, and only the operations KMS offers across accounts
 * are effective. Operations without a key, such as {@code kms:CreateKey}, and those on aliases are decided by identity-based
 * policies alone. Sources: KMS pages "Key policies in AWS KMS", "Allowing users in other accounts to use a KMS key", "Grants".
 */
public final class KmsGate implements Gate {
    private static final Set<String> CROSS_ACCOUNT = Set.of(
            "kms:creategrant",
            "kms:decrypt",
            "kms:derivesharedsecret",
            "kms:describekey",
            "kms:encrypt",
            "kms:generatedatakey",
            "kms:generatedatakeypair",
            "kms:generatedatakeypairwithoutplaintext",
            "kms:generatedatakeywithoutplaintext",
            "kms:generatemac",
            "kms:getkeyrotationstatus",
            "kms:getpublickey",
            "kms:listgrants",
            "kms:reencryptfrom",
            "kms:reencryptto",
            "kms:retiregrant",
            "kms:revokegrant",
            "kms:sign",
            "kms:verify",
            "kms:verifymac");

    private final CrossAccountGrants crossAccountGrants;

    private KmsGate(CrossAccountGrants crossAccountGrants) {
        this.crossAccountGrants = crossAccountGrants;
    }

    /** The gate with {@link CrossAccountGrants#SUFFICE}. */
    public static KmsGate create() {
        return create(CrossAccountGrants.SUFFICE);
    }

    public static KmsGate create(CrossAccountGrants crossAccountGrants) {
        return new KmsGate(crossAccountGrants);
    }

    /** Whether KMS lets principals of other accounts perform the action at all. */
    public static boolean isCrossAccountAction(String action) {
        return CROSS_ACCOUNT.contains(ContextKeys.fold(action));
    }

    @Override
    public Evaluation evaluate(AccessRequest request, GatePolicies policies) {
        Findings findings = new Findings(request, policies);
        Evaluation overriding = findings.overridingDenial();
        if (overriding != null) {
            return overriding;
        }
        PrincipalElement.Match grant = PrincipalElement.Match.NONE;
        for (Grant candidate : policies.grants()) {
            PrincipalElement.Match match = candidate.match(request);
            if (match != PrincipalElement.Match.NONE) {
                findings.addGrant(candidate.id());
                grant = closer(grant, match);
            }
        }
        PrincipalElement.Match key = findings.resourceMatch();
        if (!request.principal().hasIdentityPolicies()) {
            return closer(key, grant) == PrincipalElement.Match.NONE
                    ? findings.denied(PolicyType.KEY)
                    : findings.allowed();
        }
        if (!isAboutKey(request)) {
            return findings.identityAllows() ? findings.allowedWithinLimits() : findings.denied(PolicyType.IDENTITY);
        }
        return isSameAccount(request)
                ? sameAccount(findings, closer(key, grant))
                : crossAccount(request, findings, key, grant);
    }

    private static Evaluation sameAccount(Findings findings, PrincipalElement.Match closest) {
        return switch (closest) {
            case ITSELF -> findings.allowed();
            case ROLE, EVERYONE -> findings.allowedWithinLimits();
            case ACCOUNT ->
                findings.identityAllows() ? findings.allowedWithinLimits() : findings.denied(PolicyType.IDENTITY);
            case NONE -> findings.denied(PolicyType.KEY);
        };
    }

    private Evaluation crossAccount(
            AccessRequest request, Findings findings, PrincipalElement.Match key, PrincipalElement.Match grant) {
        boolean granted = grant != PrincipalElement.Match.NONE;
        if (!CROSS_ACCOUNT.contains(request.actionFolded()) || (key == PrincipalElement.Match.NONE && !granted)) {
            return findings.denied(PolicyType.KEY);
        }
        boolean suffices = granted && crossAccountGrants == CrossAccountGrants.SUFFICE;
        return suffices || findings.identityAllows()
                ? findings.allowedWithinLimits()
                : findings.denied(PolicyType.IDENTITY);
    }

    private static PrincipalElement.Match closer(PrincipalElement.Match a, PrincipalElement.Match b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    private static boolean isAboutKey(AccessRequest request) {
        return request.resource().contains(":key/");
    }

    private static boolean isSameAccount(AccessRequest request) {
        @Nullable String owner = request.resourceAccount().orElse(null);
        return owner != null && owner.equals(request.principal().account().orElse(null));
    }

    @Override
    public Explanation explain(AccessRequest request, GatePolicies policies) {
        List<String> notes = new ArrayList<>(Documents.notes(request, policies));
        if (!isAboutKey(request)) {
            notes.add("No key is involved: identity-based policies decide");
        } else if (request.principal().hasIdentityPolicies()) {
            notes.add(isSameAccount(request) ? sameAccountNote(request, policies) : crossAccountNote(request));
        }
        for (Grant grant : policies.grants()) {
            String mismatch = grant.mismatch(request);
            notes.add("Grant " + grant.id() + (mismatch.isEmpty() ? " applies" : " does not apply: " + mismatch));
        }
        return new Explanation(evaluate(request, policies), Documents.trace(request, policies), notes);
    }

    private static String sameAccountNote(AccessRequest request, GatePolicies policies) {
        return switch (Scan.of(policies.resource().orElse(null), request).match()) {
            case NONE ->
                "The key policy does not allow: what identity-based policies allow is void, what they deny binds";
            case ACCOUNT -> "The key policy leaves this action to the account: identity-based policies decide";
            case EVERYONE, ROLE, ITSELF -> "The key policy allows the principal directly";
        };
    }

    private static String crossAccountNote(AccessRequest request) {
        return CROSS_ACCOUNT.contains(request.actionFolded())
                ? "Cross-account: the key policy and an identity-based policy must allow, or a grant"
                : "KMS does not offer " + request.action() + " across accounts, whatever the policies say";
    }
}
