package dev.s3envelope.examples.tour;

import dev.s3envelope.core.mode.ClientSide;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.examples.tour.Outcome.Answer;
import dev.s3envelope.examples.tour.Outcome.OwnRefusal;
import dev.s3envelope.kms.KmsKeyring;
import dev.s3envelope.s3.ReadAs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** What somebody with write access to the bucket can do to a message, and what a reader sees of it. */
final class ClientSideTraps implements Scenario {
    private static final String OBJECT = "contract.pdf";
    private static final int SIZE = 300_000;

    @Override
    public String title() {
        return "Client-side: a range, a changed byte, a moved object, plaintext in its place";
    }

    @Override
    public List<Finding> play(Stage stage) throws IOException {
        String bucket = stage.bucket("client-side-traps");
        String key = stage.key(stage.alice(), "client-side-traps");
        EncryptionPolicy policy = EncryptionPolicy.always(ClientSide.builder(
                        "ours",
                        KmsKeyring.builder()
                                .client(stage.kms(stage.alice()))
                                .generator(key)
                                .build())
                .build());
        S3Client s3 =
                stage.builder(stage.alice(), policy).requireClientSide(true).build();
        S3Client plain = stage.plain(stage.alice());
        byte[] content = stage.randomBytes(SIZE);
        s3.putObject(request -> request.bucket(bucket).key(OBJECT), RequestBody.fromBytes(content));
        Answer whole = Answer.empty().with("identical", "yes");
        OwnRefusal tampered = new OwnRefusal("IntegrityException", OwnRefusal.ANY);
        List<Finding> findings = new ArrayList<>();

        findings.add(new Finding(
                "bytes=200000-200099 of the plaintext",
                Answer.empty().with("identical", "yes").with("Content-Range", "bytes 200000-200099/" + SIZE),
                stage.attempt(() -> range(s3, bucket, content))));

        ResponseBytes<GetObjectResponse> stored =
                plain.getObjectAsBytes(request -> request.bucket(bucket).key(OBJECT));
        byte[] changed = stored.asByteArray();
        changed[changed.length / 2] ^= 1;
        plain.putObject(
                request -> request.bucket(bucket)
                        .key("changed.pdf")
                        .metadata(stored.response().metadata()),
                RequestBody.fromBytes(changed));
        findings.add(new Finding(
                "one bit of the stored object changed",
                tampered,
                Stage.withoutCount(
                        read(stage, s3, request(bucket, "changed.pdf").build(), content))));

        plain.copyObject(request -> request.sourceBucket(bucket)
                .sourceKey(OBJECT)
                .destinationBucket(bucket)
                .destinationKey("moved.pdf"));
        findings.add(new Finding(
                "copied to another key behind our back",
                tampered,
                Stage.withoutCount(read(stage, s3, request(bucket, "moved.pdf").build(), content))));
        findings.add(new Finding(
                "the same, read as " + OBJECT + " on purpose",
                whole,
                read(
                        stage,
                        s3,
                        request(bucket, "moved.pdf")
                                .overrideConfiguration(ReadAs.object(bucket, OBJECT))
                                .build(),
                        content)));

        plain.putObject(request -> request.bucket(bucket).key("swapped.pdf"), RequestBody.fromBytes(content));
        findings.add(new Finding(
                "plaintext put where the policy says client-side",
                tampered,
                Stage.withoutCount(
                        read(stage, s3, request(bucket, "swapped.pdf").build(), content))));
        findings.add(new Finding(
                "the untouched object",
                whole,
                read(stage, s3, request(bucket, OBJECT).build(), content)));
        return findings;
    }

    private static GetObjectRequest.Builder request(String bucket, String object) {
        return GetObjectRequest.builder().bucket(bucket).key(object);
    }

    private static Answer range(S3Client s3, String bucket, byte[] content) {
        ResponseBytes<GetObjectResponse> part = s3.getObjectAsBytes(
                request -> request.bucket(bucket).key(OBJECT).range("bytes=200000-200099"));
        boolean same = Arrays.equals(part.asByteArray(), Arrays.copyOfRange(content, 200_000, 200_100));
        return Answer.empty()
                .with("identical", same ? "yes" : "no")
                .with("Content-Range", String.valueOf(part.response().contentRange()));
    }

    private static Outcome read(Stage stage, S3Client s3, GetObjectRequest request, byte[] content) throws IOException {
        return stage.attempt(() -> Answer.empty()
                .with("identical", Arrays.equals(s3.getObjectAsBytes(request).asByteArray(), content) ? "yes" : "no"));
    }
}
