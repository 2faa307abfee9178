package dev.s3envelope.examples.tour;

import dev.s3envelope.core.arn.KeyReference;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.policy.EncryptionPolicy;
import dev.s3envelope.core.ssec.SseCKey;
import dev.s3envelope.core.ssec.SseCKeySource;
import dev.s3envelope.examples.tour.Outcome.Answer;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/** When an ETag is the MD5 of the bytes, and when a tool that compares it so is wrong. */
final class EntityTags implements Scenario {
    private static final int PART = 5 << 20;

    @Override
    public String title() {
        return "ETags: an MD5 only under SSE-S3, in one request";
    }

    @Override
    public List<Finding> play(Stage stage) throws IOException {
        String bucket = stage.bucket("etags");
        stage.allowSseC(bucket);
        String key = stage.key(stage.alice(), "etags");
        byte[] content = stage.randomBytes(PART + 1000);
        Answer md5 = Answer.empty().with("ETag", "the MD5 of the bytes");
        Answer other = Answer.empty().with("ETag", "not the MD5");
        List<Finding> findings = new ArrayList<>();
        try (SseCKey customerKey = SseCKey.of(stage.randomBytes(SseCKey.LENGTH))) {
            findings.add(single(stage, "SSE-S3", EncryptionMode.sseS3(), bucket, content, md5));
            findings.add(
                    single(stage, "SSE-KMS", EncryptionMode.sseKms(KeyReference.parse(key)), bucket, content, other));
            findings.add(single(
                    stage,
                    "SSE-C",
                    EncryptionMode.sseC(SseCKeySource.fixed("etags", customerKey)),
                    bucket,
                    content,
                    other));
        }
        findings.add(new Finding(
                "SSE-S3, the same bytes in two parts",
                Answer.empty().with("ETag", "not the MD5, ends in -2"),
                stage.attempt(() -> {
                    S3Client s3 = stage.envelope(stage.alice(), EncryptionPolicy.always(EncryptionMode.sseS3()));
                    return tag(multipart(s3, bucket, content), content);
                })));
        return findings;
    }

    private static Finding single(
            Stage stage, String name, EncryptionMode mode, String bucket, byte[] content, Answer expected)
            throws IOException {
        S3Client s3 = stage.envelope(stage.alice(), EncryptionPolicy.always(mode));
        return new Finding(
                name + ", one request",
                expected,
                stage.attempt(() -> tag(
                        s3.putObject(request -> request.bucket(bucket).key(name), RequestBody.fromBytes(content))
                                .eTag(),
                        content)));
    }

    private static String multipart(S3Client s3, String bucket, byte[] content) {
        String object = "parts";
        String upload = s3.createMultipartUpload(
                        request -> request.bucket(bucket).key(object))
                .uploadId();
        List<CompletedPart> parts = new ArrayList<>();
        for (int number = 1; number <= 2; number++) {
            int part = number;
            byte[] bytes = part == 1 ? Arrays.copyOf(content, PART) : Arrays.copyOfRange(content, PART, content.length);
            parts.add(Parts.completed(
                    part,
                    s3.uploadPart(
                            request -> request.bucket(bucket)
                                    .key(object)
                                    .uploadId(upload)
                                    .partNumber(part),
                            RequestBody.fromBytes(bytes))));
        }
        return s3.completeMultipartUpload(request ->
                        request.bucket(bucket).key(object).uploadId(upload).multipartUpload(all -> all.parts(parts)))
                .eTag();
    }

    private static Answer tag(String quoted, byte[] content) {
        String tag = quoted.replace("\"", "");
        String kind = tag.equals(md5(content)) ? "the MD5 of the bytes" : "not the MD5";
        int dash = tag.lastIndexOf('-');
        return Answer.empty().with("ETag", dash < 0 ? kind : kind + ", ends in " + tag.substring(dash));
    }

    /** What S3 calls an MD5 ETag; not used for security. */
    private static String md5(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime has no MD5", e);
        }
    }
}
