package dev.s3envelope.core.internal;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.thirdparty.jackson.core.JsonFactory;
import software.amazon.awssdk.thirdparty.jackson.core.JsonGenerator;
import software.amazon.awssdk.thirdparty.jackson.core.util.DefaultIndenter;
import software.amazon.awssdk.thirdparty.jackson.core.util.DefaultPrettyPrinter;

/** Writes maps, collections, strings, numbers, booleans, null and {@link Json} values as indented JSON. */
public final class JsonWriter {
    private static final JsonFactory FACTORY = new JsonFactory();

    private final JsonGenerator out;

    private JsonWriter(JsonGenerator out) {
        this.out = out;
    }

    /**
     * The value as JSON, indented by two spaces.
     *
     * @throws IllegalArgumentException if it holds anything else
     */
    public static String write(@Nullable Object value) {
        StringWriter text = new StringWriter();
        DefaultIndenter twoSpaces = new DefaultIndenter("  ", "\n");
        try (JsonGenerator out = FACTORY.createGenerator(text)) {
            out.setPrettyPrinter(
                    new DefaultPrettyPrinter().withObjectIndenter(twoSpaces).withArrayIndenter(twoSpaces));
            new JsonWriter(out).value(value);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return text.toString();
    }

    private void value(@Nullable Object value) throws IOException {
        if (value == null) {
            out.writeNull();
        } else if (value instanceof Json json) {
            json(json);
        } else if (value instanceof Map<?, ?> map) {
            object(map);
        } else if (value instanceof Iterable<?> items) {
            array(items);
        } else if (value instanceof Boolean bool) {
            out.writeBoolean(bool);
        } else if (value instanceof Integer || value instanceof Long) {
            out.writeNumber(((Number) value).longValue());
        } else if (value instanceof CharSequence text) {
            out.writeString(text.toString());
        } else {
            throw new IllegalArgumentException("Has no JSON form here: " + value.getClass());
        }
    }

    private void json(Json value) throws IOException {
        if (value instanceof Json.Obj object) {
            object(object.members());
        } else if (value instanceof Json.Arr array) {
            array(array.items());
        } else if (value instanceof Json.Str string) {
            out.writeString(string.value());
        } else if (value instanceof Json.Num number) {
            out.writeNumber(number.text());
        } else if (value instanceof Json.Bool bool) {
            out.writeBoolean(bool.value());
        } else {
            out.writeNull();
        }
    }

    private void object(Map<?, ?> members) throws IOException {
        out.writeStartObject();
        for (Map.Entry<?, ?> member : members.entrySet()) {
            out.writeFieldName(String.valueOf(member.getKey()));
            value(member.getValue());
        }
        out.writeEndObject();
    }

    private void array(Iterable<?> items) throws IOException {
        out.writeStartArray();
        for (Object item : items) {
            value(item);
        }
        out.writeEndArray();
    }
}
