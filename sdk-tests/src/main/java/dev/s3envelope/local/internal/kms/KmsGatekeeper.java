package dev.s3envelope.local.internal.kms;

import dev.s3envelope.core.iam.Grant;
import dev.s3envelope.core.iam.KmsGate;
import dev.s3envelope.local.internal.iam.AccessControl.Verdict;
import dev.s3envelope.local.internal.iam.KeyAccess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The KMS gate of one call: collects the condition keys of KMS ("Condition keys for AWS KMS"), leaves the decision to
 * {@link KeyAccess}, and words the refusal: in detail for callers of the key's account or organization, else without confirming that the
 * key exists.
 */
final class KmsGatekeeper {
    private final KeyAccess access;
    private final KeyStore store;
    private final Duration grantPropagation;

    KmsGatekeeper(KeyAccess access, KeyStore store, Duration grantPropagation) {
        this.access = access;
        this.store = store;
        this.grantPropagation = grantPropagation;
    }

    void require(KmsCall call, String action, KmsKey key) {
        require(call, action, key, Map.of());
    }

    void require(KmsCall call, String action, KmsKey key, Map<String, List<String>> conditions) {
        Verdict verdict = decide(call, action, key, conditions);
        if (!verdict.allowed()) {
            throw KmsErrors.accessDenied(detailed(call, key) ? verdict.message() : foreignDenial(call, action));
        }
    }

    /** The gate of a request that names no key, only a ciphertext. */
    void requireForCiphertext(KmsCall call, String action, KmsKey key) {
        Verdict verdict = decide(call, action, key, Map.of());
        if (!verdict.allowed()) {
            throw KmsErrors.accessDenied(detailed(call, key) ? verdict.message() : KmsErrors.OPAQUE_CIPHERTEXT);
        }
    }

    /** The gate of an action without a key, such as CreateKey or ListKeys: the caller's own policies. */
    void require(KmsCall call, String action) {
        require(call, action, "*", Map.of());
    }

    /** The gate of an action on something that is not a key: everything ({@code *}) or an alias. */
    void require(KmsCall call, String action, String resource, Map<String, List<String>> conditions) {
        Map<String, List<String>> all = new TreeMap<>(conditions);
        callConditions(call, all);
        Verdict verdict = access.decide(question(call, action, resource, null, Map.of(), all));
        call.evidence().addAll(verdict.evidence());
        if (!verdict.allowed()) {
            throw KmsErrors.accessDenied(verdict.message());
        }
    }

    Verdict decide(KmsCall call, String action, KmsKey key, Map<String, List<String>> conditions) {
        return decide(call, action, key, key.policy(), conditions);
    }

    /** Decides as if {@code policy} were the key's policy. */
    Verdict decide(KmsCall call, String action, KmsKey key, String policy, Map<String, List<String>> conditions) {
        if (!call.account().equals(key.account()) && !KmsGate.isCrossAccountAction(action)) {
            return new Verdict(
                    false, foreignDenial(call, action), List.of(action + " is not possible across accounts"));
        }
        Map<String, List<String>> all = new TreeMap<>(conditions);
        callConditions(call, all);
        keyConditions(call, key, all);
        KeyAccess.GuardedKey guarded = new KeyAccess.GuardedKey(
                key.arn(), key.account(), policy, key.awsManaged(), grantsInForce(call, action, key));
        Verdict verdict = access.decide(question(call, action, key.arn(), guarded, call.context(), all));
        call.evidence().addAll(verdict.evidence());
        return verdict;
    }

    private static KeyAccess.Question question(
            KmsCall call,
            String action,
            String resource,
            KeyAccess.@Nullable GuardedKey key,
            Map<String, String> context,
            Map<String, List<String>> conditions) {
        return new KeyAccess.Question(
                call.identity(),
                action,
                resource,
                key,
                context,
                conditions,
                call.region(),
                call.secure(),
                call.source(),
                call.viaService());
    }

    private List<Grant> grantsInForce(KmsCall call, String action, KmsKey key) {
        List<KmsKey.Grant> grants = key.grants();
        // A grant with RetireGrant lets its grantee retire that grant, which RetireGrant looks at itself, and no other.
        if (grants.isEmpty() || action.equals("kms:RetireGrant")) {
            return List.of();
        }
        List<String> tokens = call.in().texts("GrantTokens");
        List<Grant> inForce = new ArrayList<>();
        for (KmsKey.Grant grant : grants) {
            if (tokens.contains(grant.token())
                    || !store.now().isBefore(grant.created().plus(grantPropagation))) {
                inForce.add(new Grant(
                        grant.id(),
                        key.arn(),
                        grant.granteePrincipal(),
                        Set.copyOf(grant.operations()),
                        Objects.requireNonNullElse(grant.contextEquals(), Map.of()),
                        Objects.requireNonNullElse(grant.contextSubset(), Map.of())));
            }
        }
        return inForce;
    }

    private static void callConditions(KmsCall call, Map<String, List<String>> all) {
        all.put("kms:CallerAccount", List.of(call.account()));
        if (call.viaService() != null) {
            all.put("kms:ViaService", List.of(call.viaService()));
        }
    }

    private void keyConditions(KmsCall call, KmsKey key, Map<String, List<String>> all) {
        all.put("kms:KeyOrigin", List.of(key.facts().origin()));
        all.put("kms:KeySpec", List.of(key.spec().name()));
        all.put("kms:KeyUsage", List.of(key.usage()));
        all.put("kms:MultiRegion", List.of(String.valueOf(key.multiRegion())));
        if (key.multiRegion()) {
            all.put("kms:MultiRegionKeyType", List.of(key.primary() ? "PRIMARY" : "REPLICA"));
            all.put("kms:PrimaryRegion", List.of(String.valueOf(key.facts().primaryRegion())));
        }
        if (key.spec() == KeySpec.SYMMETRIC_DEFAULT) {
            all.put("kms:EncryptionAlgorithm", List.of("SYMMETRIC_DEFAULT"));
        }
        if (call.requestAlias() != null) {
            all.put("kms:RequestAlias", List.of(call.requestAlias()));
        }
        List<String> aliases = store.aliasNames(key);
        if (!aliases.isEmpty()) {
            all.put("kms:ResourceAliases", aliases);
        }
        key.tags().forEach((name, value) -> all.put("aws:ResourceTag/" + name, List.of(value)));
    }

    private boolean detailed(KmsCall call, KmsKey key) {
        return access.sameOrganization(call.account(), key.account());
    }

    /** What a caller of another account is told, whether the key exists or not. */
    static String foreignDenial(KmsCall call, String action) {
        return "User: " + call.identity().arn() + " is not authorized to perform: " + action
                + " on this resource because the resource does not exist in this Region, no resource-based policies allow"
                + " access, or a resource-based policy explicitly denies access";
    }
}
