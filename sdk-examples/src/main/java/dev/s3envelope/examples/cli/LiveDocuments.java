package dev.s3envelope.examples.cli;

import dev.s3envelope.core.advice.AccessDocuments;
import dev.s3envelope.core.advice.AccessDocuments.DefaultEncryption;
import dev.s3envelope.core.advice.AccessDocuments.OfBucket;
import dev.s3envelope.core.advice.AccessDocuments.OfKey;
import dev.s3envelope.core.advice.AccessDocuments.Replication;
import dev.s3envelope.core.advice.AccessDocuments.ReplicationRule;
import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.arn.KeyReference;
import dev.s3envelope.core.guard.KeyFacts;
import dev.s3envelope.core.iam.Grant;
import dev.s3envelope.core.iam.PolicyDocument;
import dev.s3envelope.core.iam.PolicyType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kms.model.GrantListEntry;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.LoggingEnabled;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.ReplicationConfiguration;
import software.amazon.awssdk.services.s3.model.ReplicationRuleStatus;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionRule;
import software.amazon.awssdk.services.s3.model.SseKmsEncryptedObjectsStatus;

/** Reads buckets, the buckets they replicate and log to, and their keys, as far as the caller may; what it may not is listed. */
final class LiveDocuments {
    private final Connection connection;
    private final S3Client s3;
    private final Map<String, OfBucket> buckets = new LinkedHashMap<>();
    private final List<OfKey> keys = new ArrayList<>();
    private final Set<String> keysSeen = new HashSet<>();
    private final List<String> unread = new ArrayList<>();

    private LiveDocuments(Connection connection) {
        this.connection = connection;
        this.s3 = connection.s3();
    }

    /** Reads; {@code account} owns the buckets that are named, if it is known. */
    static LiveDocuments read(Connection connection, List<String> names, Optional<AccountId> account) {
        LiveDocuments live = new LiveDocuments(connection);
        names.forEach(name -> live.bucket(name, account));
        for (OfBucket bucket : List.copyOf(live.buckets.values())) {
            bucket.replication()
                    .ifPresent(r -> r.rules().forEach(rule -> {
                        live.bucket(
                                rule.destination(), rule.destinationAccount().or(() -> account));
                        rule.replicaKey().ifPresent(live::key);
                    }));
            bucket.logsTo().ifPresent(target -> live.bucket(target, account));
        }
        List.copyOf(live.buckets.values())
                .forEach(bucket ->
                        bucket.encryption().flatMap(DefaultEncryption::key).ifPresent(live::key));
        return live;
    }

    AccessDocuments documents() {
        return new AccessDocuments(List.of(), List.copyOf(buckets.values()), keys);
    }

    /** What could not be read, and why. */
    List<String> unread() {
        return List.copyOf(unread);
    }

    private void bucket(String name, Optional<AccountId> account) {
        if (buckets.containsKey(name)) {
            return;
        }
        Optional<String> region =
                tried("bucket " + name, () -> s3.headBucket(r -> r.bucket(name)).bucketRegion());
        if (region.isEmpty()) {
            return;
        }
        buckets.put(
                name,
                new OfBucket(
                        name,
                        account.or(() -> ownIfConfirmed(name)),
                        region,
                        policy(name),
                        List.of(),
                        tried("default encryption of " + name, () -> encryption(name)),
                        setting("replication of " + name, () -> replication(name)),
                        logsTo(name),
                        List.of()));
    }

    /** The caller's account if S3 confirms that it owns the bucket: only success tells. */
    private Optional<AccountId> ownIfConfirmed(String name) {
        try {
            Optional<AccountId> caller =
                    connection.caller().account().toCompletableFuture().join();
            caller.ifPresent(id -> s3.headBucket(r -> r.bucket(name).expectedBucketOwner(id.digits())));
            return caller;
        } catch (SdkException | CompletionException e) {
            unread.add("owner of bucket " + name + ": it is not confirmed to be the caller's; give --bucket-account");
            return Optional.empty();
        }
    }

    private Optional<PolicyDocument> policy(String name) {
        return setting(
                        "bucket policy of " + name,
                        () -> s3.getBucketPolicy(r -> r.bucket(name)).policy())
                .map(text -> PolicyDocument.parse(PolicyType.BUCKET, "bucket policy of " + name, text));
    }

