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
import software.amazon.awssdk.services.s3.S3Client;

/** Every S3 permission and no KMS permission: what such a user can and cannot do with an SSE-KMS object. */
final class ReaderWithoutKms implements Scenario {
    @Override
    public String title() {
        return "A user with S3 rights but no KMS rights";
    }

    @Override
    public List<Finding> play(Stage stage) throws IOException {
        String bucket = stage.bucket("no-kms");
        String key = stage.key(stage.alice(), "no-kms");
        String object = "report.txt";
        EncryptionPolicy policy = EncryptionPolicy.always(EncryptionMode.sseKms(KeyReference.parse(key)));
        stage.envelope(stage.alice(), policy)
                .putObject(
                        request -> request.bucket(bucket).key(object),
                        RequestBody.fromFile(stage.files().get(0).path()));
        S3Client bob = stage.envelope(stage.bob(), policy);

        List<Finding> findings = new ArrayList<>();
        findings.add(new Finding(
                "bob lists the bucket",
                Answer.empty().with("listed", object),
                stage.attempt(() -> Answer.empty().with("listed", String.join(", ", stage.list(bob, bucket))))));
        findings.add(new Finding(
                "bob asks HEAD, which needs no KMS right",
                Answer.empty().with("mode", "aws:kms").with("key", key),
                stage.attempt(() -> stage.head(bob, bucket, object))));

        EventMark mark = stage.mark();
        Outcome read = stage.attempt(() -> {
            bob.getObjectAsBytes(request -> request.bucket(bucket).key(object));
            return Answer.empty().with("read", "yes");
        });
        findings.add(new Finding(
                "bob reads: S3's gate opens, KMS's does not",
                new AwsRefusal(403, "AccessDenied", Optional.of("kms:Decrypt")),
                read));
        findings.add(new Finding(
                "the event log of that read",
                Answer.empty().with("who", stage.bob().arn()).with("KMS", "Decrypt AccessDeniedException"),
                lastKms(stage, mark)));
        findings.add(new Finding(
                "bob writes under the key",
                new AwsRefusal(403, "AccessDenied", Optional.of("kms:GenerateDataKey")),
                stage.attempt(() -> {
                    bob.putObject(request -> request.bucket(bucket).key("mine.txt"), RequestBody.fromString("mine"));
                    return Answer.empty().with("written", "yes");
                })));
        findings.add(new Finding(
                "bob deletes what he cannot read", Answer.empty().with("left", "nothing"), stage.attempt(() -> {
                    bob.deleteObject(request -> request.bucket(bucket).key(object));
                    List<String> left = stage.list(bob, bucket);
                    return Answer.empty().with("left", left.isEmpty() ? "nothing" : String.join(", ", left));
                })));
        return findings;
    }

    private static Outcome lastKms(Stage stage, EventMark mark) {
        return stage.events(mark).service("kms").viaService().list().stream()
                .reduce((first, second) -> second)
                .map(event -> Answer.empty()
                        .with("who", event.principalArn().orElse("nobody"))
                        .with("KMS", event.operation() + " " + event.errorCode().orElse("allowed")))
                .orElseGet(() -> Answer.empty().with("KMS", "not asked"));
    }
}
