package dev.s3envelope.local;

import dev.s3envelope.local.internal.http.AwsError;
import dev.s3envelope.local.internal.kms.KeyState;
import dev.s3envelope.local.internal.kms.Kms;

/**
 * A KMS key, set up past the KMS gate and without a trace in the event log; what clients do with it goes through both. Thread-safe.
 */
public final class LocalKey {
    private final Kms kms;
    private final String accountId;
    private final String region;
    private final String keyId;
    private final String arn;

    LocalKey(Kms kms, String accountId, String region, String keyId, String arn) {
        this.kms = kms;
        this.accountId = accountId;
        this.region = region;
        this.keyId = keyId;
        this.arn = arn;
    }

    /** The full key ARN. */
    public String arn() {
        return arn;
    }

    /** The key id, starting with {@code mrk-} for a multi-Region key. */
    public String keyId() {
        return keyId;
    }

    public String accountId() {
        return accountId;
    }

    public String region() {
        return region;
    }

    /** The key policy as JSON. */
    public String policy() {
        return administer("GetKeyPolicy", "", "").path("Policy").textValue();
    }

    /** Replaces the key policy; one that locks out its account is taken too. */
    public LocalKey policy(String json) {
        run(() -> kms.administer(
                accountId,
                region,
                "PutKeyPolicy",
                in -> in.put("KeyId", keyId).put("Policy", json).put("BypassPolicyLockoutSafetyCheck", true)));
        return this;
    }

    /** Gives the key an alias in its account and Region, {@code alias/...}; one that exists is moved here. */
    public LocalKey alias(String name) {
        run(() -> {
            boolean exists = kms.hasAlias(accountId, region, name);
            return kms.administer(
                    accountId,
                    region,
                    exists ? "UpdateAlias" : "CreateAlias",
                    in -> in.put("AliasName", name).put("TargetKeyId", keyId));
        });
        return this;
    }

    public LocalKey enable() {
        administer("EnableKey", "", "");
        return this;
    }

    public LocalKey disable() {
        administer("DisableKey", "", "");
        return this;
    }

    /** Schedules the deletion in 30 days by the clock of the instance. */
    public LocalKey scheduleDeletion() {
        administer("ScheduleKeyDeletion", "", "");
        return this;
    }

    /** Adds a generation of key material; ciphertexts of the old one stay readable. */
    public LocalKey rotate() {
        administer("RotateKeyOnDemand", "", "");
        return this;
    }

    /** Makes a replica of a multi-Region primary key. */
    public LocalKey replicate(String replicaRegion) {
        com.fasterxml.jackson.databind.JsonNode made =
                administer("ReplicateKey", "ReplicaRegion", replicaRegion).path("ReplicaKeyMetadata");
        return new LocalKey(
                kms, accountId, replicaRegion, keyId, made.path("Arn").textValue());
    }

    /** The key state as DescribeKey answers it, for example {@code Enabled}. */
    public String state() {
        return administer("DescribeKey", "", "")
                .path("KeyMetadata")
                .path("KeyState")
                .textValue();
    }

    /** Forces a key state, also one that has no operation here, for example {@code Unavailable} or {@code Creating}. */
    public LocalKey forceState(String state) {
        kms.force(accountId, region, keyId, KeyState.parse(state));
        return this;
    }

    private com.fasterxml.jackson.databind.JsonNode administer(String operation, String name, String value) {
        return run(() -> kms.administer(accountId, region, operation, in -> {
            in.put("KeyId", keyId);
            if (!name.isEmpty()) {
                in.put(name, value);
            }
        }));
    }

    static <T> T run(java.util.function.Supplier<T> change) {
        try {
            return change.get();
        } catch (AwsError e) {
            throw new IllegalArgumentException(e.code() + ": " + e.text(), e);
        }
    }

    @Override
    public String toString() {
        return arn;
    }
}
