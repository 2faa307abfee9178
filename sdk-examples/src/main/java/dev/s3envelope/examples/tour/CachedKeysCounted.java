package dev.s3envelope.examples.tour;

import dev.s3envelope.core.cache.DataKeyCache;
import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.mode.ContextScope;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.examples.tour.Outcome.Answer;
import dev.s3envelope.kms.KmsKeyring;
import dev.s3envelope.kms.KmsMacKeySource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.s3.S3Client;

/** What this SDK asks of KMS for the objects S3 Bucket Keys were counted with: data keys from its cache, and SSE-C keys that follow from a MAC. */
final class CachedKeysCounted implements Scenario {
    private static final int OBJECTS = BucketKeysCounted.OBJECTS;

    @Override
    public String title() {
        return "The same by this SDK: data keys cached, SSE-C keys by MAC";
    }

    @Override
    public List<Finding> play(Stage stage) throws IOException {
        List<Finding> findings = new ArrayList<>();
        try (DataKeyCache cache = DataKeyCache.builder().build()) {
            String bucket = stage.bucket("cached-bucket");
            findings.add(counted(
                    stage,
                    "client-side, scope BUCKET, data keys cached",
                    bucket,
                    clientSide(stage, cache, ContextScope.BUCKET),
                    expected(2, "bucket ARN")));
            String objects = stage.bucket("cached-object");
            findings.add(counted(
                    stage,
                    "client-side, scope OBJECT",
                    objects,
                    clientSide(stage, cache, ContextScope.OBJECT),
                    expected(2 * OBJECTS, "object ARN")));
        }
        String bucket = stage.bucket("derived");
        stage.allowSseC(bucket);
        try (KmsMacKeySource source = KmsMacKeySource.builder("derived")
                .client(stage.kms(stage.alice()))
                .key(stage.hmacKey(stage.alice(), "derived"))
                .build()) {
            // GenerateMac has no encryption context.
            findings.add(counted(
                    stage,
                    "SSE-C, a key for each object from one MAC",
                    bucket,
                    EncryptionMode.sseC(source),
                    expected(1, "without aws:s3:arn")));
        }
        return findings;
    }

    private static EncryptionMode clientSide(Stage stage, DataKeyCache cache, ContextScope scope) {
        return ClientSide.builder(
                        "cached",
                        cache.over(KmsKeyring.builder()
                                .client(stage.kms(stage.alice()))
                                .generator(stage.key(stage.alice(), "cached-" + scope))
                                .build()))
                .contextScope(scope)
                .over(EncryptionMode.sseS3())
                .build();
    }

    private static Answer expected(int calls, String context) {
        return Answer.empty().with("read", OBJECTS).with("KMS calls", calls).with("context", context);
    }

    private static Finding counted(Stage stage, String done, String bucket, EncryptionMode mode, Answer expected)
            throws IOException {
        S3Client s3 = stage.envelope(stage.alice(), EncryptionPolicy.always(mode));
        EventMark mark = stage.mark();
        Outcome seen = stage.attempt(() -> Answer.empty().with("read", BucketKeysCounted.writeAndRead(s3, bucket)));
        KmsUse use = KmsUse.ofAll(stage, mark, bucket);
        if (seen instanceof Answer answer) {
            seen = answer.with("KMS calls", use.total()).with("context", use.contexts());
        }
        return new Finding(done, expected, seen, use.text());
    }
}
