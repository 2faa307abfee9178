package dev.s3envelope.local.internal.kms;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.s3envelope.local.internal.http.AwsError;
import dev.s3envelope.local.internal.iam.KeyAccess;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** The operations of KMS by name, all over one store. Thread-safe. */
final class KmsOperations {
    private final Map<String, Function<KmsCall, ObjectNode>> byName = new HashMap<>();
    private final KeyStore store;

    KmsOperations(KeyStore store, KeyAccess access, Duration grantPropagation) {
        this.store = store;
        KeyResolver keys = new KeyResolver(store);
        KmsGatekeeper gate = new KmsGatekeeper(access, store, grantPropagation);
        PolicyOperations policies = new PolicyOperations(store, keys, gate, access);
        byName.put("GetKeyPolicy", policies::getKeyPolicy);
        byName.put("PutKeyPolicy", policies::putKeyPolicy);
        byName.put("ListKeyPolicies", policies::listKeyPolicies);

        CryptoOperations crypto = new CryptoOperations(store, keys, gate);
        byName.put("Encrypt", crypto::encrypt);
        byName.put("Decrypt", crypto::decrypt);
        byName.put("ReEncrypt", crypto::reEncrypt);
        byName.put("GenerateDataKey", crypto::generateDataKey);
        byName.put("GenerateDataKeyWithoutPlaintext", crypto::generateDataKeyWithoutPlaintext);
        byName.put("GenerateRandom", crypto::generateRandom);

        MacOperations macs = new MacOperations(store, keys, gate);
        byName.put("GenerateMac", macs::generateMac);
        byName.put("VerifyMac", macs::verifyMac);

        KeyOperations lifecycle = new KeyOperations(store, keys, gate, policies);
        byName.put("CreateKey", lifecycle::createKey);
        byName.put("ReplicateKey", lifecycle::replicateKey);
        byName.put("DescribeKey", lifecycle::describeKey);
        byName.put("ListKeys", lifecycle::listKeys);
        byName.put("UpdateKeyDescription", lifecycle::updateKeyDescription);
        byName.put("EnableKey", lifecycle::enableKey);
        byName.put("DisableKey", lifecycle::disableKey);
        byName.put("ScheduleKeyDeletion", lifecycle::scheduleKeyDeletion);
        byName.put("CancelKeyDeletion", lifecycle::cancelKeyDeletion);

        AliasOperations aliases = new AliasOperations(store, keys, gate);
        byName.put("CreateAlias", aliases::createAlias);
        byName.put("UpdateAlias", aliases::updateAlias);
        byName.put("DeleteAlias", aliases::deleteAlias);
        byName.put("ListAliases", aliases::listAliases);

        GrantOperations grants = new GrantOperations(store, keys, gate);
        byName.put("CreateGrant", grants::createGrant);
        byName.put("ListGrants", grants::listGrants);
        byName.put("ListRetirableGrants", grants::listRetirableGrants);
        byName.put("RetireGrant", grants::retireGrant);
        byName.put("RevokeGrant", grants::revokeGrant);

        RotationOperations rotation = new RotationOperations(store, keys, gate);
        byName.put("EnableKeyRotation", rotation::enableKeyRotation);
        byName.put("DisableKeyRotation", rotation::disableKeyRotation);
        byName.put("GetKeyRotationStatus", rotation::getKeyRotationStatus);
        byName.put("RotateKeyOnDemand", rotation::rotateKeyOnDemand);
        byName.put("ListKeyRotations", rotation::listKeyRotations);

        TagOperations tags = new TagOperations(store, keys, gate);
        byName.put("TagResource", tags::tagResource);
        byName.put("UntagResource", tags::untagResource);
        byName.put("ListResourceTags", tags::listResourceTags);
    }

    KeyStore store() {
        return store;
    }

    ObjectNode serve(KmsCall call) {
        Function<KmsCall, ObjectNode> operation = byName.get(call.operation());
        if (operation == null) {
            throw new AwsError(
                    400, "UnknownOperationException", "This endpoint does not serve kms:" + call.operation() + ".");
        }
        return operation.apply(call);
    }
}
