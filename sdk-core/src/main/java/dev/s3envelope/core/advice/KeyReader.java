package dev.s3envelope.core.advice;

import dev.s3envelope.core.advice.AccessDocuments.OfKey;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.guard.KeyFacts;
import dev.s3envelope.core.iam.Grant;
import dev.s3envelope.core.iam.PolicyDocument;
import dev.s3envelope.core.iam.PolicyType;
import dev.s3envelope.core.internal.Json;
import dev.s3envelope.core.internal.JsonFields;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads an entry under {@code keys}. */
final class KeyReader {
    /** Key states, named as KMS names them. */
    private static final Map<String, KeyFacts.State> STATES = states();

    private KeyReader() {}

    private static Map<String, KeyFacts.State> states() {
        Map<String, KeyFacts.State> states = new LinkedHashMap<>();
        for (KeyFacts.State state : KeyFacts.State.values()) {
            StringBuilder word = new StringBuilder();
            for (String part : state.name().split("_", -1)) {
                word.append(part.charAt(0)).append(part.substring(1).toLowerCase(Locale.ROOT));
            }
            states.put(word.toString(), state);
        }
        return states;
    }

    static OfKey key(Json json) {
        JsonFields fields = JsonFields.of(json);
        KeyArn arn = JsonFields.at(fields.required("arn"), a -> KeyArn.parse(JsonFields.string(a)));
        Optional<PolicyDocument> policy =
                fields.optional("policy").map(p -> Values.policy(p, PolicyType.KEY, "key policy of " + arn));
        KeyFacts.State state = fields.optional("state")
                .map(s -> STATES.getOrDefault(Values.oneOf(s, List.copyOf(STATES.keySet())), KeyFacts.State.UNKNOWN))
                .orElse(KeyFacts.State.ENABLED);
        KeyFacts.Manager manager = Values.flag(fields, "awsManaged") ? KeyFacts.Manager.AWS : KeyFacts.Manager.CUSTOMER;
        List<List<PolicyDocument>> resourceControl = Values.levels(
                fields, "resourceControlPolicies", PolicyType.RESOURCE_CONTROL, "resource control policy");
        List<Grant> grants = new ArrayList<>();
        fields.optional("grants")
                .ifPresent(list -> JsonFields.items(list)
                        .forEach(grant -> grants.add(grant(grant, arn, "grant " + (grants.size() + 1)))));
        fields.end();
        return new OfKey(new KeyFacts(arn, manager, state, true), policy, resourceControl, grants);
    }

    private static Grant grant(Json json, KeyArn key, String place) {
        JsonFields fields = JsonFields.of(json);
        String id = Values.text(fields, "id").orElse(place);
        String grantee = JsonFields.string(fields.required("granteePrincipal"));
        Set<String> operations = new TreeSet<>();
        JsonFields.oneOrMore(fields.required("operations")).forEach(o -> operations.add(o.value()));
        Map<String, String> equals = pairs(fields, "encryptionContextEquals");
        Map<String, String> subset = pairs(fields, "encryptionContextSubset");
        fields.end();
        return new Grant(id, key.text(), grantee, operations, equals, subset);
    }

    static Map<String, String> pairs(JsonFields fields, String name) {
        Map<String, String> pairs = new LinkedHashMap<>();
        fields.optional(name).ifPresent(json -> JsonFields.strings(json).forEach((k, v) -> pairs.put(k, v.value())));
        return pairs;
    }
}
