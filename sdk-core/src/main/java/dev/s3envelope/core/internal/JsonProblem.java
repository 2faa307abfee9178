package dev.s3envelope.core.internal;

import org.jspecify.annotations.Nullable;

/** A JSON text is not JSON, or not what its reader expects. Never reaches callers: each reader throws its own exception. */
public final class JsonProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Json.Place place;

    JsonProblem(Json.Place place, String why) {
        this(place, why, null);
    }

    JsonProblem(Json.Place place, String why, @Nullable Throwable cause) {
        super(why, cause);
        this.place = place;
    }

    /** Where. */
    public Json.Place place() {
        return place;
    }

    /** What is wrong, without the place. */
    public String why() {
        return String.valueOf(getMessage());
    }
}
