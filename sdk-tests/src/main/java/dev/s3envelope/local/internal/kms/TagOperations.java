package dev.s3envelope.local.internal.kms;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.s3envelope.local.internal.http.AwsError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** TagResource, UntagResource and ListResourceTags. */
final class TagOperations {
    private static final int LIMIT = 50;

    private final KeyStore store;
    private final KeyResolver keys;
    private final KmsGatekeeper gate;

    TagOperations(KeyStore store, KeyResolver keys, KmsGatekeeper gate) {
        this.store = store;
        this.keys = keys;
        this.gate = gate;
    }

    ObjectNode tagResource(KmsCall call) {
        Map<String, String> tags = call.in().tags("Tags");
        KmsKey key = keys.resolveKeyOnly(call, call.in().text("KeyId"));
        Map<String, List<String>> conditions = new TreeMap<>();
        tags.forEach((name, value) -> conditions.put("aws:RequestTag/" + name, List.of(value)));
        conditions.put("aws:TagKeys", List.copyOf(tags.keySet()));
        gate.require(call, "kms:TagResource", key, conditions);
        KeyOperations.requireCustomerManaged(key);
        for (String name : tags.keySet()) {
            if (name.isEmpty() || name.length() > 128 || name.startsWith("aws:")) {
                throw new AwsError(400, "TagException", "The tag key " + name + " is not allowed.");
            }
        }
        Map<String, String> after = key.tags();
        after.putAll(tags);
        if (after.size() > LIMIT) {
            throw new AwsError(400, "TagException", "A key has at most " + LIMIT + " tags.");
        }
        key.tag(tags);
        store.changed(key);
        return KeyOperations.empty();
    }

    ObjectNode untagResource(KmsCall call) {
        List<String> names = call.in().texts("TagKeys");
        KmsKey key = keys.resolveKeyOnly(call, call.in().text("KeyId"));
        gate.require(call, "kms:UntagResource", key, Map.of("aws:TagKeys", names));
        KeyOperations.requireCustomerManaged(key);
        key.untag(names);
        store.changed(key);
        return KeyOperations.empty();
    }

    ObjectNode listResourceTags(KmsCall call) {
        KmsKey key = keys.resolveKeyOnly(call, call.in().text("KeyId"));
        gate.require(call, "kms:ListResourceTags", key);
        return Pages.answer(
                call.in(),
                "Tags",
                new ArrayList<>(key.tags().entrySet()),
                50,
                50,
                tag -> JsonNodeFactory.instance
                        .objectNode()
                        .put("TagKey", tag.getKey())
                        .put("TagValue", tag.getValue()));
    }
}
