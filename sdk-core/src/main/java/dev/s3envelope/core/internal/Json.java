package dev.s3envelope.core.internal;

import java.util.List;
import java.util.Map;

/** A parsed JSON value that remembers where it stood. */
public sealed interface Json {
    /** Where the value starts. */
    Place place();

    /** What the value is, for an error message. */
    String kind();

    /**
     * A place in a JSON text.
     *
     * @param line from 1
     * @param column from 1
     * @param path from the root, such as {@code $.rules[2].name}
     */
    record Place(int line, int column, String path) {
        /** An error at this place. */
        public JsonProblem problem(String why) {
            return new JsonProblem(this, why);
        }
    }

    /**
     * An object, members in the order of the text.
     *
     * @param names where each member's name stands
     */
    record Obj(Place place, Map<String, Json> members, Map<String, Place> names) implements Json {
        @Override
        public String kind() {
            return "an object";
        }
    }

    /** An array. */
    record Arr(Place place, List<Json> items) implements Json {
        @Override
        public String kind() {
            return "an array";
        }
    }

    /** A string. */
    record Str(Place place, String value) implements Json {
        @Override
        public String kind() {
            return "a string";
        }
    }

    /** A number, as it was written. */
    record Num(Place place, String text) implements Json {
        @Override
        public String kind() {
            return "a number";
        }
    }

    /** {@code true} or {@code false}. */
    record Bool(Place place, boolean value) implements Json {
        @Override
        public String kind() {
            return "a boolean";
        }
    }

    /** {@code null}. */
    record Null(Place place) implements Json {
        @Override
        public String kind() {
            return "null";
        }
    }
}
