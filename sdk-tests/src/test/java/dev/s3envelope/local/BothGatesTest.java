package dev.s3envelope.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** S3 in front of KMS: section 10, rules 1 to 8, and sections 2, 6 and 9 of the fact sheet as a client of S3 sees them. */
class BothGatesTest {
    private static final String BUCKET = "documents";
    private static final String OBJECT = "arn:aws:s3:::documents/a";

    private LocalAws aws;
    private LocalAccount owner;
    private LocalKey key;

    @BeforeEach
    void start() {
        aws = LocalAws.start();
        owner = aws.account("111122223333");
        key = owner.createKey();
        aws.s3(owner.root()).createBucket(b -> b.bucket(BUCKET));
    }

    @AfterEach
    void stop() {
        aws.close();
    }

    private void put(LocalPrincipal principal, String keyId) {
        aws.s3(principal)
                .putObject(
                        b -> b.bucket(BUCKET)
                                .key("a")
                                .serverSideEncryption(ServerSideEncryption.AWS_KMS)
                                .ssekmsKeyId(keyId),
                        RequestBody.fromString("hello"));
    }

    private String get(LocalPrincipal principal) {
        return aws.s3(principal)
                .getObjectAsBytes(b -> b.bucket(BUCKET).key("a"))
                .asUtf8String();
    }

    private static S3Exception refused(int status, String code, Runnable call) {
        S3Exception e = assertThrows(S3Exception.class, call::run);
        assertEquals(code, e.awsErrorDetails().errorCode());
        assertEquals(status, e.statusCode());
        return e;
    }

    @Test
    void callsKmsAsTheRequesterViaS3_withTheObjectArnAsContext() {
        LocalUser alice = owner.createUser("alice").allow("s3:*").allow("kms:*");
        EventLog.Mark before = aws.events().mark();
        put(alice, key.arn());
        assertEquals("hello", get(alice));
        EventLog.Query kms = aws.events().since(before).service("kms");
        assertEquals(Map.of("kms:GenerateDataKey", 1, "kms:Decrypt", 1), kms.counts());
        for (Event event : kms.list()) {
            assertEquals(alice.arn(), event.principalArn().orElseThrow());
            assertEquals("s3.us-east-1.amazonaws.com", event.viaService().orElseThrow());
            assertEquals(Map.of("aws:s3:arn", OBJECT), event.encryptionContext());
            assertEquals(key.arn(), event.resource().orElseThrow());
            assertTrue(event.succeeded());
        }
        Event read = aws.events().since(before).operation("GetObject").single();
        assertEquals(kms.operation("Decrypt").single().requestId(), read.requestId());
    }

    @Test
    void stopsAtTheKmsGate_whenTheReaderHasS3ButNoKmsRights() {
        put(owner.root(), key.arn());
        LocalUser reader = owner.createUser("reader").allow("s3:*");
        S3Client s3 = aws.s3(reader);
        assertEquals(1, s3.listObjectsV2(b -> b.bucket(BUCKET)).keyCount());
        assertEquals("aws:kms", s3.headObject(b -> b.bucket(BUCKET).key("a")).serverSideEncryptionAsString());
        S3Exception e = refused(403, "AccessDenied", () -> get(reader));
        assertEquals(
                "User: " + reader.arn() + " is not authorized to perform: kms:Decrypt on resource: " + key.arn()
                        + " because no identity-based policy allows the kms:Decrypt action",
                e.awsErrorDetails().errorMessage());
        s3.deleteObject(b -> b.bucket(BUCKET).key("a"));
    }

    @Test
    void stopsAtTheS3Gate_whenTheReaderHasKmsButNoS3Rights() {
        put(owner.root(), key.arn());
        LocalUser reader = owner.createUser("reader").allow("kms:*");
        S3Exception e = refused(403, "AccessDenied", () -> get(reader));
        assertEquals(
                "User: " + reader.arn() + " is not authorized to perform: s3:GetObject on resource: \"" + OBJECT
                        + "\" because no identity-based policy allows the s3:GetObject action",
                e.awsErrorDetails().errorMessage());
    }

    @Test
    void opensThroughS3Only_whenTheKeyPolicyAsksForViaService() {
        LocalUser alice = owner.createUser("alice").allow("s3:*");
        key.policy("""
                {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "%s"},
                  "Action": ["kms:GenerateDataKey", "kms:Decrypt"], "Resource": "*", "Condition": {"StringEquals": {
                    "kms:ViaService": "s3.us-east-1.amazonaws.com", "kms:EncryptionContext:aws:s3:arn": "%s"}}}}""".formatted(alice.arn(), OBJECT));
        put(alice, key.arn());
        assertEquals("hello", get(alice));
    }

    @Test
    void usesTheAwsS3KeyOfTheUploader_whenNoKeyIsNamed() {
        LocalUser alice = owner.createUser("alice").allow("s3:*");
        aws.s3(alice)
                .putObject(
                        b -> b.bucket(BUCKET).key("a").serverSideEncryption(ServerSideEncryption.AWS_KMS),
                        RequestBody.fromString("hello"));
        assertEquals("hello", get(alice));
        assertEquals(
                owner.key("alias/aws/s3").arn(),
                aws.s3(alice).headObject(b -> b.bucket(BUCKET).key("a")).ssekmsKeyId());
    }

    @Test
    void reachesCustomerKeysButNotAwsS3_whenAResourceControlPolicyDeniesKms() {
        owner.resourceControlPolicies("""
                {"Version": "2012-10-17", "Statement": [
                  {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
                  {"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*"}]}""");
        refused(403, "AccessDenied", () -> put(owner.root(), key.arn()));
        put(owner.root(), "alias/aws/s3");
        assertEquals("hello", get(owner.root()));
    }

    @Test
    void answersKmsErrorsWithPrefix_whenTheKeyIsDisabledOrPendingDeletion() {
        put(owner.root(), key.arn());
        key.disable();
        refused(400, "KMS.DisabledException", () -> get(owner.root()));
        key.scheduleDeletion();
        refused(400, "KMS.KMSInvalidStateException", () -> get(owner.root()));
    }

    @Test
    void answersSlowDown_whenKmsThrottles() {
        put(owner.root(), key.arn());
        aws.faults().on("kms", "Decrypt").always().throttle();
        refused(503, "SlowDown", () -> get(owner.root()));
        aws.faults().clear();
        assertEquals("hello", get(owner.root()));
        assertTrue(aws.events()
                        .service("kms")
                        .where(e -> e.errorCode()
                                .filter("ThrottlingException"::equals)
                                .isPresent())
                        .size()
                > 0);
    }

    @Test
    void worksWithoutTheLaterKeyMaterial_whenTheKeyWasRotated() {
        put(owner.root(), key.arn());
        key.rotate();
        assertEquals("hello", get(owner.root()));
    }
}
