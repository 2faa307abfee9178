package dev.s3envelope.core.policy;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import software.amazon.awssdk.thirdparty.jackson.core.JsonFactory;
import software.amazon.awssdk.thirdparty.jackson.core.JsonGenerator;
import software.amazon.awssdk.thirdparty.jackson.core.util.DefaultIndenter;
import software.amazon.awssdk.thirdparty.jackson.core.util.DefaultPrettyPrinter;

/** Writes the JSON form of a policy, always the same for equal policies. */
final class PolicyWriter {
    private static final JsonFactory FACTORY = new JsonFactory();

    private final JsonGenerator out;

    private PolicyWriter(JsonGenerator out) {
        this.out = out;
    }

    static String write(EncryptionPolicy policy) {
        StringWriter text = new StringWriter();
        DefaultIndenter twoSpaces = new DefaultIndenter("  ", "\n");
        try (JsonGenerator out = FACTORY.createGenerator(text)) {
            out.setPrettyPrinter(
                    new DefaultPrettyPrinter().withObjectIndenter(twoSpaces).withArrayIndenter(twoSpaces));
            new PolicyWriter(out).policy(policy);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return text.append("\n").toString();
    }

    private void policy(EncryptionPolicy policy) throws IOException {
        out.writeStartObject();
        out.writeNumberField("version", PolicyReader.VERSION);
        out.writeArrayFieldStart("rules");
        for (PolicyRule rule : policy.rules()) {
            out.writeStartObject();
            out.writeStringField("name", rule.name());
            if (!rule.matcher().isAnything()) {
                matcher(rule.matcher());
            }
            out.writeStringField("strength", rule.strength().name().toLowerCase(Locale.ROOT));
            out.writeFieldName("mode");
            ModeJson.write(rule.mode(), out);
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private void matcher(ObjectMatcher matcher) throws IOException {
        out.writeObjectFieldStart("match");
        oneOrMore("bucket", matcher.buckets());
        oneOrMore("keyPrefix", matcher.keyPrefixes());
        oneOrMore("keyPattern", matcher.keyPatterns());
        if (matcher.minSize().isPresent() || matcher.maxSize().isPresent()) {
            out.writeObjectFieldStart("size");
            number("min", matcher.minSize());
            number("max", matcher.maxSize());
            out.writeEndObject();
        }
        oneOrMore("contentType", matcher.contentTypes());
        entries("metadata", matcher.metadata());
        entries("tags", matcher.tags());
        out.writeEndObject();
    }

    private void oneOrMore(String name, List<String> values) throws IOException {
        if (values.size() == 1) {
            out.writeStringField(name, values.get(0));
        } else if (!values.isEmpty()) {
            out.writeArrayFieldStart(name);
            for (String value : values) {
                out.writeString(value);
            }
            out.writeEndArray();
        }
    }

    private void number(String name, OptionalLong value) throws IOException {
        if (value.isPresent()) {
            out.writeNumberField(name, value.getAsLong());
        }
    }

    private void entries(String name, Map<String, String> entries) throws IOException {
        if (!entries.isEmpty()) {
            out.writeObjectFieldStart(name);
            for (Map.Entry<String, String> entry : entries.entrySet()) {
                out.writeStringField(entry.getKey(), entry.getValue());
            }
            out.writeEndObject();
        }
    }
}
