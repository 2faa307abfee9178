package dev.s3envelope.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** Buckets and keys of different accounts: sections 5 and 10 (rules 3 and 5) of the fact sheet. */
class CrossAccountTest {
    private static final String BUCKET = "documents";

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
    void cannotShareObjectsUnderAwsS3_acrossAccounts() {
        LocalUser bob =
                aws.account("444455556666").createUser("bob").allow("s3:*").allow("kms:*");
        aws.s3(owner.root()).putBucketPolicy(b -> b.bucket(BUCKET).policy("""
                {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "%s"},
                  "Action": "s3:GetObject", "Resource": "arn:aws:s3:::documents/*"}}""".formatted(bob.arn())));
        put(owner.root(), "alias/aws/s3");
        refused(403, "AccessDenied", () -> get(bob));
    }

    @Test
    void needsIdentityAndBucketPolicy_whenTheBucketIsOfAnotherAccount() {
        aws.s3(owner.root()).putObject(b -> b.bucket(BUCKET).key("a"), RequestBody.fromString("hello"));
        LocalUser bob = aws.account("444455556666").createUser("bob").allow("s3:*");
        assertEquals(
                "Access Denied",
                refused(403, "AccessDenied", () -> get(bob)).awsErrorDetails().errorMessage());
        aws.s3(owner.root()).putBucketPolicy(b -> b.bucket(BUCKET).policy("""
                {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::444455556666:root"},
                  "Action": "s3:GetObject", "Resource": "arn:aws:s3:::documents/*"}}"""));
        assertEquals("hello", get(bob));
        bob.clearPolicies();
        refused(403, "AccessDenied", () -> get(bob));
    }

    @Test
    void resolvesAnAlias_inTheAccountOfTheRequester() {
        LocalAccount uploader = aws.account("444455556666");
        LocalKey theirs = uploader.createKey().alias("alias/documents");
        key.alias("alias/documents");
        LocalUser bob = uploader.createUser("bob").allow("s3:*").allow("kms:*");
        aws.s3(owner.root()).putBucketPolicy(b -> b.bucket(BUCKET).policy("""
                {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "%s"},
                  "Action": "s3:*", "Resource": ["arn:aws:s3:::documents", "arn:aws:s3:::documents/*"]}}""".formatted(bob.arn())));
        put(bob, "alias/documents");
        assertEquals(
                theirs.arn(),
                aws.s3(bob).headObject(b -> b.bucket(BUCKET).key("a")).ssekmsKeyId());
        refused(403, "AccessDenied", () -> get(owner.root()));
    }

    @Test
    void looksPastTheBoundary_whenTheBucketPolicyNamesTheUserItself() {
        aws.s3(owner.root()).putObject(b -> b.bucket(BUCKET).key("a"), RequestBody.fromString("hello"));
        LocalUser alice = owner.createUser("alice").permissionsBoundary("""
                        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}}""");
        refused(403, "AccessDenied", () -> get(alice));
        allowRead(alice.arn());
        assertEquals("hello", get(alice));
        LocalRole role = owner.createRole("reader").permissionsBoundary("""
                        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}}""");
        allowRead(role.arn());
        refused(403, "AccessDenied", () -> get(role));
    }

    private void allowRead(String principal) {
        aws.s3(owner.root()).putBucketPolicy(b -> b.bucket(BUCKET).policy("""
                {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "%s"},
                  "Action": "s3:GetObject", "Resource": "arn:aws:s3:::documents/*"}}""".formatted(principal)));
    }

    @Test
    void isDenied_whenTheBucketPolicyAsksForAnotherKey() {
        aws.s3(owner.root()).putBucketPolicy(b -> b.bucket(BUCKET).policy("""
                {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*",
                  "Action": "s3:PutObject", "Resource": "arn:aws:s3:::documents/*", "Condition": {
                    "StringNotEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "%s"}}}}""".formatted(key.arn())));
        put(owner.root(), key.arn());
        String another = owner.createKey().arn();
        refused(403, "AccessDenied", () -> put(owner.root(), another));
    }

    @Test
    void readsAcrossAccounts_whenBothGatesAreOpenOnBothSides() {
        LocalUser bob = aws.account("444455556666").createUser("bob").allow("s3:GetObject");
        put(owner.root(), key.arn());
        allowRead(bob.arn());
        refused(403, "AccessDenied", () -> get(bob));
        key.policy("""
                {"Version": "2012-10-17", "Statement": [
                  {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"},
                  {"Effect": "Allow", "Principal": {"AWS": "%s"}, "Action": "kms:Decrypt", "Resource": "*"}]}""".formatted(bob.arn()));
        refused(403, "AccessDenied", () -> get(bob));
        bob.allow("kms:Decrypt", key.arn());
        assertEquals("hello", get(bob));
    }
}
