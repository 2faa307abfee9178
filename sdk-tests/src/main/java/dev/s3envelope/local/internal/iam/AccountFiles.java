package dev.s3envelope.local.internal.iam;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.s3envelope.core.iam.PolicyDocument;
import dev.s3envelope.core.iam.PolicyType;
import dev.s3envelope.local.internal.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Accounts in a directory, one file each: users and roles with their policies and long-term access keys, so that the same credentials
 * work after a restart. Sessions end with the process.
 */
public final class AccountFiles {
    private final Path directory;
    private final Accounts accounts;

    private AccountFiles(Path directory, Accounts accounts) {
        this.directory = directory;
        this.accounts = accounts;
    }

    /** Loads what is kept in a directory, and keeps every change from now on. */
    public static void attach(Path directory, Accounts accounts) {
        AccountFiles files = new AccountFiles(directory, accounts);
        if (Files.isDirectory(directory)) {
            try (Stream<Path> kept = Files.list(directory)) {
                kept.filter(file -> file.getFileName().toString().matches("[0-9]{12}\\.json"))
                        .sorted()
                        .forEach(files::load);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot list " + directory, e);
            }
        }
        accounts.listener(files::save);
    }

    private synchronized void save(Account account) {
        ObjectNode out = JsonNodeFactory.instance.objectNode();
        account.organizationId().ifPresent(id -> out.put("organization", id));
        documents(out.putArray("serviceControl"), account.serviceControl());
        documents(out.putArray("resourceControl"), account.resourceControl());
        holder(out.putObject("root"), account.root());
        ArrayNode users = out.putArray("users");
        account.users().forEach(user -> holder(users.addObject(), user));
        ArrayNode roles = out.putArray("roles");
        account.roles().forEach(role -> holder(roles.addObject(), role));
        Json.write(directory.resolve(account.id() + ".json"), out);
    }

    private static void documents(ArrayNode out, List<PolicyDocument> documents) {
        documents.forEach(
                document -> out.addObject().put("name", document.name()).put("json", document.json()));
    }

    private void holder(ObjectNode out, Holder holder) {
        String arn = holder.arn();
        out.put("name", arn.substring(arn.indexOf('/') + 1))
                .put("uniqueId", holder.principal().userId().orElseThrow())
                .put("longestSession", holder.longestSession().toString());
        holder.trust().ifPresent(trust -> out.put("trust", trust.json()));
        holder.boundary().ifPresent(boundary -> out.put("boundary", boundary.json()));
        ObjectNode policies = out.putObject("policies");
        holder.policies().forEach((name, document) -> policies.put(name, document.json()));
        ObjectNode tags = out.putObject("tags");
        holder.tags().forEach(tags::put);
        ObjectNode keys = out.putObject("accessKeys");
        accounts.longTermKeys(holder).forEach(key -> keys.put(key.accessKeyId(), key.secretAccessKey()));
    }

    private void load(Path file) {
        String name = file.getFileName().toString();
        JsonNode in = Json.read(file);
        try {
            Account account = accounts.account(name.substring(0, 12));
            account.organizationId(in.path("organization").textValue());
            account.serviceControl(documents(in.path("serviceControl"), PolicyType.SERVICE_CONTROL));
            account.resourceControl(documents(in.path("resourceControl"), PolicyType.RESOURCE_CONTROL));
            restore(account.root(), in.path("root"));
            for (JsonNode user : in.path("users")) {
                restore(accounts.restoreUser(account, text(user, "name"), text(user, "uniqueId")), user);
            }
            for (JsonNode role : in.path("roles")) {
                TrustPolicy trust = TrustPolicy.parse("trust policy of " + text(role, "name"), text(role, "trust"));
                restore(accounts.restoreRole(account, text(role, "name"), text(role, "uniqueId"), trust), role);
            }
        } catch (RuntimeException e) {
            throw new IllegalStateException(file + " is not an account file of LocalAws: " + e.getMessage(), e);
        }
    }

    private void restore(Holder holder, JsonNode in) {
        texts(in.path("policies"))
                .forEach((name, json) -> holder.policy(name, PolicyDocument.parse(PolicyType.IDENTITY, name, json)));
        if (in.has("boundary")) {
            holder.boundary(PolicyDocument.parse(
                    PolicyType.PERMISSIONS_BOUNDARY, "boundary of " + holder.name(), text(in, "boundary")));
        }
        holder.longestSession(Duration.parse(in.path("longestSession").asText("PT1H")));
        holder.tags(texts(in.path("tags")));
        texts(in.path("accessKeys")).forEach((id, secret) -> accounts.restore(holder, id, secret));
    }

    private static List<PolicyDocument> documents(JsonNode in, PolicyType type) {
        List<PolicyDocument> documents = new ArrayList<>();
        in.forEach(
                document -> documents.add(PolicyDocument.parse(type, text(document, "name"), text(document, "json"))));
        return documents;
    }

    private static String text(JsonNode in, String name) {
        return in.required(name).asText();
    }

    private static Map<String, String> texts(JsonNode in) {
        Map<String, String> texts = new HashMap<>();
        in.properties().forEach(pair -> texts.put(pair.getKey(), pair.getValue().asText()));
        return texts;
    }
}
