package dev.s3envelope.examples.tour;

import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.policy.KeySources;
import dev.s3envelope.core.policy.ObjectDescription;
import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.core.ssec.SseCKeySource;
import dev.s3envelope.examples.tour.ModeCase.KmsTraffic;
import dev.s3envelope.examples.tour.Outcome.Answer;
import dev.s3envelope.examples.tour.Stage.Numbered;
import java.io.IOException;
import java.util.List;
import java.util.TreeSet;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** Every file in one mode, chosen by a policy in its JSON form, and back, byte for byte. */
final class ModeRoundTrip implements Scenario {
    private final ModeCase mode;

    ModeRoundTrip(ModeCase mode) {
        this.mode = mode;
    }

    @Override
    public String title() {
        return mode.title();
    }

    @Override
    public List<Finding> play(Stage stage) throws IOException {
        String bucket = stage.bucket(mode.rule());
        stage.allowSseC(bucket);
        String key = stage.key(stage.alice(), mode.rule());
        try (SseCKey customerKey = SseCKey.of(stage.randomBytes(SseCKey.LENGTH))) {
            KeySources sources = KeySources.of(SseCKeySource.fixed("tour", customerKey));
            EncryptionPolicy policy = EncryptionPolicy.fromJson(policyJson(key), sources);
            String rule = policy.decide(ObjectDescription.builder(bucket, mode.rule() + "/any")
                            .build())
                    .rule()
                    .name();
            EventMark mark = stage.mark();
            Outcome seen = stage.attempt(() -> roundTrip(stage, stage.envelope(stage.alice(), policy), bucket));
            KmsUse use = KmsUse.since(stage, mark, bucket);
            if (seen instanceof Answer answer) {
                seen = traffic(answer, use);
            }
            Finding finding = new Finding(
                    "put and get " + stage.files().size() + " files under " + mode.rule() + "/, rule " + rule,
                    expected(stage, key),
                    seen,
                    mode.kms() == KmsTraffic.PER_BUCKET_KEY || mode.kms() == KmsTraffic.OBJECT_CONTEXT
                            ? use.text()
                            : "");
            return List.of(finding);
        }
    }

    private Answer roundTrip(Stage stage, S3Client s3, String bucket) throws IOException {
        int identical = 0;
        TreeSet<String> modes = new TreeSet<>();
        TreeSet<String> keys = new TreeSet<>();
        TreeSet<String> bucketKeys = new TreeSet<>();
        for (Numbered file : stage.files()) {
            String object = mode.rule() + "/" + file.name();
            s3.putObject(request -> request.bucket(bucket).key(object), RequestBody.fromFile(file.path()));
            HeadObjectResponse head =
                    s3.headObject(request -> request.bucket(bucket).key(object));
            modes.add(Stage.modeOf(head));
            keys.add(head.ssekmsKeyId() == null ? "none" : head.ssekmsKeyId());
            bucketKeys.add(Boolean.TRUE.equals(head.bucketKeyEnabled()) ? "on" : "off");
            identical += stage.readsBack(s3, bucket, object, file.path()) ? 1 : 0;
        }
        return Answer.empty()
                .with("mode", String.join(", ", modes))
                .with("key", String.join(", ", keys))
                .with("bucket key", String.join(", ", bucketKeys))
                .with("identical", identical + " of " + stage.files().size());
    }

    private Answer expected(Stage stage, String key) {
        int files = stage.files().size();
        Answer answer = Answer.empty()
                .with("mode", mode.header())
                .with("key", mode.usesKey() ? key : "none")
                .with("bucket key", mode.bucketKey() ? "on" : "off")
                .with("identical", files + " of " + files);
        return switch (mode.kms()) {
            case NONE -> answer.with("KMS calls", 0);
            case PER_OBJECT ->
                answer.with("KMS calls", "GenerateDataKey " + files + ", Decrypt " + files)
                        .with("context", "object ARN");
            case PER_BUCKET_KEY -> answer.with("context", "bucket ARN");
            case OBJECT_CONTEXT -> answer.with("context", "object ARN");
        };
    }

    private Answer traffic(Answer answer, KmsUse use) {
        return switch (mode.kms()) {
            case NONE -> answer.with("KMS calls", use.total());
            case PER_OBJECT ->
                answer.with(
                                "KMS calls",
                                "GenerateDataKey " + use.count("GenerateDataKey") + ", Decrypt " + use.count("Decrypt"))
                        .with("context", use.contexts());
            case PER_BUCKET_KEY, OBJECT_CONTEXT -> answer.with("context", use.contexts());
        };
    }

    private static String policyJson(String key) {
        return """
                {
                  "version": 1,
                  "rules": [
                    {"name": "sse-s3", "match": {"keyPrefix": "sse-s3/"}, "strength": "enforce",
                     "mode": {"type": "sse-s3"}},
                    {"name": "sse-kms", "match": {"keyPrefix": "sse-kms/"}, "strength": "enforce",
                     "mode": {"type": "sse-kms", "key": "KEY", "bucketKey": "disabled"}},
                    {"name": "bucket-key", "match": {"keyPrefix": "bucket-key/"}, "strength": "enforce",
                     "mode": {"type": "sse-kms", "key": "KEY", "bucketKey": "enabled"}},
                    {"name": "dsse-kms", "match": {"keyPrefix": "dsse-kms/"}, "strength": "enforce",
                     "mode": {"type": "dsse-kms", "key": "KEY"}},
                    {"name": "sse-c", "match": {"keyPrefix": "sse-c/"}, "strength": "enforce",
                     "mode": {"type": "sse-c", "keySource": "tour"}},
                    {"name": "bucket-default", "strength": "default", "mode": {"type": "bucket-default"}}
                  ]
                }
                """.replace("KEY", key);
    }
}
