package dev.s3envelope.local.internal.kms;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.s3envelope.local.internal.http.AwsError;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;

/** Rotation of key material: automatic, on demand, and what became of it. Old material still decrypts. */
final class RotationOperations {
    private static final int ON_DEMAND_LIMIT = 25;

    private final KeyStore store;
    private final KeyResolver keys;
    private final KmsGatekeeper gate;

    RotationOperations(KeyStore store, KeyResolver keys, KmsGatekeeper gate) {
        this.store = store;
        this.keys = keys;
        this.gate = gate;
    }

    ObjectNode enableKeyRotation(KmsCall call) {
        OptionalInt period = call.in().number("RotationPeriodInDays", 90, 2560);
        KmsKey key = rotatable(call);
        int days = period.orElse(key.rotation().enabled() ? key.rotation().periodDays() : 365);
        key.rotation(new KmsKey.Rotation(true, days, store.now().plus(Duration.ofDays(days))));
        store.changed(key);
        return KeyOperations.empty();
    }

    ObjectNode disableKeyRotation(KmsCall call) {
        KmsKey key = rotatable(call);
        key.rotation(new KmsKey.Rotation(false, key.rotation().periodDays(), null));
        store.changed(key);
        return KeyOperations.empty();
    }

    ObjectNode getKeyRotationStatus(KmsCall call) {
        KmsKey key = keys.resolveKeyOnly(call, call.in().text("KeyId"));
        gate.require(call, "kms:GetKeyRotationStatus", key);
        KmsKey.Rotation rotation = key.rotation();
        ObjectNode out = KeyOperations.empty()
                .put("KeyId", key.arn())
                .put("KeyRotationEnabled", rotation.enabled() && key.state() != KeyState.PENDING_DELETION);
        if (rotation.enabled()) {
            out.put("RotationPeriodInDays", rotation.periodDays());
            Instant next = rotation.next();
            if (next != null) {
                out.put("NextRotationDate", KeyMetadata.seconds(next));
            }
        }
        return out;
    }

    ObjectNode rotateKeyOnDemand(KmsCall call) {
        KmsKey key = rotatable(call);
        if (key.materials().size() > ON_DEMAND_LIMIT) {
            throw new AwsError(400, "LimitExceededException", "The on-demand rotation limit has been reached.");
        }
        for (KmsKey related : store.related(key)) {
            if (related == key) {
                key.rotateNow(store.random(), store.now());
            } else {
                related.adopt(key.materials());
            }
            store.changed(related);
        }
        return KeyOperations.empty().put("KeyId", key.arn());
    }

    ObjectNode listKeyRotations(KmsCall call) {
        KmsKey key = keys.resolveKeyOnly(call, call.in().text("KeyId"));
        gate.require(call, "kms:ListKeyRotations", key);
        List<KeyMaterial> materials = key.materials();
        return Pages.answer(
                call.in(),
                "Rotations",
                materials.isEmpty() ? materials : materials.subList(1, materials.size()),
                1000,
                100,
                material -> JsonNodeFactory.instance
                        .objectNode()
                        .put("KeyId", key.arn())
                        .put("KeyMaterialId", material.id())
                        .put("RotationDate", KeyMetadata.seconds(material.since())));
    }

    private KmsKey rotatable(KmsCall call) {
        KmsKey key = keys.resolveKeyOnly(call, call.in().text("KeyId"));
        gate.require(call, "kms:" + call.operation(), key);
        KeyOperations.requireCustomerManaged(key);
        key.state().requireUsable(key);
        if (key.spec() != KeySpec.SYMMETRIC_DEFAULT || (key.multiRegion() && !key.primary())) {
            throw KmsErrors.unsupported(key.arn() + " does not support rotation.");
        }
        return key;
    }
}
