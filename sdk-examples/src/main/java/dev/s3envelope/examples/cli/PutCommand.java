package dev.s3envelope.examples.cli;

import dev.s3envelope.core.mode.EncryptionMode;
import dev.s3envelope.s3.EncryptionOverride;
import java.io.IOException;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.s3.S3Client;

/** {@code envelope put}. */
@Command(
        name = "put",
        description = {
            "Upload a file, or standard input with '-', in the mode the policy gives it.",
            "Larger than a part, it goes as a multipart upload, several parts at once."
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class PutCommand extends S3Command {
    @Parameters(index = "0", paramLabel = "FILE", description = "File to upload, or - for standard input.")
    String source;

    @Parameters(
            index = "1",
            paramLabel = "S3_URI",
            description = "s3://bucket/key; after a bucket or a slash the file's name is appended.")
    String target;

    @Mixin
    ModeOptions mode;

    @Mixin
    TransferOptions transfer;

    @Option(names = "--content-type", paramLabel = "TYPE", description = "Default: by the file's name.")
    @Nullable
    String contentType;

    @Option(names = "--metadata", paramLabel = "NAME=VALUE", description = "User metadata; may be repeated.")
    Map<String, String> metadata = new LinkedHashMap<>();

    @Option(names = "--tag", paramLabel = "NAME=VALUE", description = "Object tag; may be repeated.")
    Map<String, String> tags = new LinkedHashMap<>();

    private S3Location to;

    @Override
    void check() throws IOException {
        if (source.equals("-")) {
            to = object(target);
            return;
        }
        Path file = Path.of(source);
        if (!Files.isRegularFile(file)) {
            if (Files.exists(file)) {
                throw new UsageProblem(source + " is not a file");
            }
            throw new NoSuchFileException(source);
        }
        to = location(target).orBelow(String.valueOf(file.getFileName()));
    }

    @Override
    int run(S3Client s3) throws IOException {
        UploadSpec spec = new UploadSpec(
                to,
                contentType(),
                metadata,
                tags,
                mode.mode(policy.keySources).map(PutCommand::override),
                transfer.partSize(),
                transfer.parallel);
        Uploaded done;
        if (source.equals("-")) {
            try (Progress progress = progress(to.fileName(), -1)) {
                done = new Upload(s3, spec, progress).stream(surroundings().in());
            }
        } else {
            Path file = Path.of(source);
            try (Progress progress = progress(to.fileName(), Files.size(file))) {
                done = new Upload(s3, spec, progress).file(file);
            }
        }
        say(false, "put " + to + ": " + done);
        return ExitCode.OK;
    }

    private Optional<String> contentType() {
        return Optional.ofNullable(contentType)
                .or(() -> Optional.ofNullable(URLConnection.guessContentTypeFromName(source)));
    }

    static AwsRequestOverrideConfiguration override(EncryptionMode mode) {
        return AwsRequestOverrideConfiguration.builder()
                .applyMutation(EncryptionOverride.mode(mode))
                .build();
    }
}
