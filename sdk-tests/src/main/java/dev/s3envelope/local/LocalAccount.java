package dev.s3envelope.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.s3envelope.core.iam.PolicyDocument;
import dev.s3envelope.core.iam.PolicyType;
import dev.s3envelope.local.internal.iam.Account;
import dev.s3envelope.local.internal.iam.Accounts;
import dev.s3envelope.local.internal.iam.Holder;
import dev.s3envelope.local.internal.iam.TrustPolicy;
import dev.s3envelope.local.internal.kms.Kms;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * One AWS account of a {@link LocalAws}: its users, roles and keys, and what its organization says. Everything set up here passes no
 * gate and leaves no event. Thread-safe.
 */
public final class LocalAccount {
    private final Account account;
    private final Accounts accounts;
    private final Kms kms;
    private final Clock clock;
    private final String usualRegion;
    private final LocalRoot root;

    LocalAccount(Account account, Accounts accounts, Kms kms, Clock clock, String usualRegion) {
        this.account = account;
        this.accounts = accounts;
        this.kms = kms;
        this.clock = clock;
        this.usualRegion = usualRegion;
        this.root = new LocalRoot(accounts, account.root());
    }

    /** The 12 digits. */
    public String id() {
        return account.id();
    }

    /** The canonical user id by which S3 names the account as an owner: 64 hex digits, the same in every instance. */
    public String canonicalId() {
        return account.canonicalId();
    }

    /** The root user. */
    public LocalRoot root() {
        return root;
    }

    /**
     * Makes a user without any permission; the name may start with a path, as in {@code team/alice}.
     *
     * @throws IllegalArgumentException if the name is taken or not a name
     */
    public LocalUser createUser(String name) {
        return new LocalUser(accounts, accounts.createUser(account, name));
    }

    /** The user of that name, made if there is none. */
    public LocalUser user(String name) {
        return account.user(bare(name))
                .map(holder -> new LocalUser(accounts, holder))
                .orElseGet(() -> createUser(name));
    }

    /** The users made so far, by name. */
    public List<LocalUser> users() {
        return account.users().stream()
                .sorted(Comparator.comparing(Holder::name))
                .map(holder -> new LocalUser(accounts, holder))
                .toList();
    }

    /** The roles made so far, by name. */
    public List<LocalRole> roles() {
        return account.roles().stream()
                .sorted(Comparator.comparing(Holder::name))
                .map(holder -> new LocalRole(accounts, holder, clock))
                .toList();
    }

    /** Makes a role without any permission that principals of this account may assume if their own policies allow it. */
    public LocalRole createRole(String name) {
        return createRole(name, """
                {"Version": "2012-10-17", "Statement": [
                  {"Effect": "Allow", "Principal": {"AWS": "%s"}, "Action": "sts:AssumeRole"}]}""".formatted(account.root().arn()));
    }

    /**
     * Makes a role without any permission; the name may start with a path.
     *
     * @throws IllegalArgumentException if the name is taken or not a name
     * @throws dev.s3envelope.core.iam.MalformedPolicyException if AWS would refuse the trust policy
     */
    public LocalRole createRole(String name, String trustPolicy) {
        TrustPolicy trust = TrustPolicy.parse("trust policy of " + name, trustPolicy);
        return new LocalRole(accounts, accounts.createRole(account, name, trust), clock);
    }

    /** The role of that name, made if there is none. */
    public LocalRole role(String name) {
        return account.role(bare(name))
                .map(holder -> new LocalRole(accounts, holder, clock))
                .orElseGet(() -> createRole(name));
    }

    private static String bare(String name) {
        return name.substring(name.lastIndexOf('/') + 1);
    }

    /** Makes the account a member of an organization, {@code o-...}; empty text takes it out. Members are told why they are denied. */
    public LocalAccount organization(String organizationId) {
        account.organizationId(organizationId.isEmpty() ? null : organizationId);
        accounts.changed(account);
        return this;
    }

    /** The service control policies that limit this account's principals; at least one must allow. None: no limit. */
    public LocalAccount serviceControlPolicies(String... json) {
        account.serviceControl(parse(PolicyType.SERVICE_CONTROL, "SCP of " + id(), json));
        accounts.changed(account);
        return this;
    }

    /** The resource control policies that limit this account's buckets and keys; at least one must allow. None: no limit. */
    public LocalAccount resourceControlPolicies(String... json) {
        account.resourceControl(parse(PolicyType.RESOURCE_CONTROL, "RCP of " + id(), json));
        accounts.changed(account);
        return this;
    }

    private static List<PolicyDocument> parse(PolicyType type, String name, String... json) {
        return Stream.of(json)
                .map(text -> PolicyDocument.parse(type, name, text))
                .toList();
    }

    /** Makes a symmetric key in the usual Region of the instance, with the policy KMS gives by default. */
    public LocalKey createKey() {
        return createKey(usualRegion);
    }

    /** Makes a symmetric key with the policy KMS gives by default: the account's IAM policies decide. */
    public LocalKey createKey(String region) {
        return make(region, in -> {});
    }

    /** Makes a symmetric key with a key policy. */
    public LocalKey createKey(String region, String policy) {
        return make(region, in -> in.put("Policy", policy).put("BypassPolicyLockoutSafetyCheck", true));
    }

    /** Makes a multi-Region primary key. */
    public LocalKey createMultiRegionKey(String region) {
        return make(region, in -> in.put("MultiRegion", true));
    }

    /** Makes an HMAC key, of 256 bits. */
    public LocalKey createHmacKey(String region) {
        return make(region, in -> in.put("KeySpec", "HMAC_256").put("KeyUsage", "GENERATE_VERIFY_MAC"));
    }

    /** Makes a multi-Region primary HMAC key, of 256 bits; its replicas compute the same MACs. */
    public LocalKey createMultiRegionHmacKey(String region) {
        return make(
                region,
                in -> in.put("KeySpec", "HMAC_256")
                        .put("KeyUsage", "GENERATE_VERIFY_MAC")
                        .put("MultiRegion", true));
    }

    LocalKey make(String region, Consumer<ObjectNode> parameters) {
        JsonNode made = LocalKey.run(() -> kms.administer(id(), region, "CreateKey", parameters))
                .path("KeyMetadata");
        return new LocalKey(
                kms,
                id(),
                region,
                made.path("KeyId").textValue(),
                made.path("Arn").textValue());
    }

    /**
     * A key of this account, by its id, key ARN or alias, in the usual Region or the ARN's; {@code alias/aws/s3} makes the managed key.
     *
     * @throws NoSuchElementException if there is none
     */
    public LocalKey key(String reference) {
        String[] arn = reference.split(":", 6);
        return key(reference, arn.length == 6 ? arn[3] : usualRegion);
    }

    LocalKey key(String reference, String region) {
        JsonNode found;
        try {
            found = LocalKey.run(() -> kms.administer(id(), region, "DescribeKey", in -> in.put("KeyId", reference)))
                    .path("KeyMetadata");
        } catch (IllegalArgumentException e) {
            throw new NoSuchElementException(e.getMessage(), e);
        }
        return new LocalKey(
                kms,
                id(),
                region,
                found.path("KeyId").textValue(),
                found.path("Arn").textValue());
    }

    @Override
    public String toString() {
        return id();
    }
}
