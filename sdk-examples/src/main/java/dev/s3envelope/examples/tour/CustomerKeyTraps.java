package dev.s3envelope.examples.tour;

import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
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

/** SSE-C: blocked on new buckets, and an object nobody reads without exactly its key. */
final class CustomerKeyTraps implements Scenario {
    private static final String OBJECT = "secret.txt";

    @Override
    public String title() {
        return "SSE-C: blocked on new buckets, no key, the wrong key";
    }

    @Override
    public List<Finding> play(Stage stage) throws IOException {
        String bucket = stage.bucket("customer-key");
        AwsRefusal denied = new AwsRefusal(403, "AccessDenied", Optional.empty());
        List<Finding> findings = new ArrayList<>();
        try (SseCKey key = SseCKey.of(stage.randomBytes(SseCKey.LENGTH));
                SseCKey other = SseCKey.of(stage.randomBytes(SseCKey.LENGTH))) {
            S3Client s3 = stage.envelope(stage.alice(), policy(key));
            findings.add(
                    new Finding("alice writes into a new bucket, which blocks SSE-C", denied, put(stage, s3, bucket)));
            stage.allowSseC(bucket);
            findings.add(new Finding(
                    "SSE-C allowed in the bucket's encryption; alice writes",
                    Answer.empty().with("written", "yes"),
                    put(stage, s3, bucket)));
            findings.add(new Finding(
                    "alice reads; this SDK sends the key",
                    Answer.empty().with("read", "secret"),
                    read(stage, s3, bucket)));
            findings.add(new Finding(
                    "a plain client sends no key",
                    new AwsRefusal(400, "InvalidRequest", Optional.empty()),
                    read(stage, stage.plain(stage.alice()), bucket)));
            findings.add(new Finding(
                    "alice with another key",
                    denied,
                    read(stage, stage.envelope(stage.alice(), policy(other)), bucket)));
        }
        return findings;
    }

    private static EncryptionPolicy policy(SseCKey key) {
        return EncryptionPolicy.always(EncryptionMode.sseC(SseCKeySource.fixed("tour", key)));
    }

    private static Outcome put(Stage stage, S3Client s3, String bucket) throws IOException {
        return stage.attempt(() -> {
            s3.putObject(request -> request.bucket(bucket).key(OBJECT), RequestBody.fromString("secret"));
            return Answer.empty().with("written", "yes");
        });
    }

    private static Outcome read(Stage stage, S3Client s3, String bucket) throws IOException {
        return Stage.withoutAction(stage.attempt(() -> Answer.empty()
                .with(
                        "read",
                        s3.getObjectAsBytes(request -> request.bucket(bucket).key(OBJECT))
                                .asUtf8String())));
    }
}
