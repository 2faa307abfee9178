package dev.s3envelope.core.policy;

import dev.s3envelope.core.internal.Json;
import dev.s3envelope.core.internal.JsonFields;
import dev.s3envelope.core.internal.JsonProblem;
import dev.s3envelope.core.internal.Text;
import dev.s3envelope.core.message.MessageEngine;
import dev.s3envelope.core.message.ObjectIdentity;
import dev.s3envelope.core.mode.BucketDefault;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.mode.ClientSideFormat;
import dev.s3envelope.core.mode.ContextScope;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.thirdparty.jackson.core.JsonGenerator;

/** The fields of client-side encryption in a policy file; what has its default is not written. */
final class ClientSideJson {
    static final String TYPE = "client-side";

    private static final Map<String, ClientSideFormat> FORMATS = Map.of(
            "encryption-sdk", ClientSideFormat.ENCRYPTION_SDK,
            "s3-encryption-client-v3", ClientSideFormat.S3_ENCRYPTION_CLIENT_V3);
    private static final Map<String, ObjectIdentity> IDENTITIES = Map.of(
            "off", ObjectIdentity.OFF, "key", ObjectIdentity.KEY, "bucket-and-key", ObjectIdentity.BUCKET_AND_KEY);
    private static final Map<String, ContextScope> SCOPES =
            Map.of("bucket", ContextScope.BUCKET, "object", ContextScope.OBJECT);

    private ClientSideJson() {}

    static ClientSide read(JsonFields fields, KeySources sources) {
        ClientSide.Builder mode = builder(fields, sources).context(ModeJson.context(fields));
        fields.optional("over").ifPresent(json -> mode.over(ModeJson.readServerSide(json, sources)));
        choice(fields, "identity", IDENTITIES).ifPresent(mode::identity);
        choice(fields, "contextScope", SCOPES).ifPresent(mode::contextScope);
        fields.optional("frameLength").ifPresent(json -> mode.frameLength(frameLength(json)));
        return JsonFields.at(fields.required("keyring"), json -> mode.build());
    }

    private static ClientSide.Builder builder(JsonFields fields, KeySources sources) {
        Json named = fields.required("keyring");
        String name = JsonFields.string(named);
        boolean s3ec = choice(fields, "format", FORMATS).orElse(ClientSideFormat.ENCRYPTION_SDK)
                == ClientSideFormat.S3_ENCRYPTION_CLIENT_V3;
        return s3ec
                ? ClientSide.s3ecBuilder(
                        name,
                        sources.s3ecKeyring(name)
                                .orElseThrow(() -> unknown(
                                        named,
                                        name,
                                        "no keyring of the S3 Encryption Client is registered under ",
                                        sources.s3ecKeyringNames())))
                : ClientSide.builder(
                        name,
                        sources.keyring(name)
                                .orElseThrow(() -> unknown(
                                        named, name, "no keyring is registered under ", sources.keyringNames())));
    }

    private static JsonProblem unknown(Json named, String name, String what, Set<String> registered) {
        return named.place().problem(what + Text.quote(name) + "; registered are " + registered);
    }

    private static int frameLength(Json json) {
        long length = JsonFields.wholeNumber(json);
        if (length < MessageEngine.MIN_FRAME_LENGTH || length > MessageEngine.MAX_FRAME_LENGTH) {
            throw json.place()
                    .problem("a frame has " + MessageEngine.MIN_FRAME_LENGTH + " to " + MessageEngine.MAX_FRAME_LENGTH
                            + " bytes, not " + length);
        }
        return (int) length;
    }

    private static <T> Optional<T> choice(JsonFields fields, String name, Map<String, T> choices) {
        return fields.optional(name).map(json -> {
            T chosen = choices.get(JsonFields.string(json));
            if (chosen == null) {
                throw json.place()
                        .problem("expected one of "
                                + String.join(
                                        ", ", choices.keySet().stream().sorted().toList()) + " but found "
                                + Text.quote(JsonFields.string(json)));
            }
            return chosen;
        });
    }

    static void write(ClientSide mode, JsonGenerator out) throws IOException {
        out.writeStringField("type", TYPE);
        out.writeStringField("keyring", mode.keyringName());
        if (!(mode.serverSide() instanceof BucketDefault)) {
            out.writeFieldName("over");
            ModeJson.write(mode.serverSide(), out);
        }
        writeChoice("format", mode.format(), ClientSideFormat.ENCRYPTION_SDK, FORMATS, out);
        if (mode.format() == ClientSideFormat.ENCRYPTION_SDK) {
            writeChoice("identity", mode.identity(), ObjectIdentity.KEY, IDENTITIES, out);
            writeChoice("contextScope", mode.contextScope(), ContextScope.BUCKET, SCOPES, out);
            if (mode.frameLength() != MessageEngine.DEFAULT_FRAME_LENGTH) {
                out.writeNumberField("frameLength", mode.frameLength());
            }
        }
        ModeJson.writeContext(mode.context(), out);
    }

    private static <T> void writeChoice(String name, T value, T byDefault, Map<String, T> choices, JsonGenerator out)
            throws IOException {
        if (value.equals(byDefault)) {
            return;
        }
        for (Map.Entry<String, T> choice : choices.entrySet()) {
            if (choice.getValue().equals(value)) {
                out.writeStringField(name, choice.getKey());
            }
        }
    }
}
