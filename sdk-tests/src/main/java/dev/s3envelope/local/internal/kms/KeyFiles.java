package dev.s3envelope.local.internal.kms;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.s3envelope.local.internal.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keys and aliases in a directory, so that what they wrapped can be read after a restart: {@code ACCOUNT/REGION/KEY-ID.json} and
 * {@code ACCOUNT/REGION/aliases.json}. Key material is stored in the clear, which a real KMS never does: for test data only.
 */
final class KeyFiles implements KeyStore.Journal {
    private static final String ALIASES = "aliases.json";

    private final Path directory;

    KeyFiles(Path directory) {
        this.directory = directory;
    }

    @Override
    public synchronized void keyChanged(KmsKey key) {
        KmsKey.Facts facts = key.facts();
        ObjectNode out = JsonNodeFactory.instance
                .objectNode()
                .put("account", facts.account())
                .put("region", facts.region())
                .put("keyId", facts.keyId())
                .put("spec", facts.spec().name())
                .put("usage", facts.usage())
                .put("manager", facts.manager())
                .put("origin", facts.origin())
                .put("primaryRegion", facts.primaryRegion())
                .put("created", facts.created().toString())
                .put("description", key.description())
                .put("state", key.state().wireName())
                .put("pendingWindowDays", key.pendingWindowDays())
                .put("policy", key.policy())
                .put("rotationEnabled", key.rotation().enabled())
                .put("rotationPeriodDays", key.rotation().periodDays());
        Instant next = key.rotation().next();
        if (next != null) {
            out.put("nextRotation", next.toString());
        }
        key.deletion().ifPresent(date -> out.put("deletion", date.toString()));
        ArrayNode materials = out.putArray("materials");
        key.materials()
                .forEach(material -> materials
                        .addObject()
                        .put("since", material.since().toString())
                        .put("secret", Base64.getEncoder().encodeToString(material.secretForStore())));
        ObjectNode tags = out.putObject("tags");
        key.tags().forEach(tags::put);
        ArrayNode grants = out.putArray("grants");
        key.grants().forEach(grant -> write(grants.addObject(), grant));
        Json.write(file(facts.account(), facts.region(), facts.keyId() + ".json"), out);
    }

    private static void write(ObjectNode out, KmsKey.Grant grant) {
        out.put("id", grant.id())
                .put("token", grant.token())
                .put("name", grant.name())
                .put("grantee", grant.granteePrincipal())
                .put("retiring", grant.retiringPrincipal())
                .put("issuingAccount", grant.issuingAccount())
                .put("created", grant.created().toString());
        out.set("operations", KeyOperations.array(grant.operations()));
        put(out, "contextEquals", grant.contextEquals());
        put(out, "contextSubset", grant.contextSubset());
    }

    private static void put(ObjectNode out, String name, @Nullable Map<String, String> pairs) {
        if (pairs != null) {
            ObjectNode node = out.putObject(name);
            pairs.forEach(node::put);
        }
    }

    @Override
    public synchronized void keyRemoved(KmsKey key) {
        try {
            Files.deleteIfExists(file(key.account(), key.region(), key.id() + ".json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void aliasesChanged(KeyStore.Place place, List<KeyStore.Alias> aliases) {
        ArrayNode out = JsonNodeFactory.instance.arrayNode();
        aliases.forEach(alias -> out.addObject()
                .put("name", alias.name())
                .put("keyId", alias.keyId())
                .put("created", alias.created().toString())
                .put("updated", alias.updated().toString()));
        Json.write(file(place.account(), place.region(), ALIASES), out);
    }

    private Path file(String account, String region, String name) {
        return directory.resolve(account).resolve(region).resolve(name);
    }

    /** Puts everything kept into a store, whose journal must be another. */
    static void load(Path directory, KeyStore store) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory, 3)) {
            files.filter(file -> file.getFileName().toString().endsWith(".json"))
                    .sorted()
                    .forEach(file -> loadFile(directory, file, store));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + directory, e);
        }
    }

    private static void loadFile(Path directory, Path file, KeyStore store) {
        JsonNode in = Json.read(file);
        try {
            if (file.getFileName().toString().equals(ALIASES)) {
                Path place = directory.relativize(file);
                String account = place.getName(0).toString();
                String region = place.getName(1).toString();
                for (JsonNode alias : in) {
                    String name = alias.required("name").textValue();
                    store.alias(
                            account,
                            region,
                            name,
                            new KeyStore.Alias(
                                    name,
                                    alias.required("keyId").textValue(),
                                    Instant.parse(alias.required("created").textValue()),
                                    Instant.parse(alias.required("updated").textValue())));
                }
            } else {
                store.put(key(in));
            }
        } catch (RuntimeException e) {
            throw new IllegalStateException(file + " is not a key or alias file of LocalAws: " + e.getMessage(), e);
        }
    }

    private static KmsKey key(JsonNode in) {
        List<KeyMaterial> materials = new ArrayList<>();
        for (JsonNode material : in.required("materials")) {
            materials.add(KeyMaterial.restore(
                    Base64.getDecoder().decode(material.required("secret").textValue()),
                    Instant.parse(material.required("since").textValue())));
        }
        KmsKey.Facts facts = new KmsKey.Facts(
                in.required("account").textValue(),
                in.required("region").textValue(),
                in.required("keyId").textValue(),
                KeySpec.parse(in.required("spec").textValue()),
                in.required("usage").textValue(),
                in.required("manager").textValue(),
                in.required("origin").textValue(),
                in.path("primaryRegion").textValue(),
                Instant.parse(in.required("created").textValue()));
        KmsKey key = new KmsKey(facts, materials, in.required("policy").textValue());
        key.describe(in.required("description").textValue());
        key.state(KeyState.parse(in.required("state").textValue()), time(in, "deletion"));
        key.pendingWindowDays(in.required("pendingWindowDays").intValue());
        key.rotation(new KmsKey.Rotation(
                in.required("rotationEnabled").booleanValue(),
                in.required("rotationPeriodDays").intValue(),
                time(in, "nextRotation")));
        key.tag(pairs(in.required("tags")));
        for (JsonNode grant : in.required("grants")) {
            key.grant(new KmsKey.Grant(
                    grant.required("id").textValue(),
                    grant.required("token").textValue(),
                    grant.required("name").textValue(),
                    grant.required("grantee").textValue(),
                    grant.path("retiring").textValue(),
                    texts(grant.required("operations")),
                    grant.has("contextEquals") ? pairs(grant.get("contextEquals")) : null,
                    grant.has("contextSubset") ? pairs(grant.get("contextSubset")) : null,
                    grant.required("issuingAccount").textValue(),
                    Instant.parse(grant.required("created").textValue())));
        }
        return key;
    }

    private static @Nullable Instant time(JsonNode in, String name) {
        return in.hasNonNull(name) ? Instant.parse(in.get(name).textValue()) : null;
    }

    private static Map<String, String> pairs(JsonNode in) {
        Map<String, String> pairs = new HashMap<>();
        in.properties().forEach(pair -> pairs.put(pair.getKey(), pair.getValue().textValue()));
        return pairs;
    }

    private static List<String> texts(JsonNode in) {
        List<String> texts = new ArrayList<>();
        in.forEach(text -> texts.add(text.textValue()));
        return List.copyOf(texts);
    }
}
