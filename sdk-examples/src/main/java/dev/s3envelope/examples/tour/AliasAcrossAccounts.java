package dev.s3envelope.examples.tour;

import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.arn.KeyReference;
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
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** A partner writes into our bucket and names the key by an alias, which both accounts happen to have. */
final class AliasAcrossAccounts implements Scenario {
    private static final String ALIAS = "alias/tour-orders";

    @Override
    public String title() {
        return "An alias in a cross-account write";
    }

    @Override
    public List<Finding> play(Stage stage) throws IOException {
        String bucket = stage.bucketSharedWithPartner("alias");
        String ours = stage.key(stage.alice(), "orders-of-owner");
        String theirs = stage.key(stage.paula(), "orders-of-partner");
        stage.kms(stage.alice()).createAlias(request -> request.aliasName(ALIAS).targetKeyId(ours));
        stage.kms(stage.paula()).createAlias(request -> request.aliasName(ALIAS).targetKeyId(theirs));
        stage.keyPolicy(stage.alice(), ours, KeyPolicyText.sharedWith(stage.owner(), stage.partner()));
        S3Client alice = stage.plain(stage.alice());
        List<Finding> findings = new ArrayList<>();

        findings.add(new Finding(
                "paula writes through this SDK, key " + ALIAS,
                new OwnRefusal("IllegalKeyException", 0),
                stage.attempt(() -> {
                    stage.envelope(stage.paula(), policy(ALIAS))
                            .putObject(
                                    request -> request.bucket(bucket).key("sdk.txt"), RequestBody.fromString("order"));
                    return Answer.empty().with("written", "yes");
                })));
        findings.add(new Finding(
                "the same with a plain client: S3 takes it, under the key of the writer's account",
                Answer.empty().with("key's account", stage.partner()),
                stage.attempt(() -> {
                    stage.plain(stage.paula())
                            .putObject(
                                    request -> request.bucket(bucket)
                                            .key("plain.txt")
                                            .serverSideEncryption(ServerSideEncryption.AWS_KMS)
                                            .ssekmsKeyId(ALIAS),
                                    RequestBody.fromString("order"));
                    return keyAccount(alice, bucket, "plain.txt");
                })));
        findings.add(new Finding(
                "alice, the bucket's owner, reads that object in her own bucket",
                new AwsRefusal(403, "AccessDenied", Optional.empty()),
                Stage.withoutAction(read(stage, alice, bucket, "plain.txt"))));
        findings.add(new Finding(
                "paula writes through this SDK, full ARN of the owner's key",
                Answer.empty().with("key's account", stage.owner()),
                stage.attempt(() -> {
                    stage.envelope(stage.paula(), policy(ours))
                            .putObject(
                                    request -> request.bucket(bucket).key("arn.txt"), RequestBody.fromString("order"));
                    return keyAccount(alice, bucket, "arn.txt");
                })));
        findings.add(new Finding(
                "alice reads it", Answer.empty().with("read", "order"), read(stage, alice, bucket, "arn.txt")));
        return findings;
    }

    private static EncryptionPolicy policy(String key) {
        return EncryptionPolicy.always(EncryptionMode.sseKms(KeyReference.parse(key)));
    }

    private static Answer keyAccount(S3Client s3, String bucket, String object) {
        HeadObjectResponse head =
                s3.headObject(request -> request.bucket(bucket).key(object));
        return Answer.empty()
                .with(
                        "key's account",
                        head.ssekmsKeyId() == null
                                ? "no key"
                                : KeyArn.parse(head.ssekmsKeyId()).account());
    }

    private static Outcome read(Stage stage, S3Client s3, String bucket, String object) throws IOException {
        return stage.attempt(() -> Answer.empty()
                .with(
                        "read",
                        s3.getObjectAsBytes(request -> request.bucket(bucket).key(object))
                                .asUtf8String()));
    }
}
