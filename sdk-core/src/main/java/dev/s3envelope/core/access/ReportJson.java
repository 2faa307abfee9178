package dev.s3envelope.core.access;

import dev.s3envelope.core.advice.AdvisedPolicy;
import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.internal.JsonReader;
import dev.s3envelope.core.internal.JsonWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Writes a report for programs. Fields are added over time, never renamed; a fact that is not known has no field. */
final class ReportJson {
    private static final int VERSION = 1;

    private ReportJson() {}

    static String write(AccessReport report) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("version", VERSION);
        fields.put("summary", report.summary());
        fields.put("operation", report.operation());
        report.object().ifPresent(object -> {
            fields.put("bucket", object.bucket());
            fields.put("objectKey", object.key());
        });
        put(fields, "bucketOwner", report.bucketOwner().map(AccountId::digits));
        put(fields, "region", report.region());
        fields.put("kind", name(report.kind()));
        Map<String, Object> gates = new LinkedHashMap<>();
        gates.put("s3", gate(report.s3(), report.s3Actions()));
        gates.put("kms", gate(report.kms(), report.kmsActions()));
        fields.put("gates", gates);
        put(fields, "deniedBy", report.deniedBy().map(ReportJson::name));
        put(fields, "decidedBy", report.decidedBy().map(ReportJson::name));
        put(fields, "reason", report.reason().map(Object::toString));
        put(fields, "principal", report.principal());
        put(fields, "account", report.account().map(AccountId::digits));
        put(fields, "key", report.key().map(KeyArn::text));
        put(fields, "keyState", report.keyState().map(ReportJson::name));
        fields.put("encryptionContext", report.encryptionContext());
        report.error().ifPresent(error -> fields.put("error", error(error)));
        fields.put("notes", report.notes());
        fields.put("remedy", remedy(report.remedy()));
        return JsonWriter.write(fields);
    }

    private static Map<String, Object> gate(GateVerdict gate, List<String> actions) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("verdict", name(gate.verdict()));
        fields.put("actions", actions);
        fields.put(
                "evidence",
                gate.evidence().stream()
                        .map(seen -> Map.of("source", name(seen.source()), "detail", seen.detail()))
                        .toList());
        return fields;
    }

    private static Map<String, Object> error(ServiceError error) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("service", name(error.service()));
        fields.put("status", error.status());
        put(fields, "code", error.code());
        put(fields, "message", error.message());
        put(fields, "requestId", error.requestId());
        return fields;
    }

    private static Map<String, Object> remedy(Remedy remedy) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("steps", remedy.steps());
        fields.put(
                "policies", remedy.policies().stream().map(ReportJson::policy).toList());
        return fields;
    }

    private static Map<String, Object> policy(AdvisedPolicy policy) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("where", policy.title().substring(0, policy.title().indexOf(' ')));
        put(fields, "account", policy.account());
        fields.put("attachTo", policy.attachTo());
        fields.put("policy", JsonReader.read(policy.json()));
        return fields;
    }

    private static void put(Map<String, Object> fields, String name, Optional<String> value) {
        value.ifPresent(text -> fields.put(name, text));
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
