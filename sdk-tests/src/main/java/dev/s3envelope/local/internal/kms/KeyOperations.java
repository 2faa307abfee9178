package dev.s3envelope.local.internal.kms;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** CreateKey, ReplicateKey, DescribeKey, ListKeys, UpdateKeyDescription, and the changes of state. */
final class KeyOperations {
    private static final int DESCRIPTION_LIMIT = 8192;

    private final KeyStore store;
    private final KeyResolver keys;
    private final KmsGatekeeper gate;
    private final PolicyOperations policies;

    KeyOperations(KeyStore store, KeyResolver keys, KmsGatekeeper gate, PolicyOperations policies) {
        this.store = store;
        this.keys = keys;
        this.gate = gate;
        this.policies = policies;
    }

    ObjectNode createKey(KmsCall call) {
        Parameters in = call.in();
        @Nullable String specName = in.optionalText("KeySpec");
        KeySpec spec =
                KeySpec.parse(specName == null ? in.text("CustomerMasterKeySpec", "SYMMETRIC_DEFAULT") : specName);
        String usage = spec.usage(in.optionalText("KeyUsage"));
        String origin =
                Objects.requireNonNullElse(in.optionalChoice("Origin", List.of("AWS_KMS", "EXTERNAL")), "AWS_KMS");
        if (origin.equals("EXTERNAL") && spec != KeySpec.SYMMETRIC_DEFAULT) {
            throw KmsErrors.unsupported("This endpoint makes keys for import of SYMMETRIC_DEFAULT only.");
        }
        String description = description(in);
        boolean multiRegion = in.flag("MultiRegion");
        Map<String, String> tags = in.tags("Tags");
        gate.require(
                call,
                "kms:CreateKey",
                "*",
                Map.of(
                        "kms:KeySpec", List.of(spec.name()),
                        "kms:KeyUsage", List.of(usage),
                        "kms:KeyOrigin", List.of(origin),
                        "kms:MultiRegion", List.of(String.valueOf(multiRegion))));
        String partition = Partitions.of(call.region());
        KmsKey.Facts facts = new KmsKey.Facts(
                call.account(),
                call.region(),
                store.newKeyId(multiRegion),
                spec,
                usage,
                "CUSTOMER",
                origin,
                multiRegion ? call.region() : null,
                store.now());
        String policy = in.optionalText("Policy");
        if (policy == null) {
            policy = KeyPolicies.customerDefault(partition, call.account());
        } else {
            policies.check(call, new KmsKey(facts, List.of(), policy), policy);
        }
        KmsKey key = store.create(facts, policy);
        key.describe(description);
        key.tag(tags);
        if (origin.equals("EXTERNAL")) {
            key.state(KeyState.PENDING_IMPORT, null);
        }
        store.changed(key);
        call.resource(key.arn());
        return metadata(key, "KeyMetadata");
    }

    ObjectNode replicateKey(KmsCall call) {
        Parameters in = call.in();
        String region = in.text("ReplicaRegion");
        KmsKey primary = keys.resolveKeyOnly(call, in.text("KeyId"));
        gate.require(call, "kms:ReplicateKey", primary, Map.of("kms:ReplicaRegion", List.of(region)));
        primary.state().requireUsable(primary);
        if (!primary.multiRegion() || !primary.primary()) {
            throw KmsErrors.unsupported(primary.arn() + " is not a multi-region primary key.");
        }
        if (!Partitions.of(region).equals(Partitions.of(primary.region())) || region.equals(primary.region())) {
            throw KmsErrors.validation(
                    "The replica Region " + region + " is not another Region of the same partition.");
        }
        if (store.find(primary.account(), region, primary.id()).isPresent()) {
            throw KmsErrors.alreadyExists("The key "
                    + Partitions.kmsArn(region, primary.account(), "key/" + primary.id()) + " already exists.");
        }
        KmsKey.Facts from = primary.facts();
        KmsKey.Facts facts = new KmsKey.Facts(
                from.account(),
                region,
                from.keyId(),
                from.spec(),
                from.usage(),
                from.manager(),
                from.origin(),
                from.primaryRegion(),
                store.now());
        String policy = in.optionalText("Policy");
        if (policy == null) {
            policy = KeyPolicies.customerDefault(Partitions.of(region), from.account());
        }
        KmsKey replica = new KmsKey(facts, primary.materials(), policy);
        policies.check(call, replica, policy);
        replica.describe(description(in));
        replica.tag(in.tags("Tags"));
        store.put(replica);
        return metadata(replica, "ReplicaKeyMetadata").put("ReplicaPolicy", policy);
    }

