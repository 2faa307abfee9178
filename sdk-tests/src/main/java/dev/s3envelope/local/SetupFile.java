package dev.s3envelope.local;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/**
 * Accounts, users, roles, keys and buckets of a {@link LocalAws}, written down in JSON (comments allowed):
 *
 * <pre>{@code
 * {"accounts": {"111122223333": {
 *    "organization": "o-example",
 *    "serviceControlPolicies": [ POLICY ], "resourceControlPolicies": [ POLICY ],
 *    "keys": { "alias/documents": { "region": "eu-west-1", "policy": POLICY, "spec": "SYMMETRIC_DEFAULT",
 *              "multiRegion": false, "description": "...", "state": "Enabled" } },
 *    "users": { "alice": { "policies": { "read": POLICY }, "permissionsBoundary": POLICY, "tags": { "team": "a" },
 *               "accessKey": { "id": "AKIA...", "secret": "..." } } },
 *    "roles": { "reader": { "trust": POLICY, "policies": { "read": POLICY }, "permissionsBoundary": POLICY, "tags": {} } },
 *    "buckets": { "documents": { "region": "eu-west-1", "versioning": true, "policy": POLICY,
 *                 "defaultEncryption": { "mode": "aws:kms", "key": "alias/documents", "bucketKey": true } } }
 * }}}
 * }</pre>
 *
 * <p>Every member is optional. A POLICY is a policy document; <code>${key:alias/documents}</code> in one stands for the ARN of that key of
 * the same account, <code>${key:111122223333:alias/documents}</code> for one of another account. Keys come first, in all accounts, then
 * principals, then buckets. Applying a file again to an instance that kept its data changes what differs and makes nothing twice: a key
 * is known by its alias.
 */
public final class SetupFile {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(JsonParser.Feature.ALLOW_COMMENTS)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final Pattern KEY_OF = Pattern.compile("\\$\\{key:(?:([0-9]{12}):)?(alias/[A-Za-z0-9/_-]+)}");

    private final SetupNode root;

    private SetupFile(SetupNode root) {
        this.root = root;
    }

