package dev.s3envelope.local.internal.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** Writing under each mode, each illegal combination, and what KMS is asked (fact sheet, section 3). */
class EncryptedWritesTest extends S3Fixture {
    private static final RequestBody BODY = RequestBody.fromString("content");

    private PutObjectResponse put(Consumer<PutObjectRequest.Builder> with) {
        return s3.putObject(b -> with.accept(b.bucket("bucket").key("k")), BODY);
    }

    private static void sseC(PutObjectRequest.Builder b, byte[] key) {
        b.sseCustomerAlgorithm("AES256").sseCustomerKey(base64(key)).sseCustomerKeyMD5(md5(key));
    }

    private static String context(Map<String, String> pairs) {
        StringBuilder json = new StringBuilder("{");
        new TreeMap<>(pairs)
                .forEach((k, v) -> json.append(json.length() == 1 ? "" : ",")
                        .append('"')
                        .append(k)
                        .append("\":\"")
                        .append(v)
                        .append('"'));
        return base64(json.append('}').toString().getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void encryptsUnderSseS3_whenNothingIsSaid() {
        PutObjectResponse response = put(b -> {});
        assertEquals(ServerSideEncryption.AES256, response.serverSideEncryption());
        assertNull(response.ssekmsKeyId());
        String md5 = HexFormat.of()
                .formatHex(java.util.Base64.getDecoder().decode(md5("content".getBytes(StandardCharsets.UTF_8))));
        assertEquals('"' + md5 + '"', response.eTag());
        assertTrue(aws.kms.calls().isEmpty());
    }

    @Test
    void namesTheFullKeyArn_whenModeIsSseKms() {
        PutObjectResponse response = put(b -> b.serverSideEncryption("aws:kms").ssekmsKeyId("alias/one"));
        assertEquals("arn:aws:kms:us-east-1:111122223333:key/one", response.ssekmsKeyId());
        var head = s3.headObject(b -> b.bucket("bucket").key("k"));
        assertEquals(ServerSideEncryption.AWS_KMS, head.serverSideEncryption());
        assertEquals(response.ssekmsKeyId(), head.ssekmsKeyId());
        assertNull(head.bucketKeyEnabled());
        String md5 = HexFormat.of()
                .formatHex(java.util.Base64.getDecoder().decode(md5("content".getBytes(StandardCharsets.UTF_8))));
        assertNotEquals('"' + md5 + '"', response.eTag());
    }

    @Test
    void appendsObjectArnToTheCallersContext_whenNoBucketKeyIsUsed() {
        String context = context(Map.of("tenant", "t1"));
        PutObjectResponse response =
                put(b -> b.serverSideEncryption("aws:kms").ssekmsKeyId(KEY_ARN).ssekmsEncryptionContext(context));
        assertEquals(context, response.ssekmsEncryptionContext());
        assertEquals("content", get("k"));
        Map<String, String> expected = Map.of("tenant", "t1", "aws:s3:arn", "arn:aws:s3:::bucket/k");
        assertEquals(
                List.of(
                        new FakeKms.Call("GenerateDataKey", "arn:aws:iam::111122223333:user/alice", expected, KEY_ARN),
                        new FakeKms.Call("Decrypt", "arn:aws:iam::111122223333:user/alice", expected, KEY_ARN)),
                aws.kms.calls());
    }

    @Test
    void cutsKmsCallsAndShowsBucketArn_whenBucketKeyIsOn() {
        for (int i = 0; i < 5; i++) {
            String key = "k" + i;
            PutObjectResponse response = s3.putObject(
                    b -> b.bucket("bucket")
                            .key(key)
                            .serverSideEncryption("aws:kms")
                            .ssekmsKeyId(KEY_ARN)
                            .bucketKeyEnabled(true),
                    BODY);
            assertTrue(response.bucketKeyEnabled());
            assertEquals("content", get(key));
        }
        assertEquals(1, aws.kms.calls().size());
        assertEquals(
                Map.of("aws:s3:arn", "arn:aws:s3:::bucket"),
                aws.kms.calls().get(0).context());
    }

    @Test
    void asksKmsForEachRequester_whenBucketKeyIsOn() {
        put(b -> b.serverSideEncryption("aws:kms").ssekmsKeyId(KEY_ARN).bucketKeyEnabled(true));
        try (var bob = aws.client(LocalS3.BOB)) {
            bob.getObjectAsBytes(b -> b.bucket("bucket").key("k"));
            bob.getObjectAsBytes(b -> b.bucket("bucket").key("k"));
        }
        assertEquals(
                List.of("GenerateDataKey alice", "Decrypt bob"),
                aws.kms.calls().stream()
                        .map(c -> c.operation() + " "
                                + c.requester().substring(c.requester().indexOf('/') + 1))
                        .toList());
    }

    @Test
    void usesTheUploadersAwsManagedKey_whenNoKeyIsNamedAcrossAccounts() {
        try (var bob = aws.client(LocalS3.BOB)) {
            var response = bob.putObject(b -> b.bucket("bucket").key("k").serverSideEncryption("aws:kms"), BODY);
            assertEquals("arn:aws:kms:us-east-1:444455556666:key/aws-s3", response.ssekmsKeyId());
        }
    }

    @Test
    void encryptsTwiceAndReadsBack_whenModeIsDsse() {
        PutObjectResponse response =
                put(b -> b.serverSideEncryption("aws:kms:dsse").ssekmsKeyId(KEY_ARN));
        assertEquals(ServerSideEncryption.AWS_KMS_DSSE, response.serverSideEncryption());
        assertEquals("content", get("k"));
        assertEquals(
                Map.of("aws:s3:arn", "arn:aws:s3:::bucket/k"),
                aws.kms.calls().get(0).context());
    }

    @Test
    void carriesNoSseHeader_whenModeIsSseC() {
        PutObjectResponse response = put(b -> sseC(b, customerKey(1)));
        assertNull(response.serverSideEncryption());
        assertEquals("AES256", response.sseCustomerAlgorithm());
        assertEquals(md5(customerKey(1)), response.sseCustomerKeyMD5());
    }

    @Test
    void refusesSseCWithSseHeader() {
        refused(
                400,
                "InvalidArgument",
                "incompatible with the encryption method specified",
                () -> put(b -> {
                    sseC(b, customerKey(1));
                    b.serverSideEncryption("AES256");
                }));
    }

    @Test
    void refusesKeyIdWithoutKmsMode() {
        refused(400, "InvalidArgument", "aws:kms", () -> put(b -> b.ssekmsKeyId(KEY_ARN)));
        refused(
                400,
                "InvalidArgument",
                "aws:kms",
                () -> put(b -> b.serverSideEncryption("AES256").ssekmsKeyId(KEY_ARN)));
    }

    @Test
    void refusesBucketKeyUnderDsse() {
        refused(
                400,
                "InvalidArgument",
                "not supported",
                () -> put(b -> b.serverSideEncryption("aws:kms:dsse").bucketKeyEnabled(true)));
    }

    @Test
    void refusesUnknownMethod() {
        refused(400, "InvalidArgument", "not supported", () -> put(b -> b.serverSideEncryption("ROT13")));
    }

    @Test
    void refusesMalformedContext() {
        for (String bad : List.of(
                "not base64!",
                base64("[]".getBytes(StandardCharsets.UTF_8)),
                base64("{\"a\":1}".getBytes(StandardCharsets.UTF_8)),
                base64("{\"a\":\"b\"} x".getBytes(StandardCharsets.UTF_8)))) {
            refused(
                    400,
                    "InvalidArgument",
                    "shall be Base64-encoded UTF-8 string holding JSON",
                    () -> put(b -> b.serverSideEncryption("aws:kms").ssekmsEncryptionContext(bad)));
        }
    }

    @Test
    void refusesEachBrokenPartOfTheSseCTrio() {
        byte[] key = customerKey(1);
        refused(
                400,
                "InvalidArgument",
                "valid encryption algorithm",
                () -> put(b -> b.sseCustomerKey(base64(key)).sseCustomerKeyMD5(md5(key))));
        refused(
                400,
                "InvalidEncryptionAlgorithmError",
                "AES256",
                () -> put(b -> b.sseCustomerAlgorithm("AES128")
                        .sseCustomerKey(base64(key))
                        .sseCustomerKeyMD5(md5(key))));
        refused(
                400,
                "InvalidArgument",
                "appropriate secret key",
                () -> put(b -> b.sseCustomerAlgorithm("AES256").sseCustomerKeyMD5(md5(key))));
        refused(
                400,
                "InvalidArgument",
                "MD5 hash of the key did not match",
                () -> put(b -> b.sseCustomerAlgorithm("AES256")
                        .sseCustomerKey(base64(key))
                        .sseCustomerKeyMD5(md5(customerKey(2)))));
        byte[] tooShort = new byte[16];
        refused(400, "InvalidArgument", "secret key was invalid", () -> put(b -> sseC(b, tooShort)));
    }

    @Test
    void refusesSseCOverPlainHttp_whenLoopbackIsNotExcused() throws Exception {
        try (LocalS3 strict = LocalS3.start(S3Settings.defaults().withLoopbackWithoutTls(false), false);
                var client = strict.client()) {
            client.createBucket(b -> b.bucket("bucket"));
            refused(
                    400,
                    "InvalidRequest",
                    "secure connection",
                    () -> client.putObject(
                            b -> {
                                sseC(b, customerKey(1));
                                b.bucket("bucket").key("k");
                            },
                            BODY));
            refused(
                    400,
                    "InvalidArgument",
                    "secure connection",
                    () -> client.putObject(b -> b.bucket("bucket").key("k").serverSideEncryption("aws:kms"), BODY));
        }
    }

    @Test
    void refusesUploadsUnderSseC_whenTheBucketBlocksThem() throws Exception {
        put(b -> sseC(b, customerKey(1)));
        s3.putBucketEncryption(b -> b.bucket("bucket")
                .serverSideEncryptionConfiguration(
                        c -> c.rules(r -> r.applyServerSideEncryptionByDefault(d -> d.sseAlgorithm("AES256"))
                                .blockedEncryptionTypes(t -> t.encryptionTypeWithStrings("SSE-C")))));
        String message =
                "because this bucket has blocked upload requests that specify Server Side Encryption with Customer"
                        + " provided keys (SSE-C)";
        refused(403, "AccessDenied", message, () -> put(b -> sseC(b, customerKey(1))));
        byte[] key = customerKey(1);
        refused(
                403,
                "AccessDenied",
                message,
                () -> s3.createMultipartUpload(b -> b.bucket("bucket")
                        .key("m")
                        .sseCustomerAlgorithm("AES256")
                        .sseCustomerKey(base64(key))
                        .sseCustomerKeyMD5(md5(key))));
        assertEquals(
                "content",
                s3.getObjectAsBytes(b -> b.bucket("bucket")
                                .key("k")
                                .sseCustomerAlgorithm("AES256")
                                .sseCustomerKey(base64(key))
                                .sseCustomerKeyMD5(md5(key)))
                        .asUtf8String());
        try (LocalS3 strict = LocalS3.start(S3Settings.defaults().withNewBucketsBlockSseC(true), false);
                var client = strict.client()) {
            client.createBucket(b -> b.bucket("fresh"));
            refused(
                    403,
                    "AccessDenied",
                    message,
                    () -> client.putObject(
                            b -> {
                                sseC(b, key);
                                b.bucket("fresh").key("k");
                            },
                            BODY));
        }
    }

    @Test
    void usesTheBucketDefault_whenTheRequestSaysNothing() {
        s3.putBucketEncryption(b -> b.bucket("bucket")
                .serverSideEncryptionConfiguration(c -> c.rules(r -> r.applyServerSideEncryptionByDefault(
                                d -> d.sseAlgorithm("aws:kms").kmsMasterKeyID(KEY_ARN))
                        .bucketKeyEnabled(true))));
        PutObjectResponse preset = put(b -> {});
        assertEquals(KEY_ARN, preset.ssekmsKeyId());
        assertTrue(preset.bucketKeyEnabled());
        assertNull(put(b -> b.bucketKeyEnabled(false)).bucketKeyEnabled());
        assertEquals(
                ServerSideEncryption.AES256,
                put(b -> b.serverSideEncryption("AES256")).serverSideEncryption());
    }

    @Test
    void demandsTheSameTrioOnEveryPart_whenUploadIsSseC() {
        byte[] key = customerKey(1);
        byte[] other = customerKey(2);
        String id = s3.createMultipartUpload(b -> b.bucket("bucket")
                        .key("m")
                        .sseCustomerAlgorithm("AES256")
                        .sseCustomerKey(base64(key))
                        .sseCustomerKeyMD5(md5(key)))
                .uploadId();
        refused(
                400,
                "InvalidRequest",
                "include the appropriate encryption parameters",
                () -> s3.uploadPart(
                        b -> b.bucket("bucket").key("m").uploadId(id).partNumber(1), BODY));
        refused(
                400,
                "InvalidRequest",
                "did not match the ones used originally",
                () -> s3.uploadPart(
                        b -> b.bucket("bucket")
                                .key("m")
                                .uploadId(id)
                                .partNumber(1)
                                .sseCustomerAlgorithm("AES256")
                                .sseCustomerKey(base64(other))
                                .sseCustomerKeyMD5(md5(other)),
                        BODY));
        var part = s3.uploadPart(
                b -> b.bucket("bucket")
                        .key("m")
                        .uploadId(id)
                        .partNumber(1)
                        .sseCustomerAlgorithm("AES256")
                        .sseCustomerKey(base64(key))
                        .sseCustomerKeyMD5(md5(key)),
                BODY);
        s3.completeMultipartUpload(b -> b.bucket("bucket")
                .key("m")
                .uploadId(id)
                .multipartUpload(u -> u.parts(
                        CompletedPart.builder().partNumber(1).eTag(part.eTag()).build())));
        assertEquals(
                "content",
                s3.getObjectAsBytes(b -> b.bucket("bucket")
                                .key("m")
                                .sseCustomerAlgorithm("AES256")
                                .sseCustomerKey(base64(key))
                                .sseCustomerKeyMD5(md5(key)))
                        .asUtf8String());
    }

    @Test
    void asksForADataKeyOnceAndDecryptsPerPart_whenUploadIsSseKms() {
        String id = s3.createMultipartUpload(b -> b.bucket("bucket")
                        .key("m")
                        .serverSideEncryption("aws:kms")
                        .ssekmsKeyId(KEY_ARN))
                .uploadId();
        var part = s3.uploadPart(b -> b.bucket("bucket").key("m").uploadId(id).partNumber(1), BODY);
        s3.listParts(b -> b.bucket("bucket").key("m").uploadId(id));
        s3.completeMultipartUpload(b -> b.bucket("bucket")
                .key("m")
                .uploadId(id)
                .multipartUpload(u -> u.parts(
                        CompletedPart.builder().partNumber(1).eTag(part.eTag()).build())));
        assertEquals(
                List.of("GenerateDataKey", "Decrypt", "Decrypt", "Decrypt"),
                aws.kms.calls().stream().map(FakeKms.Call::operation).toList());
        assertEquals("content", get("m"));
    }
}
