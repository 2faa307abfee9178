package dev.s3envelope.core.advice;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.arn.ObjectAddress;
import dev.s3envelope.core.internal.Json;
import dev.s3envelope.core.internal.JsonFields;
import dev.s3envelope.core.mode.ContextScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads an entry under {@code access}. */
final class CaseReader {
    private static final List<String> TASKS = Arrays.stream(AccessTask.values())
            .filter(task -> task != AccessTask.REPLICATE)
            .map(AccessTask::word)
            .toList();
    private static final List<String> MODES = List.of("sse-s3", "sse-c", "sse-kms", "dsse-kms", "client-side");

    private CaseReader() {}

    static AccessCase read(Json json) {
        JsonFields fields = JsonFields.of(json);
        String principal = JsonFields.string(fields.required("principal"));
        AccessTask task =
                fields.optional("task").map(t -> task(Values.oneOf(t, TASKS))).orElse(AccessTask.READ);
        ObjectAddress object = JsonFields.at(fields.required("object"), o -> object(JsonFields.string(o)));
        Optional<List<KeyUse>> keys = fields.optional("encryption").map(CaseReader::uses);
        Optional<String> owner = Values.account(fields, "objectOwner").map(a -> a.digits());
        Map<String, List<String>> conditions = new LinkedHashMap<>();
        fields.optional("conditions").ifPresent(c -> conditions(c, conditions));
        fields.end();
        return new AccessCase(principal, task, object, keys, owner, conditions);
    }

    private static AccessTask task(String word) {
        return Arrays.stream(AccessTask.values())
                .filter(t -> t.word().equals(word))
                .findFirst()
                .orElseThrow();
    }

    private static ObjectAddress object(String uri) {
        int slash = uri.startsWith("s3://") ? uri.indexOf('/', 5) : -1;
        if (slash < 0) {
            throw new EnvelopeException("An object is written s3://bucket/key, not " + uri);
        }
        return new ObjectAddress(uri.substring(5, slash), uri.substring(slash + 1));
    }

    private static void conditions(Json json, Map<String, List<String>> all) {
        if (!(json instanceof Json.Obj object)) {
            throw json.place().problem("expected an object but found " + json.kind());
        }
        object.members()
                .forEach((name, value) -> all.put(
                        name,
                        JsonFields.oneOrMore(value).stream()
                                .map(Json.Str::value)
                                .toList()));
    }

    /** One layer of encryption, or an array of layers for a client-side mode over a server-side one. */
    private static List<KeyUse> uses(Json json) {
        List<KeyUse> uses = new ArrayList<>();
        for (Json layer : json instanceof Json.Arr ? JsonFields.items(json) : List.of(json)) {
            layer(layer).ifPresent(uses::add);
        }
        return uses;
    }

    private static Optional<KeyUse> layer(Json json) {
        JsonFields fields = JsonFields.of(json);
        Json modeAt = fields.required("mode");
        String mode = Values.oneOf(modeAt, MODES);
        if (mode.equals("sse-s3") || mode.equals("sse-c")) {
            fields.end();
            return Optional.empty();
        }
        KeyArn key = JsonFields.at(fields.required("key"), k -> KeyArn.parse(JsonFields.string(k)));
        boolean bucketKey = mode.equals("sse-kms") && Values.flag(fields, "bucketKey");
        ContextScope scope = mode.equals("client-side")
                        && !fields.optional("contextScope")
                                .map(s -> Values.oneOf(s, List.of("bucket", "object")))
                                .orElse("bucket")
                                .equals("object")
                ? ContextScope.BUCKET
                : ContextScope.OBJECT;
        KeyUse use = mode.equals("client-side")
                ? KeyUse.clientSide(key, scope)
                : bucketKey ? KeyUse.sseKmsWithBucketKey(key) : KeyUse.sseKms(key);
        Map<String, String> pairs = KeyReader.pairs(fields, "context");
        fields.end();
        return Optional.of(Values.checked(modeAt, () -> use.withContext(pairs)));
    }
}
