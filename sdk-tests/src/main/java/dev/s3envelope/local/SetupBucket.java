package dev.s3envelope.local;

import java.util.Map;
import java.util.function.Function;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketAlreadyOwnedByYouException;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionByDefault;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionRule;

/** Makes a bucket of a set-up file through S3 itself, as the root user of its owner. */
final class SetupBucket {
    private SetupBucket() {}

    static void apply(
            LocalAws aws,
            LocalAccount owner,
            String name,
            SetupNode node,
            Function<SetupNode, String> policyText,
            Map<String, String> arns) {
        node.members("region", "versioning", "policy", "defaultEncryption");
        String region = node.get("region").map(SetupNode::text).orElse(aws.region());
        try (S3Client s3 = aws.configure(S3Client.builder(), owner.root())
                .region(Region.of(region))
                .build()) {
            create(s3, name, region);
            if (node.flag("versioning")) {
                s3.putBucketVersioning(
                        b -> b.bucket(name).versioningConfiguration(v -> v.status(BucketVersioningStatus.ENABLED)));
            }
            node.get("defaultEncryption").ifPresent(encryption -> encrypt(s3, name, encryption, owner.id(), arns));
            node.get("policy")
                    .ifPresent(policy -> s3.putBucketPolicy(b -> b.bucket(name).policy(policyText.apply(policy))));
        }
    }

    private static void create(S3Client s3, String name, String region) {
        CreateBucketRequest.Builder request = CreateBucketRequest.builder().bucket(name);
        if (!region.equals("us-east-1")) {
            request.createBucketConfiguration(c -> c.locationConstraint(region));
        }
        try {
            s3.createBucket(request.build());
        } catch (BucketAlreadyOwnedByYouException e) {
            // The file was applied before.
        } catch (S3Exception e) {
            if (!"BucketAlreadyOwnedByYou".equals(e.awsErrorDetails().errorCode())) {
                throw e;
            }
        }
    }

    private static void encrypt(S3Client s3, String bucket, SetupNode node, String owner, Map<String, String> arns) {
        node.members("mode", "key", "bucketKey");
        ServerSideEncryptionByDefault.Builder byDefault =
                ServerSideEncryptionByDefault.builder().sseAlgorithm(node.text("mode"));
        node.ifText(
                "key",
                key -> byDefault.kmsMasterKeyID(
                        key.startsWith("alias/") ? arns.getOrDefault(owner + ":" + key, key) : key));
        boolean bucketKey = node.flag("bucketKey");
        s3.putBucketEncryption(b -> b.bucket(bucket)
                .serverSideEncryptionConfiguration(c -> c.rules(ServerSideEncryptionRule.builder()
                        .applyServerSideEncryptionByDefault(byDefault.build())
                        .bucketKeyEnabled(bucketKey)
                        .build())));
    }
}
