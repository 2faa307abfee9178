package dev.s3envelope.examples.cli;

import dev.s3envelope.s3.EnvelopeS3Client;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import software.amazon.awssdk.services.s3.S3Client;

/** A command that talks to S3: connects as its options say, does its work through the policy, and disconnects. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
abstract class S3Command implements Callable<Integer> {
    @ParentCommand
    HasSurroundings parent;

    @Spec
    CommandSpec spec;

    @Mixin
    ConnectionOptions connection;

    @Mixin
    PolicyOptions policy;

    @Option(names = "--no-progress", description = "No progress bar, even on a terminal.")
    boolean noProgress;

    @Override
    public Integer call() throws IOException {
        check();
        try (Connection open = Connection.open(connection, surroundings());
                S3Client s3 = policy.client(open, client -> configure(client, open))) {
            int code = run(s3);
            surroundings().out().flush();
            return code;
        }
    }

    /** Looks at the arguments, before anything is connected to. */
    abstract void check() throws IOException;

    /** Sets up the client further; by default there is nothing to set. */
    void configure(EnvelopeS3Client.Builder client, Connection open) {}

    /** Does the work; answers one of {@link ExitCode}. */
    abstract int run(S3Client s3) throws IOException;

    final Surroundings surroundings() {
        return parent.surroundings();
    }

    final Progress progress(String task, long total) {
        return Progress.of(surroundings(), !noProgress, task, total);
    }

    /** A line about what was done; on standard error where standard output carries object bytes. */
    final void say(boolean outIsData, String line) {
        (outIsData ? surroundings().err() : surroundings().out()).println(line);
    }

    /** Reads an {@code s3://} argument, with a usage error where it is none. */
    final S3Location location(String text) {
        try {
            return S3Location.parse(text);
        } catch (RuntimeException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    /** As {@link #location}, of an object. */
    final S3Location object(String text) {
        S3Location parsed = location(text);
        if (parsed.isBucket()) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "'" + text + "' names a bucket, not an object; write s3://bucket/key");
        }
        return parsed;
    }
}
