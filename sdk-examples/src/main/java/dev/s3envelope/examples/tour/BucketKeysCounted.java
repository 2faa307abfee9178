package dev.s3envelope.examples.tour;

import dev.s3envelope.core.arn.KeyReference;
import dev.s3envelope.core.mode.BucketKey;
import dev.s3envelope.core.mode.SseKms;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.examples.tour.Outcome.Answer;
import java.io.IOException;
import java.util.List;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** What S3 asks of KMS without and with a Bucket Key, counted. */
final class BucketKeysCounted implements Scenario {
    static final int OBJECTS = 20;

    @Override
    public String title() {
        return "S3 Bucket Keys off and on: " + OBJECTS + " objects written and read, KMS calls counted";
    }

    @Override
    public List<Finding> play(Stage stage) throws IOException {
        Answer off = Answer.empty()
                .with("read", OBJECTS)
                .with("KMS calls", OBJECTS * 2)
                .with("context", "object ARN");
        Answer on = Answer.empty()
                .with("read", OBJECTS)
                .with("KMS calls", "fewer than objects")
                .with("context", "bucket ARN");
        return List.of(finding(stage, "off", BucketKey.DISABLED, off), finding(stage, "on", BucketKey.ENABLED, on));
    }

    private static Finding finding(Stage stage, String state, BucketKey setting, Answer expected) throws IOException {
        String bucket = stage.bucket("bucket-keys-" + state);
        String key = stage.key(stage.alice(), "bucket-keys-" + state);
        S3Client s3 = stage.envelope(
                stage.alice(),
                EncryptionPolicy.always(SseKms.builder(KeyReference.parse(key))
                        .bucketKey(setting)
                        .build()));
        EventMark mark = stage.mark();
        Outcome seen = stage.attempt(() -> Answer.empty().with("read", writeAndRead(s3, bucket)));
        KmsUse use = KmsUse.since(stage, mark, bucket);
        if (seen instanceof Answer answer) {
            boolean fewer = setting == BucketKey.ENABLED && use.total() < OBJECTS;
            seen = answer.with("KMS calls", fewer ? "fewer than objects" : String.valueOf(use.total()))
                    .with("context", use.contexts());
        }
        return new Finding("Bucket Key " + state, expected, seen, use.text());
    }

    /** How many objects read back as written. */
    static int writeAndRead(S3Client s3, String bucket) {
        int read = 0;
        for (int i = 0; i < OBJECTS; i++) {
            String object = "object-" + i;
            s3.putObject(request -> request.bucket(bucket).key(object), RequestBody.fromString(object));
        }
        for (int i = 0; i < OBJECTS; i++) {
            String object = "object-" + i;
            String content = s3.getObjectAsBytes(
                            request -> request.bucket(bucket).key(object))
                    .asUtf8String();
            read += content.equals(object) ? 1 : 0;
        }
        return read;
    }
}
