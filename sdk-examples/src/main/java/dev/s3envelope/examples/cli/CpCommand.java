package dev.s3envelope.examples.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;

/** {@code envelope cp}. */
@Command(
        name = "cp",
        description = {
            "Copy an object within S3, in the mode the policy gives the copy.",
            "put and get are for files. An object over 5 GiB is refused by S3: get it and put it."
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class CpCommand extends S3Command {
    @Parameters(index = "0", paramLabel = "FROM", description = "s3://bucket/key")
    String source;

    @Parameters(
            index = "1",
            paramLabel = "TO",
            description = "s3://bucket/key; after a bucket or a slash the source's name is appended.")
    String target;

    @Mixin
    ModeOptions mode;

    @Option(names = "--version-id", paramLabel = "ID", description = "A version of the source other than the current.")
    @Nullable
    String version;

    private S3Location from;
    private S3Location to;

    @Override
    void check() {
        from = object(source);
        to = location(target).orBelow(from.fileName());
    }

    @Override
    int run(S3Client s3) {
        CopyObjectResponse answer = s3.copyObject(CopyObjectRequest.builder()
                .sourceBucket(from.bucket())
                .sourceKey(from.key())
                .sourceVersionId(version)
                .destinationBucket(to.bucket())
                .destinationKey(to.key())
                .overrideConfiguration(
                        mode.mode(policy.keySources).map(PutCommand::override).orElse(null))
                .build());
        String written = answer.sseCustomerAlgorithm() == null ? answer.serverSideEncryptionAsString() : "SSE-C";
        say(
                false,
                "cp " + from + " to " + to + (written == null ? "" : ": " + written)
                        + (answer.ssekmsKeyId() == null ? "" : " under " + answer.ssekmsKeyId()));
        return ExitCode.OK;
    }
}
