package dev.s3envelope.examples.tour;

import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.guard.BucketDirectory;
import dev.s3envelope.core.guard.CallerIdentity;
import dev.s3envelope.core.guard.WriteGuard;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.examples.tour.Outcome.Answer;
import dev.s3envelope.examples.tour.Outcome.AwsRefusal;
import dev.s3envelope.examples.tour.Outcome.OwnRefusal;
import dev.s3envelope.local.EventLog;
import dev.s3envelope.local.LocalAccount;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalPrincipal;
import dev.s3envelope.local.LocalUser;
import dev.s3envelope.s3.BucketEncryption;
import dev.s3envelope.s3.EnvelopeS3Client;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Where the scenarios play: a LocalAws with two accounts and three people, and the files of the user. Alice may do everything in the
 * owner's account; bob, there too, has every S3 permission and no KMS permission; paula may do everything in the partner's account.
 */
final class Stage {
    private static final int BUFFER = 1 << 16;

    private final LocalAws aws;
    private final List<Numbered> files;
    private final SecureRandom random = new SecureRandom();
    private final Names names = new Names();
    private final LocalAccount owner;
    private final LocalAccount partner;
    private final LocalUser alice;
    private final LocalUser bob;
    private final LocalUser paula;
    private final BucketDirectory.Builder buckets = BucketDirectory.builder();

    /**
     * A file under a name of its own.
     *
     * @param name unique in the tour
     * @param path where it is
     */
    record Numbered(String name, Path path) {}

    Stage(LocalAws aws, List<Path> files) {
        this.aws = aws;
        List<Numbered> numbered = new ArrayList<>();
        for (Path file : files) {
            numbered.add(new Numbered((numbered.size() + 1) + "-" + file.getFileName(), file));
        }
        this.files = List.copyOf(numbered);
        this.owner = aws.account("111122223333");
        this.partner = aws.account("444455556666");
        this.alice = owner.createUser("alice").allow("s3:*").allow("kms:*");
        this.bob = owner.createUser("bob").allow("s3:*");
        this.paula = partner.createUser("paula").allow("s3:*").allow("kms:*");
        List.of(alice, bob, paula).forEach(user -> names.add(user.arn(), user.name()));
    }

    List<Numbered> files() {
        return files;
    }

    LocalUser alice() {
        return alice;
    }

    LocalUser bob() {
        return bob;
    }

    LocalUser paula() {
        return paula;
    }

    /** A new user of the owner's account, with every S3 right and no KMS right. */
    LocalUser newcomer(String name) {
        LocalUser user = owner.createUser(name).allow("s3:*");
        names.add(user.arn(), name);
        return user;
    }

    /** The owner's account id. */
    String owner() {
        return owner.id();
    }

    /** The partner's account id. */
    String partner() {
        return partner.id();
    }

    /** Short names of the ARNs that appear in the findings. */
    Names names() {
        return names;
    }

    /** Makes a bucket of the owner. */
    String bucket(String name) {
        String bucket = "tour-" + name;
        plain(alice).createBucket(request -> request.bucket(bucket));
        buckets.bucket(bucket, AccountId.of(owner.id()), aws.region());
        return bucket;
    }

    /** Makes a bucket of the owner into which the partner's account may write. */
    String bucketSharedWithPartner(String name) {
        String bucket = bucket(name);
        plain(alice).putBucketPolicy(request -> request.bucket(bucket).policy("""
                                {"Version": "2012-10-17", "Statement": [
                                  {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::%s:root"},
                                   "Action": ["s3:PutObject", "s3:GetObject"], "Resource": "arn:aws:s3:::%s/*"}]}
                                """.formatted(partner.id(), bucket)));
        return bucket;
    }

    /** Takes away the block of SSE-C that every new bucket has. */
    void allowSseC(String bucket) {
        plain(alice)
                .putBucketEncryption(request -> request.bucket(bucket)
                        .serverSideEncryptionConfiguration(
                                BucketEncryption.configuration(EncryptionMode.sseS3(), false)));
    }

    /** Makes a key in the account of {@code creator}, with the policy KMS gives by default, and answers its ARN. */
    String key(LocalPrincipal creator, String name) {
        String arn = kms(creator)
                .createKey(request -> request.description("tour " + name))
                .keyMetadata()
                .arn();
        names.add(arn, name + "-key");
        return arn;
    }

