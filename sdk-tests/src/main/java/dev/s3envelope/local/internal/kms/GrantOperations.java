package dev.s3envelope.local.internal.kms;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.s3envelope.local.internal.http.AwsError;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** CreateGrant, ListGrants, ListRetirableGrants, RetireGrant and RevokeGrant ("Grants in AWS KMS"). */
final class GrantOperations {
    private static final Set<String> OPERATIONS = Set.of(
            "Decrypt",
            "Encrypt",
            "GenerateDataKey",
            "GenerateDataKeyWithoutPlaintext",
            "ReEncryptFrom",
            "ReEncryptTo",
            "CreateGrant",
            "RetireGrant",
            "DescribeKey",
            "GenerateMac",
            "VerifyMac",
            "Sign",
            "Verify",
            "GetPublicKey",
            "GenerateDataKeyPair",
            "GenerateDataKeyPairWithoutPlaintext",
            "DeriveSharedSecret");
    private static final Set<String> MAC_ONLY = Set.of("GenerateMac", "VerifyMac");
    private static final Set<String> SYMMETRIC_ONLY = Set.of(
            "Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo");
    private static final Pattern PRINCIPAL = Pattern.compile(
            "arn:[a-z-]+:(iam::[0-9]{12}:(root|user/.+|role/.+|federated-user/.+)|sts::[0-9]{12}:(assumed-role|federated-user)/.+)");
    private static final int CONTEXT_PAIRS = 8;

    private final KeyStore store;
    private final KeyResolver keys;
    private final KmsGatekeeper gate;

    GrantOperations(KeyStore store, KeyResolver keys, KmsGatekeeper gate) {
        this.store = store;
        this.keys = keys;
        this.gate = gate;
    }

    ObjectNode createGrant(KmsCall call) {
        Parameters in = call.in();
        String grantee = principal(in.text("GranteePrincipal"), "granteePrincipal");
        @Nullable String retiring = in.optionalText("RetiringPrincipal");
        if (retiring != null) {
            principal(retiring, "retiringPrincipal");
        }
        List<String> operations = operations(in);
        String name = in.text("Name", "");
        @Nullable Parameters constraints = in.structure("Constraints");
        @Nullable Map<String, String> equal = context(constraints, "EncryptionContextEquals");
        @Nullable Map<String, String> subset = context(constraints, "EncryptionContextSubset");

        KmsKey key = keys.resolveKeyOnly(call, in.text("KeyId"));
        gate.require(call, "kms:CreateGrant", key, conditions(grantee, retiring, operations, equal, subset));
        requireFits(key, operations, equal != null || subset != null);
        key.state().requireUsable(key);
        call.endDryRun();

        Optional<KmsKey.Grant> same = name.isEmpty()
                ? Optional.empty()
                : key.grants().stream()
                        .filter(grant -> grant.name().equals(name)
                                && grant.granteePrincipal().equals(grantee)
                                && Objects.equals(grant.retiringPrincipal(), retiring)
                                && grant.operations().equals(operations)
                                && Objects.equals(grant.contextEquals(), equal)
                                && Objects.equals(grant.contextSubset(), subset))
                        .findFirst();
        KmsKey.Grant grant = same.orElseGet(() -> {
            KmsKey.Grant made = new KmsKey.Grant(
                    random(32, true),
                    random(96, false),
                    name,
                    grantee,
                    retiring,
                    operations,
                    equal,
                    subset,
                    call.account(),
                    store.now());
            key.grant(made);
            store.changed(key);
            return made;
        });
        return KeyOperations.empty().put("GrantId", grant.id()).put("GrantToken", grant.token());
    }

    private static Map<String, List<String>> conditions(
            String grantee,
            @Nullable String retiring,
            List<String> operations,
            @Nullable Map<String, String> equal,
            @Nullable Map<String, String> subset) {
        Map<String, List<String>> conditions = new LinkedHashMap<>();
        conditions.put("kms:GranteePrincipal", List.of(grantee));
        if (retiring != null) {
            conditions.put("kms:RetiringPrincipal", List.of(retiring));
        }
        conditions.put("kms:GrantOperations", operations);
        conditions.put("kms:GrantIsForAWSResource", List.of("false"));
        if (equal != null || subset != null) {
            conditions.put(
                    "kms:GrantConstraintType",
                    List.of(equal != null ? "EncryptionContextEquals" : "EncryptionContextSubset"));
        }
        return conditions;
    }

    private static List<String> operations(Parameters in) {
        List<String> operations = in.texts("Operations");
        if (operations.isEmpty()) {
            throw KmsErrors.missing("operations");
        }
        for (String operation : operations) {
            if (!OPERATIONS.contains(operation)) {
                throw KmsErrors.constraint(
                        operations.toString(), "operations", "Member must satisfy enum value set: " + OPERATIONS);
            }
        }
        return List.copyOf(operations);
    }

    private static void requireFits(KmsKey key, List<String> operations, boolean constrained) {
        for (String operation : operations) {
            boolean wrong = key.spec().hmac() ? SYMMETRIC_ONLY.contains(operation) : MAC_ONLY.contains(operation);
            if (wrong) {
                throw KmsErrors.validation(
                        "Grant operation " + operation + " is not supported by a key of spec " + key.spec() + ".");
            }
        }
        if (constrained && key.spec() != KeySpec.SYMMETRIC_DEFAULT) {
            throw KmsErrors.validation(
                    "Encryption context constraints are supported by symmetric encryption keys only.");
        }
    }

    private static @Nullable Map<String, String> context(@Nullable Parameters constraints, String name) {
        if (constraints == null || !constraints.has(name)) {
            return null;
        }
        Map<String, String> pairs = constraints.map(name);
        if (pairs.isEmpty() || pairs.size() > CONTEXT_PAIRS) {
            throw KmsErrors.validation(name + " must have between 1 and " + CONTEXT_PAIRS + " pairs.");
        }
        return Map.copyOf(pairs);
    }

