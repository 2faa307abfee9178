package dev.s3envelope.examples.cli;

import dev.s3envelope.core.arn.KeyReference;
import dev.s3envelope.core.mode.BucketKey;
import dev.s3envelope.core.mode.ContextPairs;
import dev.s3envelope.core.mode.DsseKms;
import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.core.mode.SseKms;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A mode asked for on the command line, for one write; a policy rule that enforces another refuses it. */
public final class ModeOptions {
    @Option(
            names = "--sse",
            paramLabel = "MODE",
            description = "Mode of this object: AES256, aws:kms, aws:kms:dsse, or SSE-C with --key-source.")
    @Nullable
    String sse;

    @Option(
            names = "--sse-kms-key-id",
            paramLabel = "KEY",
            description = "KMS key, best as its full ARN; without it aws/s3.")
    @Nullable
    String key;

    @Option(names = "--bucket-key", negatable = true, description = "Ask for an S3 Bucket Key, or for none.")
    @Nullable
    Boolean bucketKey;

    @Option(
            names = "--context",
            paramLabel = "NAME=VALUE",
            description = "Entry of the encryption context; may be repeated. Not secret.")
    Map<String, String> context = new LinkedHashMap<>();

    /** The mode asked for; empty if none was. */
    Optional<EncryptionMode> mode(KeySourceOptions sources) {
        if (sse == null) {
            if (key != null || bucketKey != null || !context.isEmpty()) {
                throw new UsageProblem(
                        "--sse-kms-key-id, --bucket-key and --context need --sse aws:kms or aws:kms:dsse");
            }
            return Optional.empty();
        }
        return Optional.of(
                switch (sse) {
                    case "AES256" -> withoutKey(EncryptionMode.sseS3());
                    case "aws:kms" -> sseKms();
                    case "aws:kms:dsse" -> dsse();
                    case "SSE-C" -> withoutKey(EncryptionMode.sseC(sources.only()));
                    default ->
                        throw new UsageProblem(
                                "--sse " + sse + " is no mode; one of AES256, aws:kms, aws:kms:dsse, SSE-C");
                });
    }

    private EncryptionMode withoutKey(EncryptionMode mode) {
        if (key != null || bucketKey != null || !context.isEmpty()) {
            throw new UsageProblem("--sse " + sse + " takes no --sse-kms-key-id, --bucket-key or --context");
        }
        return mode;
    }

    private EncryptionMode sseKms() {
        SseKms.Builder builder = SseKms.builder().context(ContextPairs.of(context));
        if (key != null) {
            builder.key(KeyReference.parse(key));
        }
        if (bucketKey != null) {
            builder.bucketKey(bucketKey ? BucketKey.ENABLED : BucketKey.DISABLED);
        }
        return builder.build();
    }

    private EncryptionMode dsse() {
        if (bucketKey != null) {
            throw new UsageProblem("--sse aws:kms:dsse has no bucket key");
        }
        DsseKms.Builder builder = DsseKms.builder().context(ContextPairs.of(context));
        if (key != null) {
            builder.key(KeyReference.parse(key));
        }
        return builder.build();
    }
}
