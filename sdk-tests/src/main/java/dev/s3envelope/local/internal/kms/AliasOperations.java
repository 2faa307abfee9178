package dev.s3envelope.local.internal.kms;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.s3envelope.local.internal.http.AwsError;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * CreateAlias, UpdateAlias, DeleteAlias and ListAliases. An alias belongs to one account and Region, and so does its key; changing one
 * needs permission on both.
 */
final class AliasOperations {
    private static final Pattern NAME = Pattern.compile("alias/[a-zA-Z0-9/_-]+");
    private static final int NAME_LIMIT = 256;

    private final KeyStore store;
    private final KeyResolver keys;
    private final KmsGatekeeper gate;

    AliasOperations(KeyStore store, KeyResolver keys, KmsGatekeeper gate) {
        this.store = store;
        this.keys = keys;
        this.gate = gate;
    }

    ObjectNode createAlias(KmsCall call) {
        String name = newName(call);
        KmsKey key = keys.resolveKeyOnly(call, call.in().text("TargetKeyId"));
        requireBoth(call, name, key);
        KeyOperations.requireNotPending(key);
        if (store.alias(call.account(), call.region(), name).isPresent()) {
            throw KmsErrors.alreadyExists("An alias with the name " + arn(call, name) + " already exists");
        }
        Instant now = store.now();
        store.alias(call.account(), call.region(), name, new KeyStore.Alias(name, key.id(), now, now));
        return KeyOperations.empty();
    }

    ObjectNode updateAlias(KmsCall call) {
        String name = newName(call);
        KmsKey key = keys.resolveKeyOnly(call, call.in().text("TargetKeyId"));
        requireBoth(call, name, key);
        KeyStore.Alias alias = existing(call, name);
        Optional<KmsKey> before = store.find(call.account(), call.region(), alias.keyId());
        if (before.isPresent()) {
            gate.require(call, "kms:UpdateAlias", before.get());
            if (!before.get().usage().equals(key.usage())
                    || before.get().spec().asymmetric() != key.spec().asymmetric()) {
                throw KmsErrors.validation("Aliases must be updated to a key of the same type and usage.");
            }
        }
        KeyOperations.requireNotPending(key);
        store.alias(
                call.account(), call.region(), name, new KeyStore.Alias(name, key.id(), alias.created(), store.now()));
        return KeyOperations.empty();
    }

    ObjectNode deleteAlias(KmsCall call) {
        String name = newName(call);
        gate.require(call, "kms:DeleteAlias", arn(call, name), Map.of());
        KeyStore.Alias alias = existing(call, name);
        Optional<KmsKey> key = store.find(call.account(), call.region(), alias.keyId());
        if (key.isPresent()) {
            gate.require(call, "kms:DeleteAlias", key.get());
        }
        store.alias(call.account(), call.region(), name, null);
        return KeyOperations.empty();
    }

    ObjectNode listAliases(KmsCall call) {
        gate.require(call, "kms:ListAliases");
        List<KeyStore.Alias> aliases = store.aliases(call.account(), call.region());
        if (call.in().has("KeyId")) {
            KmsKey key = keys.resolveKeyOnly(call, call.in().text("KeyId"));
            aliases = aliases.stream()
                    .filter(alias -> alias.keyId().equals(key.id()))
                    .toList();
        }
        return Pages.answer(
                call.in(),
                "Aliases",
                aliases,
                100,
                50,
                alias -> JsonNodeFactory.instance
                        .objectNode()
                        .put("AliasName", alias.name())
                        .put("AliasArn", arn(call, alias.name()))
                        .put("TargetKeyId", alias.keyId())
                        .put("CreationDate", KeyMetadata.seconds(alias.created()))
                        .put("LastUpdatedDate", KeyMetadata.seconds(alias.updated())));
    }

    private void requireBoth(KmsCall call, String name, KmsKey key) {
        if (!key.account().equals(call.account())) {
            throw KmsErrors.accessDenied(KmsGatekeeper.foreignDenial(call, "kms:" + call.operation()));
        }
        gate.require(call, "kms:" + call.operation(), arn(call, name), Map.of());
        gate.require(call, "kms:" + call.operation(), key);
    }

    private KeyStore.Alias existing(KmsCall call, String name) {
        return store.alias(call.account(), call.region(), name)
                .orElseThrow(() -> KmsErrors.notFound("Alias " + arn(call, name) + " is not found."));
    }

    private static String newName(KmsCall call) {
        String name = call.in().text("AliasName");
        if (!name.startsWith("alias/")) {
            throw new AwsError(400, "ValidationException", "Invalid identifier");
        }
        if (!NAME.matcher(name).matches() || name.length() > NAME_LIMIT) {
            throw KmsErrors.constraint(
                    name, "aliasName", "Member must satisfy regular expression pattern: ^[a-zA-Z0-9/_-]+$");
        }
        if (name.startsWith("alias/aws/")) {
            throw new AwsError(400, "NotAuthorizedException", "");
        }
        return name;
    }

    private static String arn(KmsCall call, String name) {
        return Partitions.kmsArn(call.region(), call.account(), name);
    }
}
