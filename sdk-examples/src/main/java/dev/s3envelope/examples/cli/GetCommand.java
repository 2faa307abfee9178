package dev.s3envelope.examples.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;

/** {@code envelope get}. */
@Command(
        name = "get",
        description = {
            "Download an object, or a range of it, to a file, or to standard output with '-'.",
            "The file appears under its name only when it is whole."
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class GetCommand extends S3Command {
    private static final Pattern RANGE = Pattern.compile("bytes=([0-9]+-[0-9]*|-[0-9]+)");

    @Parameters(index = "0", paramLabel = "S3_URI", description = "s3://bucket/key")
    String source;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "FILE",
            description = "File or directory to write to, or - for standard output. Default: the key's last part.")
    @Nullable
    String target;

    @Option(
            names = "--range",
            paramLabel = "RANGE",
            description = "As HTTP has it: bytes=0-99, bytes=100-, bytes=-5 (the last five).")
    @Nullable
    String range;

    @Option(names = "--version-id", paramLabel = "ID", description = "A version other than the current one.")
    @Nullable
    String version;

    private S3Location from;

    @Override
    void check() {
        from = object(source);
        if (range != null && !RANGE.matcher(range).matches()) {
            throw new UsageProblem("--range " + range + " is no range; write bytes=0-99, bytes=100- or bytes=-5");
        }
        if (!"-".equals(target)) {
            file();
        }
    }

    @Override
    int run(S3Client s3) throws IOException {
        GetObjectRequest request = GetObjectRequest.builder()
                .bucket(from.bucket())
                .key(from.key())
                .range(range)
                .versionId(version)
                .build();
        Download download = new Download(s3, request, length -> progress(from.fileName(), length));
        if ("-".equals(target)) {
            download.toStream(surroundings().out());
            return ExitCode.OK;
        }
        Path file = file();
        long bytes = download.toFile(file);
        say(false, "get " + from + ": " + bytes + " bytes to " + file);
        return ExitCode.OK;
    }

    private Path file() {
        String name = from.fileName();
        if (target == null || Files.isDirectory(Path.of(target))) {
            if (name.isEmpty() || name.equals("..") || name.equals(".")) {
                throw new UsageProblem("the key " + from.key() + " gives no file name; name the file");
            }
            return target == null ? Path.of(name) : Path.of(target).resolve(name);
        }
        return Path.of(target);
    }
}
