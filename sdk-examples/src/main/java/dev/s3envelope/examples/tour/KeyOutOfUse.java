package dev.s3envelope.examples.tour;

import dev.s3envelope.core.arn.KeyReference;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.examples.tour.Outcome.Answer;
import dev.s3envelope.examples.tour.Outcome.AwsRefusal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.S3Client;

/** A key that is disabled, or about to be deleted, takes its objects with it; every permission being there does not help. */
final class KeyOutOfUse implements Scenario {
    private static final String OBJECT = "ledger.txt";

    @Override
    public String title() {
        return "A disabled key, and one pending deletion";
    }

    @Override
    public List<Finding> play(Stage stage) throws IOException {
        String bucket = stage.bucket("key-state");
        String key = stage.key(stage.alice(), "key-state");
        KmsClient kms = stage.kms(stage.alice());
        S3Client s3 =
                stage.envelope(stage.alice(), EncryptionPolicy.always(EncryptionMode.sseKms(KeyReference.parse(key))));
        s3.putObject(request -> request.bucket(bucket).key(OBJECT), RequestBody.fromString("ledger"));
        Answer read = Answer.empty().with("read", "ledger");
        AwsRefusal disabled = new AwsRefusal(400, "KMS.DisabledException", Optional.empty());
        List<Finding> findings = new ArrayList<>();

        kms.disableKey(request -> request.keyId(key));
        findings.add(new Finding("key disabled; alice reads", disabled, read(stage, s3, bucket)));
        findings.add(new Finding("alice writes", disabled, stage.attempt(() -> {
            s3.putObject(request -> request.bucket(bucket).key("new.txt"), RequestBody.fromString("new"));
            return Answer.empty().with("written", "yes");
        })));
        findings.add(new Finding(
                "HEAD does not need the key",
                Answer.empty().with("mode", "aws:kms").with("key", key),
                stage.attempt(() -> stage.head(s3, bucket, OBJECT))));
        kms.enableKey(request -> request.keyId(key));
        findings.add(new Finding("key enabled again; alice reads", read, read(stage, s3, bucket)));
        kms.scheduleKeyDeletion(request -> request.keyId(key).pendingWindowInDays(7));
        findings.add(new Finding(
                "deletion scheduled; alice reads",
                new AwsRefusal(400, "KMS.KMSInvalidStateException", Optional.empty()),
                read(stage, s3, bucket)));
        kms.cancelKeyDeletion(request -> request.keyId(key));
        findings.add(
                new Finding("deletion cancelled: the key is disabled, not enabled", disabled, read(stage, s3, bucket)));
        kms.enableKey(request -> request.keyId(key));
        findings.add(new Finding("key enabled; alice reads", read, read(stage, s3, bucket)));
        return findings;
    }

    private static Outcome read(Stage stage, S3Client s3, String bucket) throws IOException {
        return stage.attempt(() -> Answer.empty()
                .with(
                        "read",
                        s3.getObjectAsBytes(request -> request.bucket(bucket).key(OBJECT))
                                .asUtf8String()));
    }
}
