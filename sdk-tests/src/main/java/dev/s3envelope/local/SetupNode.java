package dev.s3envelope.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A place in a set-up file: its JSON and the path that errors name. */
final class SetupNode {
    private final JsonNode json;
    private final String path;

    SetupNode(JsonNode json, String path) {
        this.json = json;
        this.path = path;
    }

    SetupFileException problem(String text) {
        return problem(text, null);
    }

    SetupFileException problem(String text, @Nullable Throwable cause) {
        return new SetupFileException(path, text, cause);
    }

    /** Runs a step of the set-up; what it refuses is reported with this place. */
    void apply(Runnable step) {
        try {
            step.run();
        } catch (SetupFileException e) {
            throw e;
        } catch (RuntimeException e) {
            throw problem(String.valueOf(e.getMessage()), e);
        }
    }

    /** Refuses members that mean nothing here. */
    SetupNode members(String... known) {
        if (!json.isObject()) {
            throw problem("must be an object");
        }
        Set<String> unknown = new TreeSet<>();
        json.fieldNames().forEachRemaining(unknown::add);
        unknown.removeAll(List.of(known));
        if (!unknown.isEmpty()) {
            throw problem("unknown member" + (unknown.size() > 1 ? "s " : " ") + String.join(", ", unknown)
                    + "; known are " + String.join(", ", known));
        }
        return this;
    }

    Optional<SetupNode> get(String name) {
        JsonNode value = json.get(name);
        return value == null || value.isNull()
                ? Optional.empty()
                : Optional.of(new SetupNode(value, path.isEmpty() ? name : path + "." + name));
    }

    /** Every member of the object called {@code name}, if there is one. */
    void each(String name, BiConsumer<String, SetupNode> step) {
        get(name).ifPresent(object -> {
            if (!object.json.isObject()) {
                throw object.problem("must be an object");
            }
            object.json.properties().forEach(member -> {
                SetupNode node = new SetupNode(member.getValue(), object.path + "." + member.getKey());
                node.apply(() -> step.accept(member.getKey(), node));
            });
        });
    }

    /** Every element of the list called {@code name}, if there is one. */
    List<SetupNode> list(String name) {
        List<SetupNode> elements = new ArrayList<>();
        get(name).ifPresent(list -> {
            if (!list.json.isArray()) {
                throw list.problem("must be a list");
            }
            for (int i = 0; i < list.json.size(); i++) {
                elements.add(new SetupNode(list.json.get(i), list.path + "[" + i + "]"));
            }
        });
        return elements;
    }

    void ifText(String name, Consumer<String> step) {
        get(name).ifPresent(node -> node.apply(() -> step.accept(node.text())));
    }

    String text(String name) {
        return get(name).orElseThrow(() -> problem("needs " + name)).text();
    }

    String text() {
        if (!json.isTextual()) {
            throw problem("must be a text");
        }
        return json.textValue();
    }

    boolean flag(String name) {
        return get(name)
                .map(node -> {
                    if (!node.json.isBoolean()) {
                        throw node.problem("must be true or false");
                    }
                    return node.json.booleanValue();
                })
                .orElse(false);
    }

    /** A policy: an object, or a text that holds one. */
    String policy() {
        if (json.isObject()) {
            return json.toString();
        }
        if (json.isTextual()) {
            return json.textValue();
        }
        throw problem("must be a policy document");
    }
}
