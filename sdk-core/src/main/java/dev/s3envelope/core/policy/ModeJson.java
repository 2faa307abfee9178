package dev.s3envelope.core.policy;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.arn.KeyReference;
import dev.s3envelope.core.internal.Json;
import dev.s3envelope.core.internal.JsonFields;
import dev.s3envelope.core.internal.Text;
import dev.s3envelope.core.mode.BucketDefault;
import dev.s3envelope.core.mode.BucketKey;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.mode.ContextPairs;
import dev.s3envelope.core.mode.DsseKms;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.mode.ServerSideMode;
import dev.s3envelope.core.mode.SseC;
import dev.s3envelope.core.mode.SseKms;
import dev.s3envelope.core.mode.SseS3;
import dev.s3envelope.core.ssec.SseCKeySource;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.thirdparty.jackson.core.JsonGenerator;

/** The JSON form of a mode: an object whose {@code type} says which, with the fields that mode has and no others. */
final class ModeJson {
    private static final String SSE_S3 = "sse-s3";
    private static final String SSE_KMS = "sse-kms";
    private static final String DSSE_KMS = "dsse-kms";
    private static final String SSE_C = "sse-c";
    private static final String BUCKET_DEFAULT = "bucket-default";

    /** Written out rather than left out: a forgotten key must not quietly mean the managed one. */
    private static final String AWS_MANAGED = "aws/s3";

    private ModeJson() {}

    static EncryptionMode read(Json json, KeySources sources) {
        JsonFields fields = JsonFields.of(json);
        boolean above = fields.optional("type")
                .filter(type -> JsonFields.string(type).equals(ClientSideJson.TYPE))
                .isPresent();
        EncryptionMode mode = above ? ClientSideJson.read(fields, sources) : serverSide(fields, sources);
        fields.end();
        return mode;
    }

    static ServerSideMode readServerSide(Json json, KeySources sources) {
        JsonFields fields = JsonFields.of(json);
        ServerSideMode mode = serverSide(fields, sources);
        fields.end();
        return mode;
    }

    private static ServerSideMode serverSide(JsonFields fields, KeySources sources) {
        Json type = fields.required("type");
        return switch (JsonFields.string(type)) {
            case SSE_S3 -> EncryptionMode.sseS3();
            case BUCKET_DEFAULT -> EncryptionMode.bucketDefault();
            case SSE_KMS -> {
                SseKms.Builder mode = SseKms.builder().context(context(fields)).bucketKey(bucketKey(fields));
                key(fields).ifPresent(mode::key);
                yield mode.build();
            }
            case DSSE_KMS -> {
                fields.optional("bucketKey").ifPresent(value -> {
                    throw value.place().problem("dsse-kms has no bucket key; remove the field, or use sse-kms");
                });
                DsseKms.Builder mode = DsseKms.builder().context(context(fields));
                key(fields).ifPresent(mode::key);
                yield mode.build();
            }
            case SSE_C -> {
                Json named = fields.required("keySource");
                String name = JsonFields.string(named);
                SseCKeySource source = sources.find(name)
                        .orElseThrow(() -> named.place()
                                .problem("no SSE-C key source is registered under " + Text.quote(name)
                                        + "; registered are " + sources.names()));
                yield EncryptionMode.sseC(fields.optional("keyVersion")
                        .map(json -> atVersion(source, json))
                        .orElse(source));
            }
            default ->
                throw type.place()
                        .problem(
                                "expected one of " + String.join(", ", SSE_S3, SSE_KMS, DSSE_KMS, SSE_C, BUCKET_DEFAULT)
                                        + " (or "
                                        + ClientSideJson.TYPE
                                        + " above it)"
                                        + " but found " + Text.quote(JsonFields.string(type)));
        };
    }

    private static SseCKeySource atVersion(SseCKeySource source, Json json) {
        long version = JsonFields.wholeNumber(json);
        return JsonFields.at(json, at -> source.atVersion((int) Math.min(version, Integer.MAX_VALUE)));
    }

    private static Optional<KeyReference> key(JsonFields fields) {
        Json key = fields.required("key");
        String text = JsonFields.string(key);
        return text.equals(AWS_MANAGED)
                ? Optional.empty()
                : Optional.of(JsonFields.at(key, json -> KeyReference.parse(text)));
    }

    private static BucketKey bucketKey(JsonFields fields) {
        return fields.optional("bucketKey")
                .map(json -> switch (JsonFields.string(json)) {
                    case "enabled" -> BucketKey.ENABLED;
                    case "disabled" -> BucketKey.DISABLED;
                    default ->
                        throw json.place()
                                .problem(
                                        "expected enabled or disabled (leave the field out for the bucket's setting) but found "
                                                + Text.quote(JsonFields.string(json)));
                })
                .orElse(BucketKey.UNSET);
    }

    static ContextPairs context(JsonFields fields) {
        return fields.optional("context")
                .map(json -> {
                    Map<String, String> pairs = new LinkedHashMap<>();
                    JsonFields.strings(json).forEach((name, value) -> pairs.put(name, value.value()));
                    return JsonFields.at(json, at -> ContextPairs.of(pairs));
                })
                .orElse(ContextPairs.empty());
    }

    static void write(EncryptionMode mode, JsonGenerator out) throws IOException {
        out.writeStartObject();
        if (mode instanceof SseS3) {
            out.writeStringField("type", SSE_S3);
        } else if (mode instanceof BucketDefault) {
            out.writeStringField("type", BUCKET_DEFAULT);
        } else if (mode instanceof SseKms kms) {
            out.writeStringField("type", SSE_KMS);
            out.writeStringField("key", kms.key().map(KeyReference::text).orElse(AWS_MANAGED));
            if (kms.bucketKey() != BucketKey.UNSET) {
                out.writeStringField("bucketKey", kms.bucketKey() == BucketKey.ENABLED ? "enabled" : "disabled");
            }
            writeContext(kms.context(), out);
        } else if (mode instanceof DsseKms dsse) {
            out.writeStringField("type", DSSE_KMS);
            out.writeStringField("key", dsse.key().map(KeyReference::text).orElse(AWS_MANAGED));
            writeContext(dsse.context(), out);
        } else if (mode instanceof SseC customer) {
            out.writeStringField("type", SSE_C);
            out.writeStringField("keySource", customer.source().name());
            if (customer.source().version().isPresent()) {
                out.writeNumberField("keyVersion", customer.source().version().getAsInt());
            }
        } else if (mode instanceof ClientSide clientSide) {
            ClientSideJson.write(clientSide, out);
        } else {
            throw new EnvelopeException("The mode " + mode + " has no form in a policy file.");
        }
        out.writeEndObject();
    }

    static void writeContext(ContextPairs context, JsonGenerator out) throws IOException {
        if (!context.isEmpty()) {
            out.writeObjectFieldStart("context");
            for (Map.Entry<String, String> pair : context.asMap().entrySet()) {
                out.writeStringField(pair.getKey(), pair.getValue());
            }
            out.writeEndObject();
        }
    }
}
