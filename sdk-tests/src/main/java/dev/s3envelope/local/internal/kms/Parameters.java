package dev.s3envelope.local.internal.kms;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.s3envelope.local.internal.http.AwsError;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The members of a request in AWS JSON 1.1; what has the wrong type or is missing is refused as KMS does. */
final class Parameters {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ObjectNode node;

    private Parameters(ObjectNode node) {
        this.node = node;
    }

    static Parameters none() {
        return new Parameters(JsonNodeFactory.instance.objectNode());
    }

    static Parameters of(ObjectNode node) {
        return new Parameters(node);
    }

    static Parameters parse(byte[] body) {
        try {
            JsonNode tree = body.length == 0 ? JsonNodeFactory.instance.objectNode() : JSON.readTree(body);
            if (tree instanceof ObjectNode object) {
                return new Parameters(object);
            }
        } catch (JsonProcessingException e) {
            throw serialization();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        throw serialization();
    }

    boolean has(String name) {
        return node.hasNonNull(name);
    }

    /** A member as text, whatever its type, for the event log. */
    String rawText(String name) {
        return node.path(name).asText();
    }

    String text(String name) {
        String value = optionalText(name);
        if (value == null) {
            throw KmsErrors.missing(member(name));
        }
        return value;
    }

    String text(String name, String otherwise) {
        String value = optionalText(name);
        return value == null ? otherwise : value;
    }

    @Nullable
    String optionalText(String name) {
        JsonNode value = node.get(name);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isTextual()) {
            throw serialization();
        }
        return value.textValue();
    }

    /** A member that must be one of a set of values. */
    @Nullable
    String optionalChoice(String name, List<String> allowed) {
        String value = optionalText(name);
        if (value != null && !allowed.contains(value)) {
            throw KmsErrors.constraint(value, member(name), "Member must satisfy enum value set: " + allowed);
        }
        return value;
    }

    byte[] blob(String name, int limit) {
        byte[] value = optionalBlob(name, limit);
        if (value == null) {
            throw KmsErrors.missing(member(name));
        }
        return value;
    }

    byte @Nullable [] optionalBlob(String name, int limit) {
        String text = optionalText(name);
        if (text == null) {
            return null;
        }
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw serialization();
        }
        if (bytes.length == 0) {
            throw length(name, "greater than or equal to 1");
        }
        if (bytes.length > limit) {
            throw length(name, "less than or equal to " + limit);
        }
        return bytes;
    }

    private static AwsError length(String name, String bound) {
        return KmsErrors.validation("1 validation error detected: Value at '" + member(name)
                + "' failed to satisfy constraint: Member must have length " + bound);
    }

    boolean flag(String name) {
        JsonNode value = node.get(name);
        if (value == null || value.isNull()) {
            return false;
        }
        if (!value.isBoolean()) {
            throw serialization();
        }
        return value.booleanValue();
    }

    OptionalInt number(String name, int least, int most) {
        JsonNode value = node.get(name);
        if (value == null || value.isNull()) {
            return OptionalInt.empty();
        }
        if (!value.canConvertToInt() || !value.isIntegralNumber()) {
            throw serialization();
        }
        int number = value.intValue();
        if (number < least || number > most) {
            String bound = number < least ? "greater than or equal to " + least : "less than or equal to " + most;
            throw KmsErrors.constraint(String.valueOf(number), member(name), "Member must have value " + bound);
        }
        return OptionalInt.of(number);
    }

    List<String> texts(String name) {
        JsonNode value = node.get(name);
        if (value == null || value.isNull()) {
            return List.of();
        }
        if (!value.isArray()) {
            throw serialization();
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode element : value) {
            if (!element.isTextual()) {
                throw serialization();
            }
            texts.add(element.textValue());
        }
        return texts;
    }

    Map<String, String> map(String name) {
        JsonNode value = node.get(name);
        if (value == null || value.isNull()) {
            return Map.of();
        }
        if (!(value instanceof ObjectNode object)) {
            throw serialization();
        }
        return pairs(object);
    }

    private static Map<String, String> pairs(ObjectNode object) {
        Map<String, String> pairs = new LinkedHashMap<>();
        object.properties().forEach(pair -> {
            if (!pair.getValue().isTextual()) {
                throw serialization();
            }
            pairs.put(pair.getKey(), pair.getValue().textValue());
        });
        return pairs;
    }

    /** A list of {@code {"TagKey": .., "TagValue": ..}}. */
    Map<String, String> tags(String name) {
        JsonNode value = node.get(name);
        Map<String, String> tags = new LinkedHashMap<>();
        if (value == null || value.isNull()) {
            return tags;
        }
        for (JsonNode element : value) {
            if (!(element instanceof ObjectNode tag) || !tag.hasNonNull("TagKey")) {
                throw serialization();
            }
            tags.put(tag.get("TagKey").asText(), tag.path("TagValue").asText(""));
        }
        return tags;
    }

    /** A structure; null if it is absent. */
    @Nullable
    Parameters structure(String name) {
        JsonNode value = node.get(name);
        if (value == null || value.isNull()) {
            return null;
        }
        if (value instanceof ObjectNode object) {
            return new Parameters(object);
        }
        throw serialization();
    }

    private static String member(String name) {
        return name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
    }

    private static AwsError serialization() {
        return new AwsError(400, "SerializationException", "");
    }
}
