package dev.s3envelope.core.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.thirdparty.jackson.core.JsonFactory;
import software.amazon.awssdk.thirdparty.jackson.core.JsonLocation;
import software.amazon.awssdk.thirdparty.jackson.core.JsonParser;
import software.amazon.awssdk.thirdparty.jackson.core.JsonProcessingException;
import software.amazon.awssdk.thirdparty.jackson.core.JsonToken;

/**
 * Reads one JSON text into {@link Json} values with their places. Strict: RFC 8259 without extensions, no duplicate member
 * names, nothing after the value, strings that have a UTF-8 form. Bounded: a text of a million characters, nested 32 deep.
 */
public final class JsonReader {
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final int LONGEST = 1_000_000;
    private static final int DEEPEST = 32;
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*");

    private final JsonParser parser;

    private JsonReader(JsonParser parser) {
        this.parser = parser;
    }

    /**
     * Reads a text that is exactly one JSON value.
     *
     * @throws JsonProblem if it is not
     */
    public static Json read(String text) {
        if (text.length() > LONGEST) {
            throw new Json.Place(1, 1, "$").problem("the text is longer than " + LONGEST + " characters");
        }
        try (JsonParser parser = FACTORY.createParser(text)) {
            JsonReader reader = new JsonReader(parser);
            if (parser.nextToken() == null) {
                throw new Json.Place(1, 1, "$").problem("the text is empty");
            }
            Json value = reader.value("$", 0);
            if (reader.next("$") != null) {
                throw reader.here("$").problem("there is more text after the value");
            }
            return value;
        } catch (IOException e) {
            // JsonProcessingException is handled where the path is known; reading a String does no other I/O.
            throw problem(e, "$");
        }
    }

    private Json value(String path, int depth) throws IOException {
        Json.Place place = here(path);
        if (depth > DEEPEST) {
            throw place.problem("nested deeper than " + DEEPEST + " levels");
        }
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> object(place, depth);
            case START_ARRAY -> array(place, depth);
            case VALUE_STRING -> new Json.Str(place, string(place));
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Json.Num(place, parser.getText());
            case VALUE_TRUE -> new Json.Bool(place, true);
            case VALUE_FALSE -> new Json.Bool(place, false);
            case VALUE_NULL -> new Json.Null(place);
            default -> throw place.problem("unexpected " + token);
        };
    }

    private Json object(Json.Place place, int depth) throws IOException {
        Map<String, Json> members = new LinkedHashMap<>();
        Map<String, Json.Place> names = new LinkedHashMap<>();
        while (next(place.path()) != JsonToken.END_OBJECT) {
            Json.Place nameAt = here(place.path());
            String name = string(nameAt);
            String path =
                    place.path() + (PLAIN_NAME.matcher(name).matches() ? "." + name : "[" + Text.quote(name) + "]");
            if (members.containsKey(name)) {
                throw new Json.Place(nameAt.line(), nameAt.column(), path).problem("the field appears twice");
            }
            next(path);
            members.put(name, value(path, depth + 1));
            names.put(name, new Json.Place(nameAt.line(), nameAt.column(), path));
        }
        return new Json.Obj(place, Collections.unmodifiableMap(members), Collections.unmodifiableMap(names));
    }

    private Json array(Json.Place place, int depth) throws IOException {
        List<Json> items = new ArrayList<>();
        while (true) {
            String path = place.path() + "[" + items.size() + "]";
            if (next(path) == JsonToken.END_ARRAY) {
                return new Json.Arr(place, List.copyOf(items));
            }
            items.add(value(path, depth + 1));
        }
    }

    private String string(Json.Place place) throws IOException {
        String text;
        try {
            text = parser.getText();
        } catch (JsonProcessingException e) {
            throw problem(e, place.path());
        }
        if (!Text.isWellFormed(text)) {
            throw place.problem("the string has an unpaired surrogate");
        }
        return text;
    }

    private @Nullable JsonToken next(String path) throws IOException {
        try {
            return parser.nextToken();
        } catch (JsonProcessingException e) {
            throw problem(e, path);
        }
    }

    private Json.Place here(String path) {
        JsonLocation at = parser.currentTokenLocation();
        return new Json.Place(at.getLineNr(), at.getColumnNr(), path);
    }

    private static JsonProblem problem(IOException e, String path) {
        if (e instanceof JsonProcessingException syntax) {
            JsonLocation at = syntax.getLocation();
            Json.Place place =
                    at == null ? new Json.Place(1, 1, path) : new Json.Place(at.getLineNr(), at.getColumnNr(), path);
            return new JsonProblem(place, syntax.getOriginalMessage(), e);
        }
        return new JsonProblem(new Json.Place(1, 1, path), String.valueOf(e.getMessage()), e);
    }
}
