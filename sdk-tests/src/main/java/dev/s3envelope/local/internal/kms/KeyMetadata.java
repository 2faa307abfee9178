package dev.s3envelope.local.internal.kms;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;

/** The KeyMetadata structure of KMS answers. */
final class KeyMetadata {
    private KeyMetadata() {}

    static ObjectNode of(KmsKey key, KeyStore store) {
        ObjectNode out = JsonNodeFactory.instance
                .objectNode()
                .put("AWSAccountId", key.account())
                .put("KeyId", key.id())
                .put("Arn", key.arn())
                .put("CreationDate", seconds(key.facts().created()))
                .put("Enabled", key.state() == KeyState.ENABLED)
                .put("Description", key.description())
                .put("KeyUsage", key.usage())
                .put("KeyState", key.state().wireName())
                .put("Origin", key.facts().origin())
                .put("KeyManager", key.facts().manager())
                .put("CustomerMasterKeySpec", key.spec().name())
                .put("KeySpec", key.spec().name())
                .put("MultiRegion", key.multiRegion());
        if (key.state() == KeyState.PENDING_DELETION) {
            key.deletion().ifPresent(date -> out.put("DeletionDate", seconds(date)));
        }
        if (key.state() == KeyState.PENDING_REPLICA_DELETION) {
            out.put("PendingDeletionWindowInDays", key.pendingWindowDays());
        }
        if (key.usage().equals("ENCRYPT_DECRYPT") && !key.spec().asymmetric()) {
            out.putArray("EncryptionAlgorithms").add("SYMMETRIC_DEFAULT");
        }
        if (key.spec().hmac()) {
            out.putArray("MacAlgorithms").add(key.spec().macAlgorithm());
        }
        List<KeyMaterial> materials = key.materials();
        if (!materials.isEmpty() && key.spec() == KeySpec.SYMMETRIC_DEFAULT) {
            out.put("CurrentKeyMaterialId", materials.get(materials.size() - 1).id());
        }
        if (key.multiRegion()) {
            multiRegion(out.putObject("MultiRegionConfiguration"), key, store);
        }
        return out;
    }

    private static void multiRegion(ObjectNode out, KmsKey key, KeyStore store) {
        out.put("MultiRegionKeyType", key.primary() ? "PRIMARY" : "REPLICA");
        String primaryRegion = String.valueOf(key.facts().primaryRegion());
        out.putObject("PrimaryKey")
                .put("Arn", Partitions.kmsArn(primaryRegion, key.account(), "key/" + key.id()))
                .put("Region", primaryRegion);
        ArrayNode replicas = out.putArray("ReplicaKeys");
        store.related(key).stream()
                .filter(related -> !related.primary())
                .forEach(replica ->
                        replicas.addObject().put("Arn", replica.arn()).put("Region", replica.region()));
    }

    static double seconds(Instant time) {
        return time.toEpochMilli() / 1000.0;
    }
}