    private static String description(Parameters in) {
        String description = in.text("Description", "");
        if (description.length() > DESCRIPTION_LIMIT) {
            throw KmsErrors.validation(
                    "1 validation error detected: Value at 'description' failed to satisfy constraint:"
                            + " Member must have length less than or equal to " + DESCRIPTION_LIMIT);
        }
        return description;
    }

    ObjectNode describeKey(KmsCall call) {
        KmsKey key = keys.resolve(call, call.in().text("KeyId"));
        gate.require(call, "kms:DescribeKey", key);
        return metadata(key, "KeyMetadata");
    }

    ObjectNode listKeys(KmsCall call) {
        gate.require(call, "kms:ListKeys");
        return Pages.answer(
                call.in(),
                "Keys",
                store.list(call.account(), call.region()),
                1000,
                100,
                key -> JsonNodeFactory.instance
                        .objectNode()
                        .put("KeyId", key.id())
                        .put("KeyArn", key.arn()));
    }

    ObjectNode updateKeyDescription(KmsCall call) {
        String description = call.in().text("Description");
        KmsKey key = owned(call);
        key.describe(description);
        store.changed(key);
        return empty();
    }

    ObjectNode enableKey(KmsCall call) {
        KmsKey key = owned(call);
        requireNotPending(key);
        key.state(KeyState.ENABLED, null);
        store.changed(key);
        return empty();
    }

    ObjectNode disableKey(KmsCall call) {
        KmsKey key = owned(call);
        requireNotPending(key);
        key.state(KeyState.DISABLED, null);
        store.changed(key);
        return empty();
    }

    ObjectNode scheduleKeyDeletion(KmsCall call) {
        OptionalInt days = call.in().number("PendingWindowInDays", 7, 30);
        int window = days.orElse(30);
        KmsKey key = keys.resolveKeyOnly(call, call.in().text("KeyId"));
        gate.require(
                call,
                "kms:ScheduleKeyDeletion",
                key,
                Map.of("kms:ScheduleKeyDeletionPendingWindowInDays", List.of(String.valueOf(window))));
        requireCustomerManaged(key);
        if (key.deletion().isPresent() || key.state() == KeyState.PENDING_REPLICA_DELETION) {
            throw KmsErrors.invalidState(key.arn() + " is pending deletion.");
        }
        boolean hasReplicas = key.primary() && store.related(key).size() > 1;
        Instant date = store.now().plus(Duration.ofDays(window));
        ObjectNode out = empty().put("KeyId", key.arn()).put("PendingWindowInDays", window);
        if (hasReplicas) {
            key.state(KeyState.PENDING_REPLICA_DELETION, null);
            key.pendingWindowDays(window);
        } else {
            key.state(KeyState.PENDING_DELETION, date);
            out.put("DeletionDate", KeyMetadata.seconds(date));
        }
        store.changed(key);
        return out.put("KeyState", key.state().wireName());
    }

    ObjectNode cancelKeyDeletion(KmsCall call) {
        KmsKey key = owned(call);
        if (key.state() != KeyState.PENDING_DELETION && key.state() != KeyState.PENDING_REPLICA_DELETION) {
            throw KmsErrors.invalidState(key.arn() + " is not pending deletion.");
        }
        key.state(KeyState.DISABLED, null);
        store.changed(key);
        return empty().put("KeyId", key.arn());
    }

    /** The key of an operation on it, after the gate of the operation's own action. */
    private KmsKey owned(KmsCall call) {
        KmsKey key = keys.resolveKeyOnly(call, call.in().text("KeyId"));
        gate.require(call, "kms:" + call.operation(), key);
        requireCustomerManaged(key);
        return key;
    }

    static void requireCustomerManaged(KmsKey key) {
        if (key.awsManaged()) {
            throw KmsErrors.accessDenied(
                    "User is not authorized to change " + key.arn() + " because it is an AWS managed key");
        }
    }

    static void requireNotPending(KmsKey key) {
        switch (key.state()) {
            case PENDING_DELETION, PENDING_REPLICA_DELETION, PENDING_IMPORT, CREATING, UNAVAILABLE ->
                key.state().requireUsable(key);
            case ENABLED, UPDATING, DISABLED -> {}
        }
    }

    private ObjectNode metadata(KmsKey key, String member) {
        ObjectNode out = empty();
        out.set(member, KeyMetadata.of(key, store));
        return out;
    }

    static ObjectNode empty() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ArrayNode array(List<String> texts) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        texts.forEach(array::add);
        return array;
    }
}
