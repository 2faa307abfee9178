package dev.s3envelope.core.iam;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What every document says to one request, and the rules both gates share: an explicit deny anywhere wins; organization and endpoint
 * policies must allow; a boundary and session policies limit what a principal's own policies give.
 */
final class Findings {
    private final AccessRequest request;
    private final List<Scan> resourceControl;
    private final List<Scan> serviceControl;
    private final @Nullable Scan vpcEndpoint;
    private final Scan resource;
    private final Scan identity;
    private final @Nullable Scan boundary;
    private final @Nullable Scan session;
    private final List<String> grantIds = new ArrayList<>(0);

    Findings(AccessRequest request, GatePolicies policies) {
        this.request = request;
        Principal principal = request.principal();
        this.resourceControl = levels(Documents.resourceControl(policies), request);
        this.serviceControl = levels(Documents.serviceControl(principal, policies), request);
        this.vpcEndpoint = policies.vpcEndpoint().map(d -> Scan.of(d, request)).orElse(null);
        this.resource = Scan.of(policies.resource().orElse(null), request);
        this.identity = Scan.of(Documents.identity(principal, policies), request);
        this.boundary =
                principal.permissionsBoundary().map(d -> Scan.of(d, request)).orElse(null);
        this.session = principal.sessionPolicies().isEmpty() ? null : Scan.of(principal.sessionPolicies(), request);
    }

    private static List<Scan> levels(List<List<PolicyDocument>> levels, AccessRequest request) {
        if (levels.isEmpty()) {
            return List.of();
        }
        List<Scan> scans = new ArrayList<>(levels.size());
        for (List<PolicyDocument> level : levels) {
            scans.add(Scan.of(level, request));
        }
        return scans;
    }

    /** How closely the bucket or key policy's Allow statements name the principal. */
    PrincipalElement.Match resourceMatch() {
        return resource.match();
    }

    /** A denial that no other policy can change: any explicit deny, then organization and endpoint policies that do not allow. */
    @Nullable
    Evaluation overridingDenial() {
        Evaluation explicit = explicitDenial();
        if (explicit != null) {
            return explicit;
        }
        for (Scan level : resourceControl) {
            if (!level.allowed()) {
                return denied(PolicyType.RESOURCE_CONTROL);
            }
        }
        for (Scan level : serviceControl) {
            if (!level.allowed()) {
                return denied(PolicyType.SERVICE_CONTROL);
            }
        }
        return vpcEndpoint != null && !vpcEndpoint.allowed() ? denied(PolicyType.VPC_ENDPOINT) : null;
    }

    private @Nullable Evaluation explicitDenial() {
        for (Scan level : resourceControl) {
            if (level.deny() != null) {
                return explicitlyDenied(level.deny());
            }
        }
        for (Scan level : serviceControl) {
            if (level.deny() != null) {
                return explicitlyDenied(level.deny());
            }
        }
        if (vpcEndpoint != null && vpcEndpoint.deny() != null) {
            return explicitlyDenied(vpcEndpoint.deny());
        }
        if (resource.deny() != null) {
            return explicitlyDenied(resource.deny());
        }
        if (identity.deny() != null) {
            return explicitlyDenied(identity.deny());
        }
        if (boundary != null && boundary.deny() != null) {
            return explicitlyDenied(boundary.deny());
        }
        return session != null && session.deny() != null ? explicitlyDenied(session.deny()) : null;
    }

    /** Whether the principal's own policies allow; a root user needs none. */
    boolean identityAllows() {
        return identity.allowed() || request.principal().kind() == Principal.Kind.ROOT;
    }

    /** Allowed, unless the boundary or the session policies do not allow. */
    Evaluation allowedWithinLimits() {
        if (boundary != null && !boundary.allowed()) {
            return denied(PolicyType.PERMISSIONS_BOUNDARY);
        }
        return session != null && !session.allowed() ? denied(PolicyType.SESSION) : allowed();
    }

    Evaluation allowed() {
        return new Evaluation(request, Decision.ALLOWED, Optional.empty(), evidence());
    }

    /** Denied because nothing of this type allows. */
    Evaluation denied(PolicyType type) {
        DenialReason reason = new DenialReason(Decision.IMPLICITLY_DENIED, type, request.action());
        return new Evaluation(request, Decision.IMPLICITLY_DENIED, Optional.of(reason), evidence());
    }

    void addGrant(String id) {
        grantIds.add(id);
    }

    private Evaluation explicitlyDenied(StatementRef by) {
        DenialReason reason = new DenialReason(Decision.EXPLICITLY_DENIED, by.type(), request.action());
        return new Evaluation(
                request, Decision.EXPLICITLY_DENIED, Optional.of(reason), new Evidence(List.of(by), List.of()));
    }

    private Evidence evidence() {
        if (!resource.allowed() && !identity.allowed() && grantIds.isEmpty()) {
            return Evidence.NONE;
        }
        List<StatementRef> allows = new ArrayList<>(resource.allows());
        allows.addAll(identity.allows());
        return new Evidence(allows, grantIds);
    }
}
