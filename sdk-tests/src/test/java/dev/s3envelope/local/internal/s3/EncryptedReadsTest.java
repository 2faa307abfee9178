package dev.s3envelope.local.internal.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.local.internal.http.AwsError;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.ObjectAttributes;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Every row of the table of S3 errors on reads, and which reads ask KMS (fact sheet, section 2). */
class EncryptedReadsTest extends S3Fixture {
    private void putKms() {
        s3.putObject(
                b -> b.bucket("bucket").key("k").serverSideEncryption("aws:kms").ssekmsKeyId(KEY_ARN),
                RequestBody.fromString("secret"));
        aws.kms.forget();
    }

    private void putSseC() {
        byte[] key = customerKey(1);
        s3.putObject(
                b -> b.bucket("bucket")
                        .key("c")
                        .sseCustomerAlgorithm("AES256")
                        .sseCustomerKey(base64(key))
                        .sseCustomerKeyMD5(md5(key)),
                RequestBody.fromString("secret"));
    }

    private static void with(GetObjectRequest.Builder b, String key, byte[] customerKey) {
        b.bucket("bucket")
                .key(key)
                .sseCustomerAlgorithm("AES256")
                .sseCustomerKey(base64(customerKey))
                .sseCustomerKeyMD5(md5(customerKey));
    }

    private void kmsFails(int status, String code, String message) {
        aws.kms.failWith((operation, key) -> new AwsError(status, code, message));
    }

    @Test
    void answers403WithTheDetailedMessage_whenKmsDenies() {
        putKms();
        String message =
                "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: kms:Decrypt on resource: "
                        + KEY_ARN + " because no identity-based policy allows the kms:Decrypt action";
        kmsFails(400, "AccessDeniedException", message);
        refused(403, "AccessDenied", message, () -> get("k"));
    }

    @Test
    void answers403WithTheOpaqueMessage_whenKmsDeniesAcrossAccounts() {
        putKms();
        String message =
                "The ciphertext refers to a customer master key that does not exist, does not exist in this region,"
                        + " or you are not allowed to access.";
        kmsFails(400, "AccessDeniedException", message);
        refused(403, "AccessDenied", message, () -> get("k"));
    }

    @Test
    void answersKmsDisabledException_whenKeyIsDisabled() {
        putKms();
        kmsFails(400, "DisabledException", KEY_ARN + " is disabled.");
        refused(400, "KMS.DisabledException", "is disabled", () -> get("k"));
    }

    @Test
    void answersKmsInvalidState_whenKeyIsPendingDeletion() {
        putKms();
        kmsFails(400, "KMSInvalidStateException", KEY_ARN + " is pending deletion.");
        refused(400, "KMS.KMSInvalidStateException", "pending deletion", () -> get("k"));
    }

    @Test
    void answersKmsNotFound_whenKeyIsUnknown() {
        kmsFails(400, "NotFoundException", "Key '" + KEY_ARN + "' does not exist");
        refused(
                400,
                "KMS.NotFoundException",
                "does not exist",
                () -> s3.putObject(
                        b -> b.bucket("bucket")
                                .key("k")
                                .serverSideEncryption("aws:kms")
                                .ssekmsKeyId(KEY_ARN),
                        RequestBody.fromString("x")));
    }

    @Test
    void answersKmsInvalidKeyUsage_whenKeyIsNotForEncryption() {
        kmsFails(400, "InvalidKeyUsageException", "key usage is SIGN_VERIFY");
        refused(
                400,
                "KMS.InvalidKeyUsageException",
                "SIGN_VERIFY",
                () -> s3.putObject(
                        b -> b.bucket("bucket")
                                .key("k")
                                .serverSideEncryption("aws:kms")
                                .ssekmsKeyId(KEY_ARN),
                        RequestBody.fromString("x")));
    }

    @Test
    void answers503SlowDown_whenKmsThrottles() {
        putKms();
        kmsFails(400, "ThrottlingException", "Rate exceeded");
        refused(503, "SlowDown", "Please reduce your request rate for operations involving AWS KMS.", () -> get("k"));
    }

    @Test
    void answersInvalidRequest_whenSseCKeyIsMissing() {
        putSseC();
        refused(
                400,
                "InvalidRequest",
                "The object was stored using a form of Server Side Encryption. The correct parameters must be provided",
                () -> get("c"));
        headRefused(400, () -> s3.headObject(b -> b.bucket("bucket").key("c")));
    }

    @Test
    void answers403_whenSseCKeyIsWrong() {
        putSseC();
        refused(
                403,
                "AccessDenied",
                "must provide the correct secret key.",
                () -> s3.getObjectAsBytes(b -> with(b, "c", customerKey(2))));
        byte[] wrong = customerKey(2);
        headRefused(
                403,
                () -> s3.headObject(b -> b.bucket("bucket")
                        .key("c")
                        .sseCustomerAlgorithm("AES256")
                        .sseCustomerKey(base64(wrong))
                        .sseCustomerKeyMD5(md5(wrong))));
        assertEquals(
                "secret", s3.getObjectAsBytes(b -> with(b, "c", customerKey(1))).asUtf8String());
    }