    private static String principal(String arn, String member) {
        if (!PRINCIPAL.matcher(arn).matches()) {
            throw new AwsError(400, "InvalidArnException", "ARN does not refer to a valid principal: " + member);
        }
        return arn;
    }

    private String random(int bytes, boolean hex) {
        byte[] value = new byte[bytes];
        store.random().nextBytes(value);
        return hex ? HexFormat.of().formatHex(value) : Base64.getEncoder().encodeToString(value);
    }

    ObjectNode listGrants(KmsCall call) {
        Parameters in = call.in();
        KmsKey key = keys.resolveKeyOnly(call, in.text("KeyId"));
        gate.require(call, "kms:ListGrants", key);
        @Nullable String id = in.optionalText("GrantId");
        @Nullable String grantee = in.optionalText("GranteePrincipal");
        List<KmsKey.Grant> grants = key.grants().stream()
                .filter(grant -> id == null || id.equals(grant.id()))
                .filter(grant -> grantee == null || grantee.equals(grant.granteePrincipal()))
                .toList();
        return Pages.answer(in, "Grants", grants, 100, 50, grant -> render(key, grant));
    }

    ObjectNode listRetirableGrants(KmsCall call) {
        String retiring = call.in().text("RetiringPrincipal");
        gate.require(call, "kms:ListRetirableGrants");
        record Held(KmsKey key, KmsKey.Grant grant) {}
        List<Held> held = store.list(call.account(), call.region()).stream()
                .flatMap(key -> key.grants().stream().map(grant -> new Held(key, grant)))
                .filter(h -> retiring.equals(h.grant().retiringPrincipal()))
                .toList();
        return Pages.answer(call.in(), "Grants", held, 100, 50, h -> render(h.key(), h.grant()));
    }

    private static ObjectNode render(KmsKey key, KmsKey.Grant grant) {
        ObjectNode out = JsonNodeFactory.instance
                .objectNode()
                .put("KeyId", key.arn())
                .put("GrantId", grant.id())
                .put("Name", grant.name())
                .put("CreationDate", KeyMetadata.seconds(grant.created()))
                .put("GranteePrincipal", grant.granteePrincipal())
                .put(
                        "IssuingAccount",
                        "arn:" + Partitions.of(key.region()) + ":iam::" + grant.issuingAccount() + ":root");
        if (grant.retiringPrincipal() != null) {
            out.put("RetiringPrincipal", grant.retiringPrincipal());
        }
        out.set("Operations", KeyOperations.array(grant.operations()));
        if (grant.contextEquals() != null || grant.contextSubset() != null) {
            ObjectNode constraints = out.putObject("Constraints");
            put(constraints, "EncryptionContextEquals", grant.contextEquals());
            put(constraints, "EncryptionContextSubset", grant.contextSubset());
        }
        return out;
    }

    private static void put(ObjectNode out, String name, @Nullable Map<String, String> pairs) {
        if (pairs != null) {
            ObjectNode node = out.putObject(name);
            pairs.forEach(node::put);
        }
    }

    /**
     * Retiring is the right of the retiring principal, of the grantee if the grant says so, and of the account in which the grant was
     * made; others need kms:RetireGrant.
     */
    ObjectNode retireGrant(KmsCall call) {
        Parameters in = call.in();
        @Nullable String token = in.optionalText("GrantToken");
        KmsKey key;
        KmsKey.Grant grant;
        if (token != null) {
            if (in.has("KeyId") || in.has("GrantId")) {
                throw KmsErrors.validation("Specify either a grant token, or a key id and a grant id.");
            }
            key = keyOfToken(call, token);
            grant = find(key, g -> g.token().equals(token), "token");
        } else {
            key = keys.resolveKeyOnly(call, in.text("KeyId"));
            String id = in.text("GrantId");
            grant = find(key, g -> g.id().equals(id), id);
        }
        call.resource(key.arn());
        String caller = call.identity().namedArn();
        boolean entitled = caller.equals(grant.retiringPrincipal())
                || call.identity().arn().equals(grant.retiringPrincipal())
                || (grant.operations().contains("RetireGrant")
                        && (caller.equals(grant.granteePrincipal())
                                || call.identity().arn().equals(grant.granteePrincipal())))
                || (call.identity().root() && call.account().equals(grant.issuingAccount()));
        if (!entitled) {
            gate.require(call, "kms:RetireGrant", key);
        }
        call.endDryRun();
        key.revoke(grant.id());
        store.changed(key);
        return KeyOperations.empty();
    }

    private KmsKey keyOfToken(KmsCall call, String token) {
        return store.everywhere(call.region())
                .filter(key ->
                        key.grants().stream().anyMatch(grant -> grant.token().equals(token)))
                .findFirst()
                .orElseThrow(() -> new AwsError(400, "InvalidGrantTokenException", "Invalid grant token."));
    }

    private static KmsKey.Grant find(KmsKey key, Predicate<KmsKey.Grant> which, String id) {
        return key.grants().stream()
                .filter(which)
                .findFirst()
                .orElseThrow(() -> KmsErrors.notFound("Grant ID " + id + " not found"));
    }

    ObjectNode revokeGrant(KmsCall call) {
        KmsKey key = keys.resolveKeyOnly(call, call.in().text("KeyId"));
        String id = call.in().text("GrantId");
        gate.require(call, "kms:RevokeGrant", key, Map.of("kms:GrantIsForAWSResource", List.of("false")));
        find(key, grant -> grant.id().equals(id), id);
        call.endDryRun();
        key.revoke(id);
        store.changed(key);
        return KeyOperations.empty();
    }
}
