package dev.s3envelope.examples.tour;

import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.examples.tour.Outcome.Answer;
import dev.s3envelope.examples.tour.Outcome.AwsRefusal;
import dev.s3envelope.examples.tour.Outcome.OwnRefusal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** SSE-KMS without a key means aws/s3 of whoever writes, and nobody can open that key to another account. */
final class AwsManagedKeyAcrossAccounts implements Scenario {
    @Override
    public String title() {
        return "The aws/s3 key across accounts";
    }

    @Override
    public List<Finding> play(Stage stage) throws IOException {
        String bucket = stage.bucketSharedWithPartner("aws-s3");
        EncryptionPolicy managed = EncryptionPolicy.always(EncryptionMode.awsManagedKms());
        S3Client alice = stage.plain(stage.alice());
        List<Finding> findings = new ArrayList<>();

        findings.add(new Finding(
                "alice, within her account: aws/s3 of her account",
                Answer.empty().with("key's account", stage.owner()).with("read", "own"),
                stage.attempt(() -> {
                    stage.envelope(stage.alice(), managed)
                            .putObject(request -> request.bucket(bucket).key("own.txt"), RequestBody.fromString("own"));
                    return keyAccount(alice, bucket, "own.txt").with("read", text(alice, bucket, "own.txt"));
                })));
        findings.add(new Finding(
                "paula, the partner, through this SDK", new OwnRefusal("IllegalKeyException", 0), stage.attempt(() -> {
                    stage.envelope(stage.paula(), managed)
                            .putObject(
                                    request -> request.bucket(bucket).key("sdk.txt"), RequestBody.fromString("theirs"));
                    return Answer.empty().with("written", "yes");
                })));
        findings.add(new Finding(
                "paula with a plain client: S3 takes it, under aws/s3 of the writer's account",
                Answer.empty().with("key's account", stage.partner()),
                stage.attempt(() -> {
                    stage.plain(stage.paula())
                            .putObject(
                                    request -> request.bucket(bucket)
                                            .key("plain.txt")
                                            .serverSideEncryption(ServerSideEncryption.AWS_KMS),
                                    RequestBody.fromString("theirs"));
                    return keyAccount(alice, bucket, "plain.txt");
                })));
        findings.add(new Finding(
                "alice reads that object in her own bucket",
                new AwsRefusal(403, "AccessDenied", Optional.empty()),
                Stage.withoutAction(
                        stage.attempt(() -> Answer.empty().with("read", text(alice, bucket, "plain.txt"))))));
        return findings;
    }

    private static Answer keyAccount(S3Client s3, String bucket, String object) {
        String key =
                s3.headObject(request -> request.bucket(bucket).key(object)).ssekmsKeyId();
        return Answer.empty()
                .with(
                        "key's account",
                        key == null ? "no key" : KeyArn.parse(key).account());
    }

    private static String text(S3Client s3, String bucket, String object) {
        return s3.getObjectAsBytes(request -> request.bucket(bucket).key(object))
                .asUtf8String();
    }
}