    @Test
    void answersInvalidRequest_whenSseCKeyIsSentForAnotherMode() {
        put("plain", "x");
        refused(
                400,
                "InvalidRequest",
                "The encryption parameters are not applicable to this object.",
                () -> s3.getObjectAsBytes(b -> with(b, "plain", customerKey(1))));
    }

    @Test
    void answers400_whenSseHeaderIsSentOnReads() {
        put("plain", "x");
        refused(
                400,
                "InvalidArgument",
                "not supported for this operation",
                () -> s3.getObjectAsBytes(b -> b.bucket("bucket")
                        .key("plain")
                        .overrideConfiguration(o -> o.putHeader("x-amz-server-side-encryption", "AES256"))));
        headRefused(
                400,
                () -> s3.headObject(b -> b.bucket("bucket")
                        .key("plain")
                        .overrideConfiguration(o -> o.putHeader("x-amz-server-side-encryption", "AES256"))));
    }

    @Test
    void hidesThatAKeyDoesNotExist_whenTheBucketMayNotBeListed() {
        assertThrows(NoSuchKeyException.class, () -> get("missing"));
        aws.access.deny(access -> access.action().equals("s3:ListBucket"));
        refused(403, "AccessDenied", "s3:ListBucket", () -> get("missing"));
        headRefused(403, () -> s3.headObject(b -> b.bucket("bucket").key("missing")));
    }

    @Test
    void answersNoCodeOnHead_whenAccessIsDenied() {
        put("k", "x");
        aws.access.deny(access -> access.action().equals("s3:GetObject"));
        refused(403, "AccessDenied", "s3:GetObject", () -> get("k"));
        S3Exception e = assertThrows(
                S3Exception.class, () -> s3.headObject(b -> b.bucket("bucket").key("k")));
        assertEquals(403, e.statusCode());
        assertNull(e.awsErrorDetails().errorCode());
    }

    @Test
    void headAsksKmsOnlyForTheChecksum() {
        putKms();
        var plain = s3.headObject(b -> b.bucket("bucket").key("k"));
        assertEquals(KEY_ARN, plain.ssekmsKeyId());
        assertTrue(aws.kms.calls().isEmpty());
        var withChecksum = s3.headObject(b -> b.bucket("bucket").key("k").checksumMode(ChecksumMode.ENABLED));
        assertNotNull(withChecksum.checksumCRC32());
        assertEquals(1, aws.kms.calls().size());
        kmsFails(400, "AccessDeniedException", "no");
        s3.headObject(b -> b.bucket("bucket").key("k"));
        headRefused(403, () -> s3.headObject(b -> b.bucket("bucket").key("k").checksumMode(ChecksumMode.ENABLED)));
    }

    @Test
    void attributesShowNoEncryptionAndAskKmsForChecksums() {
        putKms();
        var size = s3.getObjectAttributes(b ->
                b.bucket("bucket").key("k").objectAttributes(ObjectAttributes.OBJECT_SIZE, ObjectAttributes.E_TAG));
        assertEquals(6L, size.objectSize());
        assertNotNull(size.eTag());
        assertTrue(aws.kms.calls().isEmpty());
        var checksum =
                s3.getObjectAttributes(b -> b.bucket("bucket").key("k").objectAttributes(ObjectAttributes.CHECKSUM));
        assertNotNull(checksum.checksum().checksumCRC32());
        assertEquals(
                List.of("Decrypt"),
                aws.kms.calls().stream().map(FakeKms.Call::operation).toList());
        kmsFails(400, "AccessDeniedException", "not authorized to perform: kms:Decrypt");
        refused(
                403,
                "AccessDenied",
                "kms:Decrypt",
                () -> s3.getObjectAttributes(
                        b -> b.bucket("bucket").key("k").objectAttributes(ObjectAttributes.CHECKSUM)));
    }

    @Test
    void attributesNeedBothPermissions() {
        put("k", "x");
        for (String action : List.of("s3:GetObject", "s3:GetObjectAttributes")) {
            aws.access.deny(access -> access.action().equals(action));
            refused(
                    403,
                    "AccessDenied",
                    action,
                    () -> s3.getObjectAttributes(
                            b -> b.bucket("bucket").key("k").objectAttributes(ObjectAttributes.E_TAG)));
        }
    }

    @Test
    void opensNothing_whenAnonymousReadsAKmsObject() throws Exception {
        putKms();
        try (var anonymous = software.amazon.awssdk.services.s3.S3Client.builder()
                .endpointOverride(aws.endpoint())
                .region(software.amazon.awssdk.regions.Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider.create())
                .build()) {
            SdkException e = assertThrows(
                    SdkException.class,
                    () -> anonymous.getObjectAsBytes(b -> b.bucket("bucket").key("k")));
            assertTrue(String.valueOf(e.getMessage()).contains("AWS Signature Version 4"));
        }
    }
}
