package dev.s3envelope.local.internal.s3;

import dev.s3envelope.local.internal.http.AwsError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Versioning, policy, tags, object ownership and public access block of a bucket. */
final class BucketSettings {
    private static final int MAX_POLICY = 20 * 1024;
    private static final List<String> BLOCKS =
            List.of("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets");
    private static final List<String> OWNERSHIP =
            List.of("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter");

    private final S3Core core;

    BucketSettings(S3Core core) {
        this.core = core;
    }

    private Bucket authorized(S3Request request, String action) {
        Bucket bucket = core.bucket(request);
        core.gate().requireBucket(request, bucket, action);
        return bucket;
    }

    private static byte[] body(S3Request request) throws IOException {
        return XmlNode.bytes(request.call().body());
    }

    void versioning(S3Request request) {
        String status = authorized(request, "s3:GetBucketVersioning").config().versioning();
        request.answerXml(Xml.document("VersioningConfiguration", xml -> xml.add("Status", status)));
    }

    void putVersioning(S3Request request) throws IOException {
        Bucket bucket = authorized(request, "s3:PutBucketVersioning");
        String status = XmlNode.parse(body(request), "VersioningConfiguration").text("Status");
        if (!"Enabled".equals(status) && !"Suspended".equals(status)) {
            throw new AwsError(
                    400, "IllegalVersioningConfigurationException", "The Versioning element must be specified");
        }
        core.store().configure(bucket, config -> config.withVersioning(status));
        request.answer(200);
    }

    void policy(S3Request request) {
        String policy = requirePolicy(authorized(request, "s3:GetBucketPolicy"));
        request.answer(200, Map.of("Content-Type", "application/json"), policy.getBytes(StandardCharsets.UTF_8));
    }

    void policyStatus(S3Request request) {
        String policy = requirePolicy(authorized(request, "s3:GetBucketPolicyStatus"));
        boolean isPublic = PolicyStatus.isPublic(policy);
        request.answerXml(Xml.document("PolicyStatus", xml -> xml.add("IsPublic", isPublic)));
    }

    private static String requirePolicy(Bucket bucket) {
        String policy = bucket.config().policy();
        if (policy == null) {
            throw new AwsError(
                    404, "NoSuchBucketPolicy", "The bucket policy does not exist", Map.of("BucketName", bucket.name()));
        }
        return policy;
    }

    void putPolicy(S3Request request) throws IOException {
        Bucket bucket = authorized(request, "s3:PutBucketPolicy");
        byte[] document = body(request);
        if (document.length > MAX_POLICY) {
            throw new AwsError(
                    400, "PolicyTooLarge", "Policy exceeds the maximum allowed document size of 20480 bytes");
        }
        String policy = new String(document, StandardCharsets.UTF_8);
        core.gate().access().checkBucketPolicy(bucket.name(), policy);
        Map<String, Boolean> blocks = bucket.config().publicAccessBlock();
        if (blocks != null && Boolean.TRUE.equals(blocks.get("BlockPublicPolicy")) && PolicyStatus.isPublic(policy)) {
            throw new AwsError(
                    403,
                    "AccessDenied",
                    "User: " + request.principalArn()
                            + " is not authorized to perform: s3:PutBucketPolicy on resource: \""
                            + S3Request.bucketArn(bucket)
                            + "\" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public"
                            + " Access.");
        }
        core.store().configure(bucket, config -> config.withPolicy(policy));
        request.answer(204);
    }

    void deletePolicy(S3Request request) {
        Bucket bucket = authorized(request, "s3:DeleteBucketPolicy");
        core.store().configure(bucket, config -> config.withPolicy(null));
        request.answer(204);
    }

    void tagging(S3Request request) {
        Bucket bucket = authorized(request, "s3:GetBucketTagging");
        Map<String, String> tags = bucket.config().tags();
        if (tags.isEmpty()) {
            throw new AwsError(404, "NoSuchTagSet", "The TagSet does not exist", Map.of("BucketName", bucket.name()));
        }
        request.answerXml(Xml.document("Tagging", xml -> Tags.write(xml, tags)));
    }

    void putTagging(S3Request request) throws IOException {
        Bucket bucket = authorized(request, "s3:PutBucketTagging");
        Map<String, String> tags = Tags.ofXml(body(request), 50);
        core.store().configure(bucket, config -> config.withTags(tags));
        request.answer(204);
    }

    void deleteTagging(S3Request request) {
        Bucket bucket = authorized(request, "s3:PutBucketTagging");
        core.store().configure(bucket, config -> config.withTags(Map.of()));
        request.answer(204);
    }

    void ownership(S3Request request) {
        Bucket bucket = authorized(request, "s3:GetBucketOwnershipControls");
        String rule = bucket.config().ownership();
        if (rule == null) {
            throw new AwsError(
                    404,
                    "OwnershipControlsNotFoundError",
                    "The bucket ownership controls were not found",
                    Map.of("BucketName", bucket.name()));
        }
        request.answerXml(Xml.document(
                "OwnershipControls", xml -> xml.group("Rule", r -> r.add("ObjectOwnership", rule))));
    }

    void putOwnership(S3Request request) throws IOException {
        Bucket bucket = authorized(request, "s3:PutBucketOwnershipControls");
        List<XmlNode> rules = XmlNode.parse(body(request), "OwnershipControls").all("Rule");
        String rule = rules.size() == 1 ? rules.get(0).text("ObjectOwnership") : null;
        if (rule == null || !OWNERSHIP.contains(rule)) {
            throw XmlNode.malformed();
        }
        core.store().configure(bucket, config -> config.withOwnership(rule));
        request.answer(200);
    }

