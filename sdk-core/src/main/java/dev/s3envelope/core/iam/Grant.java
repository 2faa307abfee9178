package dev.s3envelope.core.iam;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A KMS grant as far as it decides access. Grants only allow; an explicit deny anywhere wins.
 *
 * @param id the grant's id
 * @param keyArn the ARN of the key it belongs to
 * @param granteePrincipal the ARN of the user, role, role session or account root, or the service's name, that may use the key
 * @param operations operations as KMS names them, for example {@code Decrypt}
 * @param encryptionContextEquals if not empty, the only encryption context the grant applies to, compared exactly
 * @param encryptionContextSubset if not empty, pairs the encryption context must contain, compared exactly
 */
public record Grant(
        String id,
        String keyArn,
        String granteePrincipal,
        Set<String> operations,
        Map<String, String> encryptionContextEquals,
        Map<String, String> encryptionContextSubset) {
    // KMS page "CreateGrant", GrantConstraints: they bind the cryptographic operations that take an encryption context.
    private static final Set<String> CONSTRAINED = Set.of(
            "Decrypt",
            "Encrypt",
            "GenerateDataKey",
            "GenerateDataKeyWithoutPlaintext",
            "GenerateDataKeyPair",
            "GenerateDataKeyPairWithoutPlaintext",
            "ReEncryptFrom",
            "ReEncryptTo");

    public Grant {
        operations = Set.copyOf(operations);
        encryptionContextEquals = Map.copyOf(encryptionContextEquals);
        encryptionContextSubset = Map.copyOf(encryptionContextSubset);
        if (operations.isEmpty()) {
            throw new IllegalArgumentException("A grant allows at least one operation");
        }
    }

    /** A grant without constraints. */
    public static Grant of(String id, String keyArn, String granteePrincipal, Set<String> operations) {
        return new Grant(id, keyArn, granteePrincipal, operations, Map.of(), Map.of());
    }

    /** How closely the grant names the principal if it applies to the request, else {@code NONE}. */
    PrincipalElement.Match match(AccessRequest request) {
        return mismatch(request).isEmpty() ? names(request.principal()) : PrincipalElement.Match.NONE;
    }

    /** What keeps the grant from applying, or an empty string. */
    String mismatch(AccessRequest request) {
        if (!request.service().equals("kms") || !keyArn.equals(request.resource())) {
            return "it is for key " + keyArn;
        }
        if (names(request.principal()) == PrincipalElement.Match.NONE) {
            return "its grantee is " + granteePrincipal;
        }
        String operation = request.action().substring(request.action().indexOf(':') + 1);
        if (!operations.contains(operation)) {
            return "its operations are " + new TreeSet<>(operations);
        }
        if (!CONSTRAINED.contains(operation)) {
            return "";
        }
        Map<String, String> context = request.encryptionContext();
        if (!encryptionContextEquals.isEmpty() && !encryptionContextEquals.equals(context)) {
            return "the encryption context has to equal " + new TreeMap<>(encryptionContextEquals);
        }
        if (!context.entrySet().containsAll(encryptionContextSubset.entrySet())) {
            return "the encryption context has to contain " + new TreeMap<>(encryptionContextSubset);
        }
        return "";
    }

    private PrincipalElement.Match names(Principal principal) {
        if (granteePrincipal.equals(principal.roleArn().orElse(null))) {
            return PrincipalElement.Match.ROLE;
        }
        return granteePrincipal.equals(principal.arn()) && principal.kind() != Principal.Kind.ANONYMOUS
                ? PrincipalElement.Match.ITSELF
                : PrincipalElement.Match.NONE;
    }
}
