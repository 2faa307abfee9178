package dev.s3envelope.local.internal.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.EncryptionType;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.ReplicationConfiguration;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionByDefault;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionConfiguration;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionRule;

class BucketSettingsTest extends S3Fixture {
    private void encryption(ServerSideEncryptionRule... rules) {
        s3.putBucketEncryption(b -> b.bucket("bucket")
                .serverSideEncryptionConfiguration(
                        ServerSideEncryptionConfiguration.builder().rules(rules).build()));
    }

    private static ServerSideEncryptionRule rule(ServerSideEncryption mode, @Nullable String key) {
        return ServerSideEncryptionRule.builder()
                .applyServerSideEncryptionByDefault(ServerSideEncryptionByDefault.builder()
                        .sseAlgorithm(mode)
                        .kmsMasterKeyID(key)
                        .build())
                .build();
    }

    private ServerSideEncryptionRule preset() {
        return s3.getBucketEncryption(b -> b.bucket("bucket"))
                .serverSideEncryptionConfiguration()
                .rules()
                .get(0);
    }

    @Test
    void startsWithSseS3() {
        assertEquals(
                ServerSideEncryption.AES256,
                preset().applyServerSideEncryptionByDefault().sseAlgorithm());
        assertFalse(preset().bucketKeyEnabled());
    }

    @Test
    void keepsTheDefaultWithoutAskingKms() {
        encryption(rule(ServerSideEncryption.AWS_KMS, "alias/does-not-exist").toBuilder()
                .bucketKeyEnabled(true)
                .build());
        assertEquals(
                "alias/does-not-exist",
                preset().applyServerSideEncryptionByDefault().kmsMasterKeyID());
        assertTrue(preset().bucketKeyEnabled());
        assertTrue(aws.kms.calls().isEmpty());
        s3.deleteBucketEncryption(b -> b.bucket("bucket"));
        startsWithSseS3();
    }

    @Test
    void refusesNoneOrTwoRules() {
        refused(400, "MalformedXML", "well-formed", this::encryption);
        ServerSideEncryptionRule rule = rule(ServerSideEncryption.AES256, null);
        refused(400, "MalformedXML", "well-formed", () -> encryption(rule, rule));
    }

    @Test
    void refusesAKeyForSseS3() {
        refused(
                400,
                "InvalidArgument",
                "KMSMasterKeyID is not applicable",
                () -> encryption(rule(ServerSideEncryption.AES256, KEY_ARN)));
    }

    @Test
    void acceptsAndIgnoresABucketKeyForSseS3() {
        encryption(rule(ServerSideEncryption.AES256, null).toBuilder()
                .bucketKeyEnabled(true)
                .build());
        put("k", "x");
        assertEquals("x", get("k"));
    }

    @Test
    void keepsTheBlock_whenItIsNotMentioned() {
        encryption(rule(ServerSideEncryption.AES256, null).toBuilder()
                .blockedEncryptionTypes(t -> t.encryptionType(EncryptionType.SSE_C))
                .build());
        encryption(rule(ServerSideEncryption.AWS_KMS, null));
        assertEquals(
                List.of(EncryptionType.SSE_C), preset().blockedEncryptionTypes().encryptionType());
        encryption(rule(ServerSideEncryption.AWS_KMS, null).toBuilder()
                .blockedEncryptionTypes(t -> t.encryptionType(EncryptionType.NONE))
                .build());
        assertEquals(null, preset().blockedEncryptionTypes());
    }

    @Test
    void updatesTheEncryptionOfAnObjectInPlace() {
        put("k", "content");
        var before = s3.headObject(b -> b.bucket("bucket").key("k"));
        s3.updateObjectEncryption(
                b -> b.bucket("bucket").key("k").objectEncryption(e -> e.ssekms(k -> k.kmsKeyArn(KEY_ARN))));
        var after = s3.headObject(b -> b.bucket("bucket").key("k"));
        assertEquals(before.eTag(), after.eTag());
        assertEquals(before.lastModified(), after.lastModified());
        assertEquals(KEY_ARN, after.ssekmsKeyId());
        assertEquals("content", get("k"));
        s3.updateObjectEncryption(b -> b.bucket("bucket")
                .key("k")
                .objectEncryption(e -> e.ssekms(k -> k.kmsKeyArn(OTHER_KEY_ARN).bucketKeyEnabled(true))));
        after = s3.headObject(b -> b.bucket("bucket").key("k"));
        assertEquals(OTHER_KEY_ARN, after.ssekmsKeyId());
        assertTrue(after.bucketKeyEnabled());
        assertEquals("content", get("k"));
    }

