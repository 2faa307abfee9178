package dev.s3envelope.advice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.s3envelope.core.advice.AccessNeed;
import dev.s3envelope.core.advice.AccessTask;
import dev.s3envelope.core.advice.AdvisedPolicy;
import dev.s3envelope.core.advice.KeyPolicyAdvisor;
import dev.s3envelope.core.advice.KeyUse;
import dev.s3envelope.core.advice.ObjectScope;
import dev.s3envelope.core.advice.PolicyAdvice;
import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.iam.PolicyType;
import dev.s3envelope.core.iam.Principal;
import dev.s3envelope.core.mode.BucketKey;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.mode.ContextScope;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.mode.SseKms;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.core.ssec.SseCKeySource;
import dev.s3envelope.kms.KmsKeyring;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalKey;
import dev.s3envelope.local.LocalPrincipal;
import dev.s3envelope.local.LocalUser;
import dev.s3envelope.s3.EnvelopeS3Client;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.policybuilder.iam.IamEffect;
import software.amazon.awssdk.policybuilder.iam.IamPolicy;
import software.amazon.awssdk.policybuilder.iam.IamPrincipalType;
import software.amazon.awssdk.policybuilder.iam.IamStatement;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.ObjectAttributes;

/**
 * A user without any policy is refused, gets the statements {@link KeyPolicyAdvisor} gives and nothing else, and then can do what it was advised
 * for: on both gates of LocalAws, in every mode. Replication is not here, since LocalAws does not replicate.
 */
class AdvisedAccessTest {
    private static final String OWNER = "111122223333";
    private static final String PARTNER = "444455556666";
    private static final String REGION = "eu-west-1";
    private static final byte[] DATA = "advised".getBytes(StandardCharsets.UTF_8);

    private static LocalAws aws;
    private static LocalUser admin;
    private static int made;

    private enum Mode {
        SSE_S3,
        SSE_C,
        SSE_KMS,
        BUCKET_KEY,
        DSSE,
        CLIENT_SIDE_BUCKET,
        CLIENT_SIDE_OBJECT;

        private boolean usesKms() {
            return this != SSE_S3 && this != SSE_C;
        }
    }

    private enum Relation {
        OWN_ACCOUNT,
        KEY_WITHOUT_IAM,
        OTHER_ACCOUNT
    }

    private record Case(AccessTask task, Mode mode, Relation relation) {}

    @BeforeAll
    static void start() {
        aws = LocalAws.builder().region(REGION).build();
        admin = aws.account(OWNER).createUser("admin").allow("s3:*").allow("kms:*");
    }

    @AfterAll
    static void stop() {
        aws.close();
    }

