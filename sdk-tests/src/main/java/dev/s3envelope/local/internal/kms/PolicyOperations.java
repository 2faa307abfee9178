package dev.s3envelope.local.internal.kms;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.s3envelope.local.internal.http.AwsError;
import dev.s3envelope.local.internal.iam.KeyAccess;
import java.util.List;
import java.util.Map;

/** GetKeyPolicy, PutKeyPolicy and ListKeyPolicies. The only policy name is {@code default}. */
final class PolicyOperations {
    private static final String DEFAULT = "default";

    private final KeyStore store;
    private final KeyResolver keys;
    private final KmsGatekeeper gate;
    private final KeyAccess access;

    PolicyOperations(KeyStore store, KeyResolver keys, KmsGatekeeper gate, KeyAccess access) {
        this.store = store;
        this.keys = keys;
        this.gate = gate;
        this.access = access;
    }

    ObjectNode getKeyPolicy(KmsCall call) {
        requireDefaultName(call);
        KmsKey key = keys.resolveKeyOnly(call, call.in().text("KeyId"));
        gate.require(call, "kms:GetKeyPolicy", key);
        return KeyOperations.empty().put("Policy", key.policy()).put("PolicyName", DEFAULT);
    }

    ObjectNode putKeyPolicy(KmsCall call) {
        requireDefaultName(call);
        String policy = call.in().text("Policy");
        KmsKey key = keys.resolveKeyOnly(call, call.in().text("KeyId"));
        gate.require(
                call,
                "kms:PutKeyPolicy",
                key,
                Map.of(
                        "kms:BypassPolicyLockoutSafetyCheck",
                        List.of(String.valueOf(call.in().flag("BypassPolicyLockoutSafetyCheck")))));
        KeyOperations.requireCustomerManaged(key);
        check(call, key, policy);
        key.policy(policy);
        store.changed(key);
        return KeyOperations.empty();
    }

    ObjectNode listKeyPolicies(KmsCall call) {
        KmsKey key = keys.resolveKeyOnly(call, call.in().text("KeyId"));
        gate.require(call, "kms:ListKeyPolicies", key);
        ObjectNode out = KeyOperations.empty().put("Truncated", false);
        out.putArray("PolicyNames").add(DEFAULT);
        return out;
    }

    /**
     * Refuses a policy that cannot be read, and one that would lock its author out: unless bypassed, the caller must still be allowed to
     * put a key policy under it.
     */
    void check(KmsCall call, KmsKey key, String policy) {
        access.checkKeyPolicy(policy);
        if (!call.in().flag("BypassPolicyLockoutSafetyCheck")
                && !gate.decide(call, "kms:PutKeyPolicy", key, policy, Map.of()).allowed()) {
            throw KmsErrors.malformedPolicy(
                    "The new key policy will not allow you to update the key policy in the future.");
        }
    }

    private static void requireDefaultName(KmsCall call) {
        if (!call.in().text("PolicyName", DEFAULT).equals(DEFAULT)) {
            throw new AwsError(400, "NotFoundException", "No such policy exists");
        }
    }
}
