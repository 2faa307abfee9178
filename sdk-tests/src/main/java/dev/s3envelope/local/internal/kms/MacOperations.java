package dev.s3envelope.local.internal.kms;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.s3envelope.local.internal.http.AwsError;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** GenerateMac and VerifyMac, with HMAC keys. */
final class MacOperations {
    private static final int MESSAGE_LIMIT = 4096;
    private static final int MAC_LIMIT = 6144;
    private static final List<String> ALGORITHMS =
            List.of("HMAC_SHA_224", "HMAC_SHA_256", "HMAC_SHA_384", "HMAC_SHA_512");

    private final KeyStore store;
    private final KeyResolver keys;
    private final KmsGatekeeper gate;

    MacOperations(KeyStore store, KeyResolver keys, KmsGatekeeper gate) {
        this.store = store;
        this.keys = keys;
        this.gate = gate;
    }

    ObjectNode generateMac(KmsCall call) {
        byte[] message = call.in().blob("Message", MESSAGE_LIMIT);
        KmsKey key = authorize(call);
        call.endDryRun();
        return answer(call, key).put("Mac", Base64.getEncoder().encodeToString(mac(key, message)));
    }

    ObjectNode verifyMac(KmsCall call) {
        byte[] message = call.in().blob("Message", MESSAGE_LIMIT);
        byte[] mac = call.in().blob("Mac", MAC_LIMIT);
        KmsKey key = authorize(call);
        if (!MessageDigest.isEqual(mac, mac(key, message))) {
            throw new AwsError(400, "KMSInvalidMacException", "");
        }
        call.endDryRun();
        return answer(call, key).put("MacValid", true);
    }

    private byte[] mac(KmsKey key, byte[] message) {
        return store.currentMaterial(key).mac(key.spec().jcaMac(), message);
    }

    private KmsKey authorize(KmsCall call) {
        String algorithm = call.in().optionalChoice("MacAlgorithm", ALGORITHMS);
        if (algorithm == null) {
            throw KmsErrors.missing("macAlgorithm");
        }
        KmsKey key = keys.resolve(call, call.in().text("KeyId"));
        gate.require(call, "kms:" + call.operation(), key, Map.of("kms:MacAlgorithm", List.of(algorithm)));
        key.state().requireUsable(key);
        if (!key.spec().hmac()) {
            throw KmsErrors.invalidUsage(key, call.operation());
        }
        if (!key.spec().macAlgorithm().equals(algorithm)) {
            throw new AwsError(
                    400,
                    "InvalidKeyUsageException",
                    "Algorithm " + algorithm + " is incompatible with key spec " + key.spec() + ".");
        }
        return key;
    }

    private static ObjectNode answer(KmsCall call, KmsKey key) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("KeyId", key.arn())
                .put("MacAlgorithm", call.in().text("MacAlgorithm"));
    }
}
