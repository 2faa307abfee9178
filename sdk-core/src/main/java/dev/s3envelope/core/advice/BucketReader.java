package dev.s3envelope.core.advice;

import dev.s3envelope.core.advice.AccessDocuments.DefaultEncryption;
import dev.s3envelope.core.advice.AccessDocuments.OfBucket;
import dev.s3envelope.core.advice.AccessDocuments.Replication;
import dev.s3envelope.core.advice.AccessDocuments.ReplicationRule;
import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.iam.PolicyDocument;
import dev.s3envelope.core.iam.PolicyType;
import dev.s3envelope.core.internal.Json;
import dev.s3envelope.core.internal.JsonFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads an entry under {@code buckets}. */
final class BucketReader {
    private static final List<String> ALGORITHMS = List.of("AES256", "aws:kms", "aws:kms:dsse");

    private BucketReader() {}

    static OfBucket bucket(Json json) {
        JsonFields fields = JsonFields.of(json);
        String name = name(fields.required("name"));
        Optional<AccountId> account = Values.account(fields, "account");
        Optional<String> region = Values.text(fields, "region");
        Optional<PolicyDocument> policy = fields.optional("policy").map(p -> policy(p, name));
        List<List<PolicyDocument>> resourceControl = Values.levels(
                fields, "resourceControlPolicies", PolicyType.RESOURCE_CONTROL, "resource control policy");
        Optional<DefaultEncryption> encryption = fields.optional("encryption").map(BucketReader::encryption);
        Optional<Replication> replication = fields.optional("replication").map(BucketReader::replication);
        Optional<String> logsTo = fields.optional("logsTo").map(BucketReader::name);
        List<KeyArn> objectKeys =
                Values.list(fields, "objectKeys", key -> JsonFields.at(key, k -> KeyArn.parse(JsonFields.string(k))));
        fields.end();
        return new OfBucket(
                name, account, region, policy, resourceControl, encryption, replication, logsTo, objectKeys);
    }

    private static String name(Json json) {
        return Values.checked(json, () -> ObjectScope.requireGeneralPurpose(JsonFields.string(json)));
    }

    private static PolicyDocument policy(Json json, String bucket) {
        return Values.policy(json, PolicyType.BUCKET, "bucket policy of " + bucket);
    }

    private static DefaultEncryption encryption(Json json) {
        JsonFields fields = JsonFields.of(json);
        String algorithm = Values.oneOf(fields.required("algorithm"), ALGORITHMS);
        Optional<String> key = Values.text(fields, "key");
        boolean bucketKey = Values.flag(fields, "bucketKey");
        fields.end();
        return new DefaultEncryption(algorithm, key, bucketKey);
    }

    private static Replication replication(Json json) {
        JsonFields fields = JsonFields.of(json);
        String role = JsonFields.string(fields.required("role"));
        List<ReplicationRule> rules = new ArrayList<>();
        for (Json item : JsonFields.items(fields.required("rules"))) {
            rules.add(rule(item, "rule " + (rules.size() + 1)));
        }
        fields.end();
        return new Replication(role, rules);
    }

    private static ReplicationRule rule(Json json, String place) {
        JsonFields fields = JsonFields.of(json);
        String id = Values.text(fields, "id").orElse(place);
        boolean disabled = Values.flag(fields, "disabled");
        String destination = name(fields.required("destination"));
        Optional<AccountId> account = Values.account(fields, "destinationAccount");
        boolean kmsObjects = Values.flag(fields, "sseKmsEncryptedObjects");
        Optional<String> replicaKey = Values.text(fields, "replicaKey");
        fields.end();
        return new ReplicationRule(id, !disabled, destination, account, kmsObjects, replicaKey);
    }
}
