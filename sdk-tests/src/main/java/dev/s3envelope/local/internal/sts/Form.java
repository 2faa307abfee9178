package dev.s3envelope.local.internal.sts;

import dev.s3envelope.local.internal.http.AwsError;
import dev.s3envelope.local.internal.http.HttpCall;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The parameters of a request in the query protocol, from the body of a POST or the query of a GET. */
final class Form {
    private static final int LIMIT = 64 << 10;

    private final Map<String, String> values;

    private Form(Map<String, String> values) {
        this.values = values;
    }

    static Form read(HttpCall call) throws IOException {
        Map<String, String> values = new HashMap<>();
        call.query().forEach((name, all) -> {
            if (!all.isEmpty()) {
                values.put(name, all.get(0));
            }
        });
        byte[] body = call.body().readNBytes(LIMIT + 1);
        if (body.length > LIMIT) {
            throw new AwsError(413, "RequestEntityTooLarge", "The request body is too large.");
        }
        for (String pair : new String(body, StandardCharsets.UTF_8).split("&", -1)) {
            int equal = pair.indexOf('=');
            if (equal > 0) {
                values.put(decode(pair.substring(0, equal)), decode(pair.substring(equal + 1)));
            }
        }
        return new Form(values);
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new AwsError(400, "MalformedQueryString", "The query string contains a syntax error.");
        }
    }

    String required(String name) {
        String value = values.get(name);
        if (value == null || value.isEmpty()) {
            throw new AwsError(
                    400,
                    name.equals("Action") ? "MissingAction" : "ValidationError",
                    "1 validation error detected: Value null at '"
                            + name.substring(0, 1).toLowerCase(java.util.Locale.ROOT) + name.substring(1)
                            + "' failed to satisfy constraint: Member must not be null");
        }
        return value;
    }

    @Nullable
    String text(String name) {
        return values.get(name);
    }

    String text(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    Optional<Integer> number(String name) {
        String value = values.get(name);
        if (value == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Integer.valueOf(value));
        } catch (NumberFormatException e) {
            throw new AwsError(400, "MalformedInput", "The value of " + name + " is not a number.");
        }
    }
}