    /** As {@link #key}, for MACs. */
    String hmacKey(LocalPrincipal creator, String name) {
        String arn = kms(creator)
                .createKey(request -> request.description("tour " + name)
                        .keySpec(KeySpec.HMAC_256)
                        .keyUsage(KeyUsageType.GENERATE_VERIFY_MAC))
                .keyMetadata()
                .arn();
        names.add(arn, name + "-key");
        return arn;
    }

    /** Replaces the policy of a key. */
    void keyPolicy(LocalPrincipal administrator, String key, String policy) {
        kms(administrator).putKeyPolicy(request -> request.keyId(key).policy(policy));
    }

    /** S3 without this SDK. */
    S3Client plain(LocalPrincipal who) {
        return aws.s3(who);
    }

    KmsClient kms(LocalPrincipal who) {
        return aws.kms(who);
    }

    /** S3 through this SDK; bucket owners and the caller's account are known to it. */
    S3Client envelope(LocalPrincipal who, EncryptionPolicy policy) {
        return builder(who, policy).build();
    }

    /** As {@link #envelope}, to be configured further. */
    EnvelopeS3Client.Builder builder(LocalPrincipal who, EncryptionPolicy policy) {
        return EnvelopeS3Client.builder()
                .wrapping(aws.s3(who))
                .policy(policy)
                .writeGuard(WriteGuard.builder()
                        .callerIdentity(CallerIdentity.of(AccountId.of(who.accountId())))
                        .bucketDirectory(buckets.build())
                        .build());
    }

    /** The same refusal without the number of requests, where it is the data that is refused and not the request. */
    static Outcome withoutCount(Outcome outcome) {
        return outcome instanceof OwnRefusal refusal ? new OwnRefusal(refusal.exception(), OwnRefusal.ANY) : outcome;
    }

    byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    EventMark mark() {
        return new EventMark(aws.events().mark());
    }

    EventLog.Query events(EventMark since) {
        return aws.events().since(since.mark());
    }

    /** How a step ends, whatever that is. */
    Outcome attempt(Attempt attempt) throws IOException {
        EventMark mark = mark();
        return Attempt.outcome(attempt, () -> events(mark).size());
    }

    /** The same refusal without the action its message names: across accounts AWS need not name one. */
    static Outcome withoutAction(Outcome outcome) {
        return outcome instanceof AwsRefusal refusal
                ? new AwsRefusal(refusal.status(), refusal.code(), Optional.empty())
                : outcome;
    }

    List<String> list(S3Client s3, String bucket) {
        return s3.listObjectsV2Paginator(request -> request.bucket(bucket)).contents().stream()
                .map(S3Object::key)
                .toList();
    }

    /** What HEAD says of mode and key, and of the Bucket Key if there is one. */
    Answer head(S3Client s3, String bucket, String object) {
        HeadObjectResponse head =
                s3.headObject(request -> request.bucket(bucket).key(object));
        Answer answer = Answer.empty()
                .with("mode", modeOf(head))
                .with("key", head.ssekmsKeyId() == null ? "none" : head.ssekmsKeyId());
        return Boolean.TRUE.equals(head.bucketKeyEnabled()) ? answer.with("bucket key", "on") : answer;
    }

    static String modeOf(HeadObjectResponse head) {
        if (head.sseCustomerAlgorithm() != null) {
            return "SSE-C";
        }
        return head.serverSideEncryptionAsString() == null ? "none" : head.serverSideEncryptionAsString();
    }

    /** Whether an object reads back as the file's bytes, all of them. */
    boolean readsBack(S3Client s3, String bucket, String object, Path file) throws IOException {
        try (InputStream stored = s3.getObject(request -> request.bucket(bucket).key(object));
                InputStream original = Files.newInputStream(file)) {
            while (true) {
                byte[] left = stored.readNBytes(BUFFER);
                byte[] right = original.readNBytes(BUFFER);
                if (!Arrays.equals(left, right)) {
                    return false;
                }
                if (left.length == 0) {
                    return true;
                }
            }
        }
    }
}
