package dev.s3envelope.core.guard;

import dev.s3envelope.core.IllegalKeyException;
import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.arn.AliasArn;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.arn.KeyReference;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The rules over known facts: what a key must be for a bucket. Each throws with the reason and the remedy. */
final class KeyRules {
    private final Set<AccountId> allowedAccounts;

    KeyRules(Set<AccountId> allowedAccounts) {
        this.allowedAccounts = allowedAccounts;
    }

    /** The bucket, its facts completed with the Region of the client. */
    record Bucket(String name, Optional<AccountId> owner, Optional<String> region, boolean regionIsTheClients) {
        static Bucket of(BucketFacts facts, Optional<String> clientRegion) {
            return new Bucket(
                    facts.bucket(),
                    facts.owner(),
                    facts.region().or(() -> clientRegion),
                    facts.region().isEmpty());
        }
    }

    /** A full ARN: the Region is the bucket's; the account is the owner's or an allowed one. */
    void requireFits(KeyArn key, Bucket bucket) {
        requireRegion(key, key.region(), bucket);
        AccountId account = key.account();
        if (allowedAccounts.contains(account) || bucket.owner().equals(Optional.of(account))) {
            return;
        }
        if (bucket.owner().isPresent()) {
            throw new IllegalKeyException(
                    "Key " + key + " belongs to account " + account + ", but bucket " + bucket.name()
                            + " to account " + bucket.owner().get()
                            + ", whose users could not read the object without a grant from the key's account. Use a key of "
                            + bucket.owner().get() + ", or allow keys of " + account
                            + " (allowedKeyAccounts). Nothing was sent.");
        }
        if (!allowedAccounts.isEmpty()) {
            throw new IllegalKeyException("Key " + key + " belongs to account " + account + ", and keys are allowed of "
                    + allowedAccounts.stream().map(AccountId::digits).sorted().collect(Collectors.joining(", "))
                    + " only; the owner of bucket " + bucket.name()
                    + " is not known. Allow the account, or configure the bucket's owner. Nothing was sent.");
        }
    }

    void requireRegion(KeyReference key, String region, Bucket bucket) {
        if (bucket.region().isPresent() && !bucket.region().get().equals(region)) {
            throw new IllegalKeyException("Key " + key + " is in Region " + region + ", but bucket " + bucket.name()
                    + " in "
                    + bucket.region().get()
                    + (bucket.regionIsTheClients() ? " (the client's Region; the bucket's is not configured)" : "")
                    + ". S3 uses keys of the bucket's own Region only, multi-Region replicas included: use a key of that Region."
                    + " Nothing was sent.");
        }
    }

    /** A key that AWS completes from the caller: all that takes part is one account, and known to be. */
    AccountId requireSameAccount(String what, Optional<AccountId> caller, Bucket bucket) {
        if (bucket.owner().isEmpty()) {
            throw new IllegalKeyException(what + " cannot be used for bucket " + bucket.name()
                    + ", whose owner is not known: in another account's bucket it would encrypt with a key the owner cannot use."
                    + " Give the full key ARN, or configure the bucket's owner. Nothing was sent.");
        }
        if (caller.isEmpty()) {
            throw new IllegalKeyException(what + " cannot be used for bucket " + bucket.name()
                    + ": AWS would look it up in the caller's account, which is not known."
                    + " Give the full key ARN, or configure the caller's account. Nothing was sent.");
        }
        if (!caller.get().equals(bucket.owner().get())) {
            throw new IllegalKeyException(what + " cannot be used across accounts: bucket " + bucket.name()
                    + " belongs to account " + bucket.owner().get()
                    + ", but AWS would look it up in the caller's account "
                    + caller.get() + ". Give the full key ARN of a key of "
                    + bucket.owner().get() + ". Nothing was sent.");
        }
        return caller.get();
    }

    /** An alias ARN says whose it is: it must be the one account's. */
    void requireOwn(AliasArn alias, AccountId account, Bucket bucket) {
        if (!alias.account().equals(account)) {
            throw new IllegalKeyException("Alias " + alias + " belongs to account " + alias.account() + ", but bucket "
                    + bucket.name() + " and caller to " + account
                    + "; what another account's alias names can change. Give the full key ARN. Nothing was sent.");
        }
        requireRegion(alias, alias.region(), bucket);
    }

    /** What KMS said of a key, where it said something. */
    void requireUsable(KeyReference named, KeyFacts facts) {
        String key = named.equals(facts.arn()) ? "Key " + named : "Key " + facts.arn() + " (given as " + named + ")";
        if (!facts.symmetricEncryption()) {
            throw new IllegalKeyException(key + " is not a symmetric encryption key, the only kind S3 encrypts with."
                    + " Use a key of spec SYMMETRIC_DEFAULT and usage ENCRYPT_DECRYPT. Nothing was sent.");
        }
        if (!facts.state().isUsable()) {
            throw new IllegalKeyException(
                    key + " is " + facts.state().name().toLowerCase(Locale.ROOT).replace('_', ' ')
                            + ", so S3 could not encrypt with it. " + remedy(facts.state()) + " Nothing was sent.");
        }
    }

    private static String remedy(KeyFacts.State state) {
        return switch (state) {
            case DISABLED -> "Enable it (kms:EnableKey), or use another key.";
            case PENDING_DELETION, PENDING_REPLICA_DELETION ->
                "Cancel the deletion (kms:CancelKeyDeletion) and enable it, or use another key.";
            case PENDING_IMPORT -> "Import its key material, or use another key.";
            default -> "Wait until it is enabled, or use another key.";
        };
    }
}