    static Stream<Case> cases() {
        List<Case> all = new ArrayList<>();
        for (AccessTask task :
                List.of(AccessTask.READ, AccessTask.READ_ATTRIBUTES, AccessTask.WRITE, AccessTask.WRITE_MULTIPART)) {
            for (Mode mode : Mode.values()) {
                for (Relation relation : Relation.values()) {
                    if (mode.usesKms() || relation != Relation.KEY_WITHOUT_IAM) {
                        all.add(new Case(task, mode, relation));
                    }
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isRefusedWithout_andServedWithTheAdvice(Case one) {
        String bucket = "advised-" + ++made;
        LocalKey key = aws.account(OWNER).createKey();
        LocalUser user = aws.account(one.relation() == Relation.OTHER_ACCOUNT ? PARTNER : OWNER)
                .createUser("user-" + made);
        keyPolicy(key, one.relation(), List.of());
        aws.s3(admin).createBucket(r -> r.bucket(bucket));
        try (S3Client owner = client(one.mode(), key, admin);
                S3Client asked = client(one.mode(), key, user)) {
            owner.putObject(r -> r.bucket(bucket).key("in/there"), RequestBody.fromBytes(DATA));
            assertThrows(AwsServiceException.class, () -> perform(one.task(), asked, bucket, "in/there"));
            attach(KeyPolicyAdvisor.advise(need(one, user, bucket, key)), one.relation(), user, bucket, key);
            perform(one.task(), asked, bucket, "in/there");
            assertThrows(AwsServiceException.class, () -> perform(one.task(), asked, bucket, "out/there"));
            if (one.task() == AccessTask.WRITE || one.task() == AccessTask.WRITE_MULTIPART) {
                assertArrayEquals(
                        DATA,
                        owner.getObjectAsBytes(r -> r.bucket(bucket).key("in/there"))
                                .asByteArray());
            }
        }
    }

    @Test
    void auditorSeesTheSetUpAndNoData() {
        String bucket = "audited";
        LocalKey key = aws.account(OWNER).createKey();
        LocalUser user = aws.account(OWNER).createUser("auditor");
        aws.s3(admin).createBucket(r -> r.bucket(bucket));
        aws.s3(admin).putObject(r -> r.bucket(bucket).key("in/there"), RequestBody.fromBytes(DATA));
        Case one = new Case(AccessTask.AUDIT, Mode.SSE_KMS, Relation.OWN_ACCOUNT);
        attach(KeyPolicyAdvisor.advise(need(one, user, bucket, key)), one.relation(), user, bucket, key);
        S3Client s3 = aws.s3(user);
        s3.getBucketEncryption(r -> r.bucket(bucket));
        s3.getBucketLogging(r -> r.bucket(bucket));
        s3.headBucket(r -> r.bucket(bucket));
        assertEquals(
                "NoSuchBucketPolicy",
                assertThrows(AwsServiceException.class, () -> s3.getBucketPolicy(r -> r.bucket(bucket)))
                        .awsErrorDetails()
                        .errorCode());
        aws.kms(user).describeKey(r -> r.keyId(key.arn()));
        aws.kms(user).getKeyPolicy(r -> r.keyId(key.arn()));
        aws.kms(user).listGrants(r -> r.keyId(key.arn()));
        assertThrows(
                AwsServiceException.class,
                () -> s3.getObjectAsBytes(r -> r.bucket(bucket).key("in/there")));
    }

    private static AccessNeed need(Case one, LocalUser user, String bucket, LocalKey key) {
        KeyArn arn = KeyArn.parse(key.arn());
        KeyUse[] uses = switch (one.mode()) {
            case SSE_S3, SSE_C -> new KeyUse[0];
            case SSE_KMS -> new KeyUse[] {KeyUse.sseKms(arn)};
            case BUCKET_KEY -> new KeyUse[] {KeyUse.sseKmsWithBucketKey(arn)};
            case DSSE -> new KeyUse[] {KeyUse.dsseKms(arn)};
            case CLIENT_SIDE_BUCKET -> new KeyUse[] {KeyUse.clientSide(arn, ContextScope.BUCKET)};
            case CLIENT_SIDE_OBJECT -> new KeyUse[] {KeyUse.clientSide(arn, ContextScope.OBJECT)};
        };
        return AccessNeed.builder(one.task(), Principal.fromArn(user.arn()), ObjectScope.prefix(bucket, "in/"))
                .bucketAccount(AccountId.of(OWNER))
                .keys(uses)
                .keysDelegate(one.relation() != Relation.KEY_WITHOUT_IAM)
                .build();
    }

    private static void attach(PolicyAdvice advice, Relation relation, LocalUser user, String bucket, LocalKey key) {
        for (AdvisedPolicy policy : advice.policies()) {
            switch (policy.type()) {
                case BUCKET ->
                    aws.s3(admin).putBucketPolicy(r -> r.bucket(bucket).policy(policy.json()));
                case KEY -> keyPolicy(key, relation, policy.policy().statements());
                default -> user.policy("advised", policy.json());
            }
        }
        assertEquals(
                relation == Relation.OTHER_ACCOUNT,
                !advice.policies(PolicyType.BUCKET).isEmpty());
    }

    /** A key policy that delegates to its account, or names its administrator alone, and more statements. */
    private static void keyPolicy(LocalKey key, Relation relation, List<IamStatement> more) {
        String holder = relation == Relation.KEY_WITHOUT_IAM ? admin.arn() : "arn:aws:iam::" + OWNER + ":root";
        List<IamStatement> statements = new ArrayList<>(more);
        statements.add(IamStatement.builder()
                .effect(IamEffect.ALLOW)
                .addPrincipal(IamPrincipalType.AWS, holder)
                .addAction("kms:*")
                .addResource("*")
                .build());
        key.policy(IamPolicy.builder().statements(statements).build().toJson());
    }

    /** A client that writes, and reads, in a mode as somebody. */
    private static S3Client client(Mode mode, LocalKey key, LocalPrincipal who) {
        KmsKeyring keyring =
                KmsKeyring.builder().client(aws.kms(who)).generator(key.arn()).build();
        ClientSide.Builder clientSide = ClientSide.builder("advised", keyring).over(EncryptionMode.sseS3());
        EncryptionMode encryption = switch (mode) {
            case SSE_S3 -> EncryptionMode.sseS3();
            case SSE_C -> EncryptionMode.sseC(SseCKeySource.fixed("mine", SseCKey.of(new byte[32])));
            case SSE_KMS -> EncryptionMode.sseKms(key.arn());
            case BUCKET_KEY ->
                SseKms.builder(KeyArn.parse(key.arn()))
                        .bucketKey(BucketKey.ENABLED)
                        .build();
            case DSSE -> EncryptionMode.dsseKms(key.arn());
            case CLIENT_SIDE_BUCKET ->
                clientSide.contextScope(ContextScope.BUCKET).build();
            case CLIENT_SIDE_OBJECT ->
                clientSide.contextScope(ContextScope.OBJECT).build();
        };
        return EnvelopeS3Client.builder()
                .wrapping(aws.s3(who))
                .policy(EncryptionPolicy.always(encryption))
                .build();
    }

    private static void perform(AccessTask task, S3Client s3, String bucket, String key) {
        switch (task) {
            case READ ->
                assertArrayEquals(
                        DATA,
                        s3.getObjectAsBytes(r -> r.bucket(bucket).key(key)).asByteArray());
            case READ_ATTRIBUTES ->
                s3.getObjectAttributes(r -> r.bucket(bucket).key(key).objectAttributes(ObjectAttributes.E_TAG));
            case WRITE -> s3.putObject(r -> r.bucket(bucket).key(key), RequestBody.fromBytes(DATA));
            case WRITE_MULTIPART -> {
                String id =
                        s3.createMultipartUpload(r -> r.bucket(bucket).key(key)).uploadId();
                String tag = s3.uploadPart(
                                r -> r.bucket(bucket).key(key).uploadId(id).partNumber(1), RequestBody.fromBytes(DATA))
                        .eTag();
                s3.completeMultipartUpload(r -> r.bucket(bucket)
                        .key(key)
                        .uploadId(id)
                        .multipartUpload(u -> u.parts(
                                CompletedPart.builder().partNumber(1).eTag(tag).build())));
                String other =
                        s3.createMultipartUpload(r -> r.bucket(bucket).key(key)).uploadId();
                s3.abortMultipartUpload(r -> r.bucket(bucket).key(key).uploadId(other));
            }
            default -> throw new IllegalArgumentException(task + " is not one request");
        }
    }
}
