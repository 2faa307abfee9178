package dev.s3envelope.core.internal;

import dev.s3envelope.core.EnvelopeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads the fields of one JSON object strictly: each by its kind, and none that its reader does not know. */
public final class JsonFields {
    private static final Pattern WHOLE_NUMBER = Pattern.compile("0|[1-9][0-9]{0,18}");

    private final Json.Obj object;
    private final Set<String> asked = new TreeSet<>();

    private JsonFields(Json.Obj object) {
        this.object = object;
    }

    /** The fields of a value that must be an object. */
    public static JsonFields of(Json value) {
        if (value instanceof Json.Obj object) {
            return new JsonFields(object);
        }
        throw expected("an object", value);
    }

    /** Where the object is. */
    public Json.Place place() {
        return object.place();
    }

    /** The value of a field, if the object has it. */
    public Optional<Json> optional(String name) {
        asked.add(name);
        return Optional.ofNullable(object.members().get(name));
    }

    /** The value of a field that must be there. */
    public Json required(String name) {
        Json.Place at = place();
        return optional(name)
                .orElseThrow(() -> new Json.Place(at.line(), at.column(), at.path() + "." + name)
                        .problem("the field " + Text.quote(name) + " is missing"));
    }

    /** Refuses the object if it has a field nobody asked for. */
    public void end() {
        for (Map.Entry<String, Json.Place> name : object.names().entrySet()) {
            if (!asked.contains(name.getKey())) {
                throw name.getValue()
                        .problem("the field " + Text.quote(name.getKey()) + " is not known here; known are "
                                + String.join(", ", asked));
            }
        }
    }

    /** The text of a value that must be a string. */
    public static String string(Json value) {
        if (value instanceof Json.Str string) {
            return string.value();
        }
        throw expected("a string", value);
    }

    /** The value of a number that must be a whole one, not negative. */
    public static long wholeNumber(Json value) {
        if (value instanceof Json.Num number) {
            if (WHOLE_NUMBER.matcher(number.text()).matches()) {
                try {
                    return Long.parseLong(number.text());
                } catch (NumberFormatException e) {
                    throw value.place().problem("the number " + number.text() + " is above " + Long.MAX_VALUE);
                }
            }
            throw value.place()
                    .problem("expected a whole number, 0 or more, without exponent, but found " + number.text());
        }
        throw expected("a whole number", value);
    }

    /** The items of an array. */
    public static List<Json> items(Json value) {
        if (value instanceof Json.Arr array) {
            return array.items();
        }
        throw expected("an array", value);
    }

    /** The strings of a value that is one string or an array of one or more. */
    public static List<Json.Str> oneOrMore(Json value) {
        if (value instanceof Json.Str one) {
            return List.of(one);
        }
        if (!(value instanceof Json.Arr array)) {
            throw expected("a string or an array of strings", value);
        }
        if (array.items().isEmpty()) {
            throw value.place().problem("the array is empty; leave the field out for no condition");
        }
        List<Json.Str> strings = new ArrayList<>();
        for (Json item : array.items()) {
            if (!(item instanceof Json.Str string)) {
                throw expected("a string", item);
            }
            strings.add(string);
        }
        return strings;
    }

    /** The members of an object whose values must all be strings. */
    public static Map<String, Json.Str> strings(Json value) {
        if (!(value instanceof Json.Obj object)) {
            throw expected("an object of strings", value);
        }
        Map<String, Json.Str> strings = new LinkedHashMap<>();
        object.members().forEach((name, member) -> {
            if (!(member instanceof Json.Str string)) {
                throw expected("a string", member);
            }
            strings.put(name, string);
        });
        return strings;
    }

    /** Hands a value to code that refuses what it cannot take, and says where the value stood if it does. */
    public static <J extends Json, T> T at(J value, Function<? super J, ? extends T> use) {
        try {
            return use.apply(value);
        } catch (EnvelopeException e) {
            throw new JsonProblem(value.place(), String.valueOf(e.getMessage()), e);
        }
    }

    /** As {@link #at}, without a result. */
    public static <J extends Json> void with(J value, Consumer<? super J> use) {
        at(value, v -> {
            use.accept(v);
            return true;
        });
    }

    private static JsonProblem expected(String what, Json found) {
        return found.place().problem("expected " + what + " but found " + found.kind());
    }
}