    void deleteOwnership(S3Request request) {
        Bucket bucket = authorized(request, "s3:PutBucketOwnershipControls");
        core.store().configure(bucket, config -> config.withOwnership(null));
        request.answer(204);
    }

    void publicAccessBlock(S3Request request) {
        Bucket bucket = authorized(request, "s3:GetBucketPublicAccessBlock");
        Map<String, Boolean> blocks = bucket.config().publicAccessBlock();
        if (blocks == null) {
            throw new AwsError(
                    404,
                    "NoSuchPublicAccessBlockConfiguration",
                    "The public access block configuration was not found",
                    Map.of("BucketName", bucket.name()));
        }
        request.answerXml(Xml.document(
                "PublicAccessBlockConfiguration",
                xml -> BLOCKS.forEach(name -> xml.add(name, blocks.getOrDefault(name, false)))));
    }

    void putPublicAccessBlock(S3Request request) throws IOException {
        Bucket bucket = authorized(request, "s3:PutBucketPublicAccessBlock");
        XmlNode document = XmlNode.parse(body(request), "PublicAccessBlockConfiguration");
        Map<String, Boolean> blocks = new TreeMap<>();
        BLOCKS.forEach(name -> blocks.put(name, "true".equalsIgnoreCase(document.text(name))));
        core.store().configure(bucket, config -> config.withPublicAccessBlock(blocks));
        request.answer(200);
    }

    void deletePublicAccessBlock(S3Request request) {
        Bucket bucket = authorized(request, "s3:PutBucketPublicAccessBlock");
        core.store().configure(bucket, config -> config.withPublicAccessBlock(null));
        request.answer(204);
    }

    /** The encryption configuration, which has more to say. */
    void encryption(S3Request request) {
        Bucket bucket = authorized(request, "s3:GetEncryptionConfiguration");
        BucketConfig.DefaultEncryption preset = bucket.config().encryption();
        request.answerXml(Xml.document(
                "ServerSideEncryptionConfiguration",
                xml -> xml.group("Rule", rule -> {
                    rule.group(
                            "ApplyServerSideEncryptionByDefault",
                            d -> d.add("SSEAlgorithm", preset.mode().header()).add("KMSMasterKeyID", preset.key()));
                    rule.add("BucketKeyEnabled", Boolean.TRUE.equals(preset.bucketKey()));
                    if (preset.blocksSseC()) {
                        rule.group("BlockedEncryptionTypes", b -> b.add("EncryptionType", "SSE-C"));
                    }
                })));
    }

    void putEncryption(S3Request request) throws IOException {
        Bucket bucket = authorized(request, "s3:PutEncryptionConfiguration");
        List<XmlNode> rules = XmlNode.parse(body(request), "ServerSideEncryptionConfiguration")
                .all("Rule");
        if (rules.size() != 1) {
            throw XmlNode.malformed();
        }
        BucketConfig.DefaultEncryption before = bucket.config().encryption();
        BucketConfig.DefaultEncryption after = rule(rules.get(0), before);
        core.store().configure(bucket, config -> config.withEncryption(after));
        request.answer(200);
    }

    private static BucketConfig.DefaultEncryption rule(XmlNode rule, BucketConfig.DefaultEncryption before) {
        XmlNode preset = rule.child("ApplyServerSideEncryptionByDefault");
        XmlNode blocked = rule.child("BlockedEncryptionTypes");
        String bucketKeyText = rule.text("BucketKeyEnabled");
        boolean bucketKey = "true".equalsIgnoreCase(bucketKeyText);
        boolean blocks = blocked == null ? before.blocksSseC() : blocks(blocked);
        if (preset == null) {
            if (blocked == null && bucketKeyText == null) {
                throw XmlNode.malformed();
            }
            return new BucketConfig.DefaultEncryption(before.mode(), before.key(), bucketKey, blocks);
        }
        Sealed.Mode mode = mode(preset.required("SSEAlgorithm"));
        String key = preset.text("KMSMasterKeyID");
        if (key != null && !mode.kms()) {
            throw S3Errors.argument(
                    "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse");
        }
        return new BucketConfig.DefaultEncryption(mode, key, bucketKey, blocks);
    }

    private static Sealed.Mode mode(@Nullable String algorithm) {
        for (Sealed.Mode mode : Sealed.Mode.values()) {
            if (mode != Sealed.Mode.SSE_C && mode.header().equals(algorithm)) {
                return mode;
            }
        }
        throw XmlNode.malformed();
    }

    private static boolean blocks(XmlNode blocked) {
        boolean blocks = false;
        for (XmlNode type : blocked.all("EncryptionType")) {
            switch (type.text().strip()) {
                case "SSE-C" -> blocks = true;
                case "NONE" -> blocks = false;
                default -> throw XmlNode.malformed();
            }
        }
        return blocks;
    }

    /** Back to the base default, SSE-S3; what is blocked stays blocked. */
    void deleteEncryption(S3Request request) {
        Bucket bucket = authorized(request, "s3:PutEncryptionConfiguration");
        core.store()
                .configure(
                        bucket,
                        config -> config.withEncryption(new BucketConfig.DefaultEncryption(
                                Sealed.Mode.SSE_S3,
                                null,
                                null,
                                config.encryption().blocksSseC())));
        request.answer(204);
    }
}
