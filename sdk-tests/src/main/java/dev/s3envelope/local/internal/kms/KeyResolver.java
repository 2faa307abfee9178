package dev.s3envelope.local.internal.kms;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the key a request names. A key id or an alias name is looked up in the caller's own account and Region, an ARN in the account it
 * names; the Region must be the one the request was signed for.
 */
final class KeyResolver {
    private static final Pattern ARN = Pattern.compile("arn:([a-z-]+):kms:([a-z0-9-]+):([0-9]{12}):(key|alias)/(.+)");
    private static final Pattern KEY_ID =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32}");
    private static final String ALIAS = "alias/";

    private final KeyStore store;

    KeyResolver(KeyStore store) {
        this.store = store;
    }

    /** The key of a cryptographic operation, DescribeKey or ListGrants: aliases are welcome. */
    KmsKey resolve(KmsCall call, String reference) {
        if (reference.isEmpty() || reference.length() > 2048) {
            throw KmsErrors.constraint(reference, "keyId", "Member must have length between 1 and 2048, inclusive");
        }
        if (reference.startsWith("arn:")) {
            return byArn(call, reference);
        }
        if (reference.startsWith(ALIAS)) {
            return byAlias(call, call.account(), reference);
        }
        return byId(call, call.account(), reference);
    }

    /** The key of an operation on the key itself, which takes no alias. */
    KmsKey resolveKeyOnly(KmsCall call, String reference) {
        boolean alias = reference.startsWith(ALIAS) || reference.contains(":alias/");
        if (alias) {
            throw KmsErrors.notFound("Invalid keyId '" + reference + "'");
        }
        return resolve(call, reference);
    }

    private KmsKey byArn(KmsCall call, String arn) {
        Matcher parts = ARN.matcher(arn);
        if (!parts.matches()) {
            throw KmsErrors.notFound("Invalid arn " + arn);
        }
        if (!parts.group(2).equals(call.region())) {
            throw KmsErrors.notFound("Invalid arn " + parts.group(2));
        }
        if (!parts.group(1).equals(Partitions.of(call.region()))) {
            throw KmsErrors.notFound("Invalid arn " + arn);
        }
        String account = parts.group(3);
        return parts.group(4).equals("alias")
                ? byAlias(call, account, ALIAS + parts.group(5))
                : byId(call, account, parts.group(5));
    }

    private KmsKey byAlias(KmsCall call, String account, String name) {
        if (name.equals("alias/aws/s3") && account.equals(call.account())) {
            return named(call, store.awsManagedS3(account, call.region()), name);
        }
        String arn = Partitions.kmsArn(call.region(), account, name);
        Optional<KmsKey> key =
                store.alias(account, call.region(), name).flatMap(a -> store.find(account, call.region(), a.keyId()));
        if (key.isEmpty()) {
            call.resource(arn);
            throw unknown(call, account, "Alias " + arn + " is not found.");
        }
        return named(call, key.get(), name);
    }

    private static KmsKey named(KmsCall call, KmsKey key, String alias) {
        call.requestAlias(alias);
        call.resource(key.arn());
        return key;
    }

    private KmsKey byId(KmsCall call, String account, String id) {
        String arn = Partitions.kmsArn(call.region(), account, "key/" + id);
        if (!KEY_ID.matcher(id).matches()) {
            throw KmsErrors.notFound("Invalid keyId '" + id + "'");
        }
        Optional<KmsKey> key = store.find(account, call.region(), id);
        if (key.isEmpty()) {
            call.resource(arn);
            throw unknown(call, account, "Key '" + arn + "' does not exist");
        }
        call.resource(arn);
        return key.get();
    }

    /** KMS tells only the owner that a key does not exist; to others it is one more thing they may not use. */
    private static RuntimeException unknown(KmsCall call, String account, String message) {
        return account.equals(call.account())
                ? KmsErrors.notFound(message)
                : KmsErrors.accessDenied(KmsGatekeeper.foreignDenial(call, "kms:" + call.operation()));
    }
}