    @Test
    void refusesToUpdate_whenKeyOrModeDoNotAllowIt() {
        put("k", "content");
        refused(
                400,
                "InvalidArgument",
                "full key ARN",
                () -> s3.updateObjectEncryption(
                        b -> b.bucket("bucket").key("k").objectEncryption(e -> e.ssekms(k -> k.kmsKeyArn("alias/a")))));
        refused(
                403,
                "AccessDenied",
                "account that owns the bucket",
                () -> s3.updateObjectEncryption(b -> b.bucket("bucket")
                        .key("k")
                        .objectEncryption(
                                e -> e.ssekms(k -> k.kmsKeyArn("arn:aws:kms:us-east-1:444455556666:key/x")))));
        s3.copyObject(b -> b.sourceBucket("bucket")
                .sourceKey("k")
                .destinationBucket("bucket")
                .destinationKey("d")
                .serverSideEncryption("aws:kms:dsse"));
        refused(
                400,
                "InvalidRequest",
                "DSSE-KMS",
                () -> s3.updateObjectEncryption(
                        b -> b.bucket("bucket").key("d").objectEncryption(e -> e.ssekms(k -> k.kmsKeyArn(KEY_ARN)))));
        for (String action : List.of("s3:UpdateObjectEncryption", "s3:PutObject")) {
            aws.access.deny(access -> access.action().equals(action));
            refused(
                    403,
                    "AccessDenied",
                    action,
                    () -> s3.updateObjectEncryption(b ->
                            b.bucket("bucket").key("k").objectEncryption(e -> e.ssekms(k -> k.kmsKeyArn(KEY_ARN)))));
        }
    }

    @Test
    void keepsPolicyTagsVersioningOwnershipAndPublicAccessBlock() {
        refused(404, "NoSuchBucketPolicy", "does not exist", () -> s3.getBucketPolicy(b -> b.bucket("bucket")));
        refused(
                400,
                "MalformedPolicy",
                "JSON",
                () -> s3.putBucketPolicy(b -> b.bucket("bucket").policy("no")));
        String policy = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":"
                + "\"arn:aws:iam::444455556666:root\"},\"Action\":\"s3:*\",\"Resource\":\"*\"}]}";
        s3.putBucketPolicy(b -> b.bucket("bucket").policy(policy));
        assertEquals(policy, s3.getBucketPolicy(b -> b.bucket("bucket")).policy());
        assertFalse(
                s3.getBucketPolicyStatus(b -> b.bucket("bucket")).policyStatus().isPublic());
        s3.headBucket(b -> b.bucket("bucket"));
        var asked = aws.access.questions();
        assertEquals(policy, asked.get(asked.size() - 1).bucketPolicy());
        String open = policy.replace("arn:aws:iam::444455556666:root", "*");
        refused(
                403,
                "AccessDenied",
                "BlockPublicPolicy",
                () -> s3.putBucketPolicy(b -> b.bucket("bucket").policy(open)));
        s3.deletePublicAccessBlock(b -> b.bucket("bucket"));
        s3.putBucketPolicy(b -> b.bucket("bucket").policy(open));
        assertTrue(
                s3.getBucketPolicyStatus(b -> b.bucket("bucket")).policyStatus().isPublic());
        refused(
                404,
                "NoSuchPublicAccessBlockConfiguration",
                "not found",
                () -> s3.getPublicAccessBlock(b -> b.bucket("bucket")));
        s3.deleteBucketPolicy(b -> b.bucket("bucket"));

        refused(404, "NoSuchTagSet", "does not exist", () -> s3.getBucketTagging(b -> b.bucket("bucket")));
        s3.putBucketTagging(b ->
                b.bucket("bucket").tagging(t -> t.tagSet(g -> g.key("a").value("b"))));
        assertEquals(
                "b",
                s3.getBucketTagging(b -> b.bucket("bucket")).tagSet().get(0).value());

        assertEquals(null, s3.getBucketVersioning(b -> b.bucket("bucket")).status());
        s3.putBucketVersioning(
                b -> b.bucket("bucket").versioningConfiguration(v -> v.status(BucketVersioningStatus.SUSPENDED)));
        assertEquals(
                BucketVersioningStatus.SUSPENDED,
                s3.getBucketVersioning(b -> b.bucket("bucket")).status());
        assertEquals(
                "BucketOwnerEnforced",
                s3.getBucketOwnershipControls(b -> b.bucket("bucket"))
                        .ownershipControls()
                        .rules()
                        .get(0)
                        .objectOwnershipAsString());
    }

    @Test
    void namesOwnersByCanonicalId() {
        put("k", "x");
        String owner = aws.access.canonicalId("111122223333");
        assertEquals(owner, s3.getBucketAcl(b -> b.bucket("bucket")).owner().id());
        assertEquals(
                owner, s3.getObjectAcl(b -> b.bucket("bucket").key("k")).owner().id());
        assertEquals(owner, s3.listBuckets().owner().id());
        assertEquals(
                owner,
                s3.listObjects(b -> b.bucket("bucket"))
                        .contents()
                        .get(0)
                        .owner()
                        .id());
    }

