package dev.s3envelope.examples.tour;

import dev.s3envelope.core.arn.KeyReference;
import dev.s3envelope.core.mode.BucketKey;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.mode.SseKms;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.examples.tour.Outcome.Answer;
import dev.s3envelope.examples.tour.Outcome.AwsRefusal;
import dev.s3envelope.s3.BucketEncryption;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** Somebody changes the bucket's default encryption: what becomes of old objects, of new ones, and of those with a mode of their own. */
final class BucketDefaultChanged implements Scenario {
    @Override
    public String title() {
        return "The bucket's default changed to a customer key";
    }

    @Override
    public List<Finding> play(Stage stage) throws IOException {
        String bucket = stage.bucket("default-changed");
        String key = stage.key(stage.alice(), "default-changed");
        S3Client byDefault = stage.envelope(stage.alice(), EncryptionPolicy.always(EncryptionMode.bucketDefault()));
        S3Client explicit = stage.envelope(stage.alice(), EncryptionPolicy.always(EncryptionMode.sseS3()));
        S3Client bob = stage.plain(stage.bob());
        List<Finding> findings = new ArrayList<>();

        Answer baseDefault = Answer.empty().with("mode", "AES256").with("key", "none");
        findings.add(
                new Finding("before: put without a mode", baseDefault, put(stage, byDefault, bucket, "before.txt")));
        byDefault.putBucketEncryption(request -> request.bucket(bucket)
                .serverSideEncryptionConfiguration(
                        BucketEncryption.configuration(SseKms.builder(KeyReference.parse(key))
                                .bucketKey(BucketKey.ENABLED)
                                .build())));
        findings.add(new Finding(
                "default set to a customer key; put without a mode",
                Answer.empty().with("mode", "aws:kms").with("key", key).with("bucket key", "on"),
                put(stage, byDefault, bucket, "after.txt")));
        findings.add(new Finding(
                "put where the policy says SSE-S3: the mode is the object's, not the bucket's",
                baseDefault,
                put(stage, explicit, bucket, "explicit.txt")));
        findings.add(new Finding(
                "the object from before stays as it was",
                baseDefault,
                stage.attempt(() -> stage.head(byDefault, bucket, "before.txt"))));
        findings.add(new Finding(
                "bob, without KMS rights, reads the one from before",
                Answer.empty().with("read", "yes"),
                read(stage, bob, bucket, "before.txt")));
        findings.add(new Finding(
                "bob reads the one from after",
                new AwsRefusal(403, "AccessDenied", Optional.of("kms:Decrypt")),
                read(stage, bob, bucket, "after.txt")));
        return findings;
    }

    private static Outcome put(Stage stage, S3Client s3, String bucket, String object) throws IOException {
        return stage.attempt(() -> {
            s3.putObject(
                    request -> request.bucket(bucket).key(object),
                    RequestBody.fromFile(stage.files().get(0).path()));
            return stage.head(s3, bucket, object);
        });
    }

    private static Outcome read(Stage stage, S3Client s3, String bucket, String object) throws IOException {
        return stage.attempt(() -> Answer.empty()
                .with(
                        "read",
                        stage.readsBack(s3, bucket, object, stage.files().get(0).path()) ? "yes" : "other bytes"));
    }
}