    private DefaultEncryption encryption(String name) {
        ServerSideEncryptionRule rule = s3.getBucketEncryption(r -> r.bucket(name))
                .serverSideEncryptionConfiguration()
                .rules()
                .get(0);
        return new DefaultEncryption(
                rule.applyServerSideEncryptionByDefault().sseAlgorithmAsString(),
                Optional.ofNullable(rule.applyServerSideEncryptionByDefault().kmsMasterKeyID()),
                Boolean.TRUE.equals(rule.bucketKeyEnabled()));
    }

    private Replication replication(String name) {
        ReplicationConfiguration configuration =
                s3.getBucketReplication(r -> r.bucket(name)).replicationConfiguration();
        List<ReplicationRule> rules = new ArrayList<>();
        for (var rule : configuration.rules()) {
            var selection = rule.sourceSelectionCriteria();
            boolean kmsObjects = selection != null
                    && selection.sseKmsEncryptedObjects() != null
                    && selection.sseKmsEncryptedObjects().status() == SseKmsEncryptedObjectsStatus.ENABLED;
            var destination = rule.destination();
            rules.add(new ReplicationRule(
                    rule.id() == null ? "rule " + (rules.size() + 1) : rule.id(),
                    rule.status() == ReplicationRuleStatus.ENABLED,
                    destination.bucket().substring(destination.bucket().lastIndexOf(':') + 1),
                    Optional.ofNullable(destination.account()).map(AccountId::of),
                    kmsObjects,
                    Optional.ofNullable(destination.encryptionConfiguration()).map(e -> e.replicaKmsKeyID())));
        }
        return new Replication(configuration.role(), rules);
    }

    private Optional<String> logsTo(String name) {
        return tried(
                        "access logging of " + name,
                        () -> Optional.ofNullable(
                                s3.getBucketLogging(r -> r.bucket(name)).loggingEnabled()))
                .flatMap(enabled -> enabled)
                .map(LoggingEnabled::targetBucket);
    }

    private void key(String text) {
        if (text.endsWith("alias/aws/s3") || !keysSeen.add(text)) {
            return;
        }
        Optional<KeyArn> arn = KeyArn.tryParse(text);
        if (arn.isPresent() && !arn.get().region().equals(connection.region().id())) {
            unread.add("key " + text + ": it is in another Region than " + connection.region());
            return;
        }
        Optional<KeyFacts> facts = tried(
                "key " + text,
                () -> connection
                        .keys()
                        .describe(KeyReference.parse(text))
                        .toCompletableFuture()
                        .join());
        if (facts.isEmpty()
                || (!facts.get().arn().text().equals(text)
                        && !keysSeen.add(facts.get().arn().text()))) {
            return;
        }
        String id = facts.get().arn().text();
        Optional<PolicyDocument> policy = tried(
                        "policy of key " + id,
                        () -> connection.kms().getKeyPolicy(r -> r.keyId(id)).policy())
                .map(json -> PolicyDocument.parse(PolicyType.KEY, "key policy of " + id, json));
        List<Grant> grants = tried(
                        "grants of key " + id,
                        () -> connection.kms().listGrantsPaginator(r -> r.keyId(id)).grants().stream()
                                .map(LiveDocuments::grant)
                                .toList())
                .orElse(List.of());
        keys.add(new OfKey(facts.get(), policy, List.of(), grants));
    }

    private static Grant grant(GrantListEntry entry) {
        var constraints = Optional.ofNullable(entry.constraints());
        return new Grant(
                entry.grantId(),
                entry.keyId(),
                entry.granteePrincipal(),
                Set.copyOf(entry.operationsAsStrings()),
                constraints.map(c -> c.encryptionContextEquals()).orElse(Map.of()),
                constraints.map(c -> c.encryptionContextSubset()).orElse(Map.of()));
    }

    /** The answer; empty where a bucket has no such setting. */
    private <T> Optional<T> setting(String what, Supplier<T> read) {
        return tried(what, () -> {
            try {
                return read.get();
            } catch (S3Exception e) {
                if (e.statusCode() == 404 && !(e instanceof NoSuchBucketException)) {
                    return null;
                }
                throw e;
            }
        });
    }

    /** The answer; empty where it cannot be had, which is noted. */
    private <T> Optional<T> tried(String what, Supplier<@Nullable T> read) {
        try {
            return Optional.ofNullable(read.get());
        } catch (CompletionException | SdkException e) {
            unread.add(what + ": " + FailureReport.of(e).message());
            return Optional.empty();
        }
    }
}