    /**
     * Reads a file.
     *
     * @throws SetupFileException if it cannot be read, is not JSON, or has members that mean nothing
     */
    public static SetupFile load(Path file) {
        try {
            return parse(Files.readString(file, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new SetupFileException("", "cannot read " + file + ": " + e, e);
        }
    }

    /**
     * Reads a text.
     *
     * @throws SetupFileException if it is not JSON or has members that mean nothing
     */
    public static SetupFile parse(String json) {
        SetupNode root;
        try {
            root = new SetupNode(JSON.readTree(json), "");
        } catch (JsonProcessingException e) {
            String where = e.getLocation() == null
                    ? ""
                    : " at line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr();
            throw new SetupFileException("", "not JSON" + where + ": " + e.getOriginalMessage(), e);
        }
        root.members("accounts");
        root.each("accounts", (id, account) -> {
            if (!id.matches("[0-9]{12}")) {
                throw account.problem("an account id has exactly 12 digits");
            }
            account.members(
                    "organization",
                    "serviceControlPolicies",
                    "resourceControlPolicies",
                    "keys",
                    "users",
                    "roles",
                    "buckets");
        });
        return new SetupFile(root);
    }

    /**
     * Brings everything about.
     *
     * @throws SetupFileException if something is refused; what came before it in the order above is then in place
     */
    public void apply(LocalAws aws) {
        Map<String, String> arns = new HashMap<>();
        root.each(
                "accounts",
                (id, account) -> account.each(
                        "keys",
                        (alias, key) -> arns.put(
                                id + ":" + alias,
                                key(aws, aws.account(id), alias, key).arn())));
        root.each("accounts", (id, account) -> principals(aws.account(id), account, arns));
        root.each(
                "accounts",
                (id, account) -> account.each(
                        "keys",
                        (alias, key) -> key.get("policy")
                                .ifPresent(policy -> policy.apply(() -> aws.account(id)
                                        .key(arns.getOrDefault(id + ":" + alias, ""))
                                        .policy(resolve(policy, id, arns))))));
        root.each(
                "accounts",
                (id, account) -> account.each("buckets", (name, bucket) -> {
                    try {
                        SetupBucket.apply(
                                aws, aws.account(id), name, bucket, policy -> resolve(policy, id, arns), arns);
                    } catch (AwsServiceException e) {
                        throw bucket.problem(
                                e.awsErrorDetails() == null
                                        ? String.valueOf(e.getMessage())
                                        : e.awsErrorDetails().errorCode() + ": "
                                                + e.awsErrorDetails().errorMessage(),
                                e);
                    }
                }));
    }

    private static LocalKey key(LocalAws aws, LocalAccount account, String alias, SetupNode node) {
        node.members("region", "policy", "spec", "multiRegion", "description", "state");
        String region = node.get("region").map(SetupNode::text).orElse(aws.region());
        LocalKey key;
        try {
            key = account.key(alias, region);
        } catch (NoSuchElementException e) {
            String spec = node.get("spec").map(SetupNode::text).orElse("SYMMETRIC_DEFAULT");
            key = account.make(region, in -> {
                in.put("KeySpec", spec).put("MultiRegion", node.flag("multiRegion"));
                if (spec.startsWith("HMAC")) {
                    in.put("KeyUsage", "GENERATE_VERIFY_MAC");
                }
                node.ifText("description", text -> in.put("Description", text));
            });
            key.alias(alias);
        }
        LocalKey made = key;
        node.ifText("state", made::forceState);
        return key;
    }

    private static void principals(LocalAccount account, SetupNode node, Map<String, String> arns) {
        String id = account.id();
        node.ifText("organization", account::organization);
        node.get("serviceControlPolicies")
                .ifPresent(list -> list.apply(
                        () -> account.serviceControlPolicies(policies(node, "serviceControlPolicies", id, arns))));
        node.get("resourceControlPolicies")
                .ifPresent(list -> list.apply(
                        () -> account.resourceControlPolicies(policies(node, "resourceControlPolicies", id, arns))));
        node.each("users", (name, user) -> {
            user.members("policies", "permissionsBoundary", "tags", "accessKey");
            LocalUser made = account.user(name);
            user.get("accessKey").ifPresent(key -> {
                key.members("id", "secret");
                key.apply(() -> made.accessKey(key.text("id"), key.text("secret")));
            });
            user.each("policies", (policyName, policy) -> made.policy(policyName, resolve(policy, id, arns)));
            user.get("permissionsBoundary")
                    .ifPresent(policy -> policy.apply(() -> made.permissionsBoundary(resolve(policy, id, arns))));
            user.each("tags", (tag, value) -> made.tags(Map.of(tag, value.text())));
            made.credentials();
        });
        node.each("roles", (name, role) -> {
            role.members("trust", "policies", "permissionsBoundary", "tags");
            LocalRole made = account.role(name);
            role.get("trust").ifPresent(policy -> policy.apply(() -> made.trust(resolve(policy, id, arns))));
            role.each("policies", (policyName, policy) -> made.policy(policyName, resolve(policy, id, arns)));
            role.get("permissionsBoundary")
                    .ifPresent(policy -> policy.apply(() -> made.permissionsBoundary(resolve(policy, id, arns))));
            role.each("tags", (tag, value) -> made.tags(Map.of(tag, value.text())));
        });
    }

    private static String[] policies(SetupNode node, String name, String account, Map<String, String> arns) {
        List<SetupNode> list = node.list(name);
        return list.stream().map(policy -> resolve(policy, account, arns)).toArray(String[]::new);
    }

    /** The text of a policy with the keys it names by alias put in. */
    private static String resolve(SetupNode policy, String account, Map<String, String> arns) {
        return KEY_OF.matcher(policy.policy()).replaceAll(match -> {
            String owner = match.group(1) == null ? account : match.group(1);
            String arn = arns.get(owner + ":" + match.group(2));
            if (arn == null) {
                throw policy.problem("names a key that the file does not have: " + match.group());
            }
            return Matcher.quoteReplacement(arn);
        });
    }
}
