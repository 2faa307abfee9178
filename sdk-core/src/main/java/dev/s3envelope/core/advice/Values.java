package dev.s3envelope.core.advice;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.iam.PolicyDocument;
import dev.s3envelope.core.iam.PolicyType;
import dev.s3envelope.core.iam.Principal;
import dev.s3envelope.core.internal.Json;
import dev.s3envelope.core.internal.JsonFields;
import dev.s3envelope.core.internal.JsonWriter;
import dev.s3envelope.core.internal.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** The kinds of value the JSON form of access documents is made of. */
final class Values {
    private Values() {}

    static <T> List<T> list(JsonFields fields, String name, Function<Json, T> read) {
        return fields.optional(name)
                .map(json -> JsonFields.items(json).stream().map(read).toList())
                .orElse(List.of());
    }

    static Optional<String> text(JsonFields fields, String name) {
        return fields.optional(name).map(JsonFields::string);
    }

    static boolean flag(JsonFields fields, String name) {
        return fields.optional(name)
                .map(json -> {
                    if (json instanceof Json.Bool bool) {
                        return bool.value();
                    }
                    throw json.place().problem("expected true or false but found " + json.kind());
                })
                .orElse(false);
    }

    static Optional<AccountId> account(JsonFields fields, String name) {
        return fields.optional(name).map(json -> JsonFields.at(json, v -> AccountId.of(JsonFields.string(v))));
    }

    /** The value a field must be one of. */
    static String oneOf(Json json, List<String> known) {
        String text = JsonFields.string(json);
        if (!known.contains(text)) {
            throw json.place().problem("expected " + String.join(", ", known) + " but found " + Text.quote(text));
        }
        return text;
    }

    /** Runs code that refuses what it cannot take, and says where the value stood if it does. */
    static <T> T checked(Json at, Supplier<T> use) {
        try {
            return use.get();
        } catch (EnvelopeException | IllegalArgumentException e) {
            throw at.place().problem(String.valueOf(e.getMessage()));
        }
    }

    static Principal principal(String arn) {
        if (arn.equals("anonymous")) {
            return Principal.anonymous();
        }
        return arn.endsWith(".amazonaws.com") ? Principal.service(arn) : Principal.fromArn(arn);
    }

    /** A policy document; every value of its JSON is kept. */
    static PolicyDocument policy(Json json, PolicyType type, String name) {
        return checked(json, () -> PolicyDocument.parse(type, name, JsonWriter.write(json)));
    }

    /** Policies, each the document itself or an object with its {@code name} and {@code document}. */
    static List<PolicyDocument> policies(JsonFields fields, String name, PolicyType type, String what) {
        return fields.optional(name).map(json -> policies(json, type, what)).orElse(List.of());
    }

    private static List<PolicyDocument> policies(Json json, PolicyType type, String what) {
        List<PolicyDocument> all = new ArrayList<>();
        for (Json item : JsonFields.items(json)) {
            String number = what + " (" + (all.size() + 1) + ")";
            if (item instanceof Json.Obj object && object.members().containsKey("document")) {
                JsonFields named = JsonFields.of(item);
                String name = JsonFields.string(named.required("name"));
                all.add(policy(named.required("document"), type, name));
                named.end();
            } else {
                all.add(policy(item, type, number));
            }
        }
        return all;
    }

    /** Levels of organization policies, root first. */
    static List<List<PolicyDocument>> levels(JsonFields fields, String name, PolicyType type, String what) {
        return list(fields, name, level -> policies(level, type, what));
    }
}
