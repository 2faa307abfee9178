package dev.s3envelope.examples.tour;

import dev.s3envelope.core.arn.KeyReference;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.policy.ObjectMatcher;
import dev.s3envelope.core.policy.PolicyRule;
import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.core.ssec.SseCKeySource;
import dev.s3envelope.examples.tour.Outcome.Answer;
import dev.s3envelope.examples.tour.Outcome.AwsRefusal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** One bucket, four objects, each readable by other people: encryption is a property of the object. */
final class MixedBucket implements Scenario {
    @Override
    public String title() {
        return "One bucket with readable and unreadable objects";
    }

    @Override
    public List<Finding> play(Stage stage) throws IOException {
        String bucket = stage.bucket("mixed");
        stage.allowSseC(bucket);
        String granted = stage.key(stage.alice(), "mixed-granted");
        String closed = stage.key(stage.alice(), "mixed-closed");
        stage.keyPolicy(
                stage.alice(),
                granted,
                KeyPolicyText.readableBy(stage.owner(), stage.bob().arn()));
        try (SseCKey customerKey = SseCKey.of(stage.randomBytes(SseCKey.LENGTH))) {
            EncryptionPolicy policy = EncryptionPolicy.of(
                    rule("granted", EncryptionMode.sseKms(KeyReference.parse(granted))),
                    rule("closed", EncryptionMode.sseKms(KeyReference.parse(closed))),
                    rule("customer", EncryptionMode.sseC(SseCKeySource.fixed("mixed", customerKey))),
                    PolicyRule.byDefault("rest", ObjectMatcher.anything(), EncryptionMode.sseS3()));
            S3Client alice = stage.envelope(stage.alice(), policy);
            S3Client bob = stage.plain(stage.bob());
            List<String> names = List.of("closed.txt", "customer.txt", "granted.txt", "open.txt");
            for (String name : names) {
                alice.putObject(request -> request.bucket(bucket).key(name), RequestBody.fromString(name));
            }

            List<Finding> findings = new ArrayList<>();
            findings.add(new Finding(
                    "bob lists: every object is there",
                    Answer.empty().with("listed", String.join(", ", names)),
                    stage.attempt(() -> Answer.empty().with("listed", String.join(", ", stage.list(bob, bucket))))));
            findings.add(read(stage, bob, "bob", bucket, "open.txt", "SSE-S3", yes("open.txt")));
            findings.add(read(
                    stage, bob, "bob", bucket, "granted.txt", "SSE-KMS, key policy names bob", yes("granted.txt")));
            findings.add(read(
                    stage,
                    bob,
                    "bob",
                    bucket,
                    "closed.txt",
                    "SSE-KMS, key not open to bob",
                    new AwsRefusal(403, "AccessDenied", Optional.of("kms:Decrypt"))));
            findings.add(read(
                    stage,
                    bob,
                    "bob",
                    bucket,
                    "customer.txt",
                    "SSE-C, bob has not the key",
                    new AwsRefusal(400, "InvalidRequest", Optional.empty())));
            for (String name : names) {
                findings.add(read(stage, alice, "alice", bucket, name, "through this SDK", yes(name)));
            }
            return findings;
        }
    }

    private static PolicyRule rule(String name, EncryptionMode mode) {
        return PolicyRule.enforce(
                name, ObjectMatcher.builder().keyPrefix(name + ".").build(), mode);
    }

    private static Answer yes(String content) {
        return Answer.empty().with("read", content);
    }

    private static Finding read(
            Stage stage, S3Client s3, String who, String bucket, String object, String how, Outcome expected)
            throws IOException {
        Outcome seen = stage.attempt(() -> Answer.empty()
                .with(
                        "read",
                        s3.getObjectAsBytes(request -> request.bucket(bucket).key(object))
                                .asUtf8String()));
        return new Finding(who + " reads " + object + " (" + how + ")", expected, seen);
    }
}
