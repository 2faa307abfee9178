package dev.s3envelope.core.policy;

import dev.s3envelope.core.PolicySyntaxException;
import dev.s3envelope.core.internal.Json;
import dev.s3envelope.core.internal.JsonFields;
import dev.s3envelope.core.internal.JsonProblem;
import dev.s3envelope.core.internal.JsonReader;
import dev.s3envelope.core.internal.Text;
import dev.s3envelope.core.mode.EncryptionMode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Reads the JSON form of a policy; its format is described in {@link EncryptionPolicy#fromJson}. */
final class PolicyReader {
    static final long VERSION = 1;

    private final KeySources sources;

    private PolicyReader(KeySources sources) {
        this.sources = sources;
    }

    static EncryptionPolicy read(String text, String source, KeySources sources) {
        try {
            return new PolicyReader(sources).policy(JsonReader.read(text));
        } catch (JsonProblem e) {
            Json.Place at = e.place();
            throw new PolicySyntaxException(source, at.line(), at.column(), at.path(), e.why(), e.getCause());
        }
    }

    private EncryptionPolicy policy(Json json) {
        JsonFields fields = JsonFields.of(json);
        Json version = fields.required("version");
        if (JsonFields.wholeNumber(version) != VERSION) {
            throw version.place().problem("this version reads policies of version " + VERSION + " only");
        }
        List<Json> items = JsonFields.items(fields.required("rules"));
        Json.Place rulesAt = fields.required("rules").place();
        fields.end();
        List<PolicyRule> rules = new ArrayList<>();
        items.forEach(item -> rules.add(rule(item)));
        EncryptionPolicy.problem(rules).ifPresent(problem -> {
            Json.Place at =
                    problem.index() < 0 ? rulesAt : items.get(problem.index()).place();
            throw at.problem(problem.why());
        });
        return EncryptionPolicy.of(rules);
    }

    private PolicyRule rule(Json json) {
        JsonFields fields = JsonFields.of(json);
        Json name = fields.required("name");
        Json strength = fields.required("strength");
        ObjectMatcher matcher =
                fields.optional("match").map(PolicyReader::matcher).orElse(ObjectMatcher.anything());
        EncryptionMode mode = ModeJson.read(fields.required("mode"), sources);
        fields.end();
        RuleStrength read = switch (JsonFields.string(strength)) {
            case "enforce" -> RuleStrength.ENFORCE;
            case "default" -> RuleStrength.DEFAULT;
            default ->
                throw strength.place()
                        .problem("expected enforce or default but found " + Text.quote(JsonFields.string(strength)));
        };
        String text = JsonFields.string(name);
        return JsonFields.at(name, at -> new PolicyRule(text, matcher, read, mode));
    }

    private static ObjectMatcher matcher(Json json) {
        JsonFields fields = JsonFields.of(json);
        ObjectMatcher.Builder matcher = ObjectMatcher.builder();
        each(fields, "bucket", matcher::bucket);
        each(fields, "keyPrefix", matcher::keyPrefix);
        each(fields, "keyPattern", matcher::keyPattern);
        each(fields, "contentType", matcher::contentType);
        fields.optional("size").ifPresent(size -> {
            JsonFields range = JsonFields.of(size);
            range.optional("min").ifPresent(min -> matcher.minSize(JsonFields.wholeNumber(min)));
            range.optional("max").ifPresent(max -> matcher.maxSize(JsonFields.wholeNumber(max)));
            range.end();
        });
        fields.optional("metadata")
                .ifPresent(entries -> JsonFields.strings(entries)
                        .forEach((name, value) -> JsonFields.with(value, v -> matcher.metadata(name, v.value()))));
        fields.optional("tags")
                .ifPresent(entries -> JsonFields.strings(entries)
                        .forEach((name, value) -> JsonFields.with(value, v -> matcher.tag(name, v.value()))));
        fields.end();
        return JsonFields.at(fields.optional("size").orElse(json), at -> matcher.build());
    }

    private static void each(JsonFields fields, String name, Consumer<String> add) {
        fields.optional(name)
                .ifPresent(value -> JsonFields.oneOrMore(value)
                        .forEach(item -> JsonFields.with(item, string -> add.accept(string.value()))));
    }
}
