package dev.s3envelope.examples.cli;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.advice.AccessDocuments;
import dev.s3envelope.core.advice.LintReport;
import dev.s3envelope.core.advice.PolicyLint;
import dev.s3envelope.core.advice.Severity;
import dev.s3envelope.core.arn.AccountId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code envelope lint}. */
@Command(
        name = "lint",
        description = {
            "Look for the traps of S3 with KMS in policy documents, in a live bucket with its keys and replication, or in both together.",
            "IAM is not asked: the policies of principals come from the file.",
            "Exit code: 0 if nothing was found, 5 for warnings, 6 for errors, 7 if nothing was found but not everything could be read."
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class LintCommand implements Callable<Integer> {
    @ParentCommand
    HasSurroundings parent;

    @Mixin
    ConnectionOptions connection;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "FILE",
            description = "Principals, buckets and keys with their policies, as JSON.")
    @Nullable
    Path file;

    @Option(
            names = "--bucket",
            paramLabel = "NAME",
            description = "Read this bucket and what belongs to it; repeatable.")
    List<String> buckets = List.of();

    @Option(
            names = "--bucket-account",
            paramLabel = "ID",
            description = "Whose buckets these are; without it they are tried as the caller's own.")
    @Nullable
    String bucketAccount;

    @Option(names = "--json", description = "For programs.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        if (file == null && buckets.isEmpty()) {
            throw new UsageProblem("give a FILE of documents, or --bucket, or both");
        }
        AccessDocuments documents = new AccessDocuments(List.of(), List.of(), List.of());
        if (file != null) {
            String text = DocumentFiles.text(file);
            try {
                documents = AccessDocuments.fromJson(text, file.toString());
            } catch (EnvelopeException e) {
                throw new UsageProblem(String.valueOf(e.getMessage()), e);
            }
        }
        List<String> unread = List.of();
        if (!buckets.isEmpty()) {
            try (Connection open = Connection.open(connection, parent.surroundings())) {
                LiveDocuments live = LiveDocuments.read(
                        open, buckets, Optional.ofNullable(bucketAccount).map(AccountId::of));
                documents = live.documents().with(documents);
                unread = live.unread();
            }
        }
        unread.forEach(what -> parent.surroundings().err().println("envelope: not read: " + what));
        LintReport report = PolicyLint.check(documents);
        parent.surroundings().out().println(json ? report.json() : report.text().stripTrailing());
        return report.worst()
                .map(worst -> worst == Severity.ERROR ? ExitCode.ERRORS : ExitCode.WARNINGS)
                .orElse(unread.isEmpty() ? ExitCode.OK : ExitCode.UNKNOWN);
    }
}