    @Test
    void listsOnlyOwnBuckets() {
        try (var bob = aws.client(LocalS3.BOB)) {
            bob.createBucket(b -> b.bucket("bobs"));
            assertEquals(
                    List.of("bobs"),
                    bob.listBuckets().buckets().stream().map(b -> b.name()).toList());
            refused(409, "BucketAlreadyExists", "not available", () -> bob.createBucket(b -> b.bucket("bucket")));
        }
    }

    @Test
    void livesInOneRegion() {
        try (var paris = aws.client(LocalS3.ALICE, Region.EU_WEST_3)) {
            refused(
                    400,
                    "IllegalLocationConstraintException",
                    "incompatible",
                    () -> paris.createBucket(
                            b -> b.bucket("paris").createBucketConfiguration(c -> c.locationConstraint("eu-west-1"))));
        }
        try (var paris = aws.client(LocalS3.ALICE, Region.EU_WEST_3)) {
            paris.createBucket(
                    b -> b.bucket("paris").createBucketConfiguration(c -> c.locationConstraint("eu-west-3")));
            assertEquals(
                    "eu-west-3", paris.getBucketLocation(b -> b.bucket("paris")).locationConstraintAsString());
            assertEquals("eu-west-3", paris.headBucket(b -> b.bucket("paris")).bucketRegion());
        }
        S3Exception e = assertThrows(S3Exception.class, () -> s3.headBucket(b -> b.bucket("paris")));
        assertEquals(301, e.statusCode());
        assertEquals(
                "eu-west-3",
                e.awsErrorDetails()
                        .sdkHttpResponse()
                        .firstMatchingHeader("x-amz-bucket-region")
                        .orElse(""));
    }

    @Test
    void tellsTheRegion_whateverThePermissions() {
        aws.access.deny(access -> true);
        S3Exception e = assertThrows(S3Exception.class, () -> s3.headBucket(b -> b.bucket("bucket")));
        assertEquals(403, e.statusCode());
        assertEquals(
                "us-east-1",
                e.awsErrorDetails()
                        .sdkHttpResponse()
                        .firstMatchingHeader("x-amz-bucket-region")
                        .orElse(""));
    }

    @Test
    void refusesUnknownBuckets() {
        assertThrows(NoSuchBucketException.class, () -> s3.listObjects(b -> b.bucket("unknown")));
    }

    @Test
    void keepsReplicationAndLogging() {
        S3Exception none = assertThrows(S3Exception.class, () -> s3.getBucketReplication(b -> b.bucket("bucket")));
        assertEquals(
                "ReplicationConfigurationNotFoundError", none.awsErrorDetails().errorCode());
        ReplicationConfiguration configuration = ReplicationConfiguration.builder()
                .role("arn:aws:iam::111122223333:role/copier")
                .rules(r -> r.id("all")
                        .status("Enabled")
                        .prefix("")
                        .sourceSelectionCriteria(c -> c.sseKmsEncryptedObjects(k -> k.status("Enabled")))
                        .destination(d -> d.bucket("arn:aws:s3:::copies")
                                .encryptionConfiguration(e -> e.replicaKmsKeyID("alias/r"))))
                .build();
        S3Exception unversioned = assertThrows(
                S3Exception.class,
                () -> s3.putBucketReplication(b -> b.bucket("bucket").replicationConfiguration(configuration)));
        assertEquals("InvalidRequest", unversioned.awsErrorDetails().errorCode());
        s3.putBucketVersioning(
                b -> b.bucket("bucket").versioningConfiguration(v -> v.status(BucketVersioningStatus.ENABLED)));
        s3.putBucketReplication(b -> b.bucket("bucket").replicationConfiguration(configuration));
        assertEquals(
                configuration, s3.getBucketReplication(b -> b.bucket("bucket")).replicationConfiguration());
        s3.deleteBucketReplication(b -> b.bucket("bucket"));
        assertThrows(S3Exception.class, () -> s3.getBucketReplication(b -> b.bucket("bucket")));

        assertEquals(null, s3.getBucketLogging(b -> b.bucket("bucket")).loggingEnabled());
        s3.putBucketLogging(b -> b.bucket("bucket")
                .bucketLoggingStatus(
                        l -> l.loggingEnabled(e -> e.targetBucket("logs").targetPrefix("a/"))));
        assertEquals(
                "logs",
                s3.getBucketLogging(b -> b.bucket("bucket")).loggingEnabled().targetBucket());
        s3.putBucketLogging(b -> b.bucket("bucket").bucketLoggingStatus(l -> {}));
        assertEquals(null, s3.getBucketLogging(b -> b.bucket("bucket")).loggingEnabled());
    }
}
