package dev.s3envelope.core.s3ec;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.thirdparty.jackson.core.JsonFactory;
import software.amazon.awssdk.thirdparty.jackson.core.JsonGenerator;
import software.amazon.awssdk.thirdparty.jackson.core.JsonParser;
import software.amazon.awssdk.thirdparty.jackson.core.JsonToken;
import software.amazon.awssdk.thirdparty.jackson.core.StreamReadFeature;
import software.amazon.awssdk.thirdparty.jackson.core.json.JsonWriteFeature;

/**
 * One flat JSON object of strings. Written sorted and in US-ASCII, other characters as Unicode escapes: S3 re-encodes metadata that is not ASCII, and
 * readers differ in how well they undo that.
 */
final class StringMapJson {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private StringMapJson() {}

    static String write(Map<String, String> map) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            for (Map.Entry<String, String> e : new TreeMap<>(map).entrySet()) {
                json.writeStringField(e.getKey(), e.getValue());
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot happen: writing to memory", e);
        }
        return text.toString();
    }

    /** @throws IllegalArgumentException for anything but one object whose values are strings, each name once */
    static Map<String, String> parse(String text) {
        Map<String, String> map = new TreeMap<>();
        try (JsonParser json = JSON.createParser(text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("is not a JSON object");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                if (json.nextToken() != JsonToken.VALUE_STRING) {
                    throw new IllegalArgumentException("has a value that is not a string");
                }
                map.put(name, json.getText());
            }
            if (json.nextToken() != null) {
                throw new IllegalArgumentException("has text after its JSON object");
            }
        } catch (IOException e) {
            // Not as the cause: the parser quotes its input.
            throw new IllegalArgumentException("is not a JSON object with each name once");
        }
        return map;
    }
}
