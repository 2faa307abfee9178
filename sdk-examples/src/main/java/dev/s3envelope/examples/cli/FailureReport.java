package dev.s3envelope.examples.cli;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.IllegalKeyException;
import dev.s3envelope.core.IntegrityException;
import dev.s3envelope.core.KeyringException;
import dev.s3envelope.core.LookupFailedException;
import dev.s3envelope.core.access.AccessReport;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * A failure as a person at a terminal reads it: who refused, what, why, and the exit code. Never a stack trace, unless asked for.
 *
 * @param exitCode one of {@link ExitCode}
 * @param message one or more lines
 */
public record FailureReport(int exitCode, String message) {
    /** What to say about a failure. */
    public static FailureReport of(Throwable thrown) {
        Throwable failure = unwrap(thrown);
        if (failure instanceof UsageProblem problem) {
            return new FailureReport(ExitCode.USAGE, text(problem));
        }
        if (failure instanceof IntegrityException integrity) {
            return new FailureReport(ExitCode.INTEGRITY, "integrity: " + text(integrity));
        }
        if (failure instanceof KeyringException keys) {
            // One of several keyrings may have been denied by KMS, and the others have other keys.
            Optional<AccessReport> report = AccessReport.of(keys);
            return new FailureReport(
                    denies(report) ? ExitCode.DENIED : ExitCode.FAILED,
                    "refused by this SDK: " + text(keys)
                            + summary(report)
                            + "\nkeys are given by --keyring NAME=KEY_ARN, --key-file NAME=FILE or --recovery-private-key FILE");
        }
        if (failure instanceof EnvelopeException refusal) {
            return new FailureReport(ExitCode.FAILED, "refused by this SDK: " + text(refusal));
        }
        if (failure instanceof AwsServiceException answer) {
            return ofAnswer(answer);
        }
        if (failure instanceof SdkClientException client) {
            // The SDK lists every place it looked in, which helps nobody who has forgotten to sign in.
            return new FailureReport(
                    ExitCode.FAILED,
                    text(client).startsWith("Unable to load credentials")
                            ? "no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give --profile"
                                    + " (--verbose lists every place that was tried)"
                            : text(client)
                                    + (text(client).contains("PKIX path")
                                            ? "; give the server's certificate with --ca-bundle or AWS_CA_BUNDLE"
                                            : ""));
        }
        if (failure instanceof IOException file) {
            return new FailureReport(ExitCode.FAILED, ofFile(file));
        }
        return new FailureReport(
                ExitCode.FAILED,
                "unexpected " + failure.getClass().getSimpleName() + ": " + text(failure)
                        + " (--verbose shows where; please report it)");
    }

    /** Prints the message, and the stack trace if {@code verbose}. */
    public void print(PrintStream err, Throwable thrown, boolean verbose) {
        err.println("envelope: " + message);
        if (verbose) {
            thrown.printStackTrace(err);
        }
        err.flush();
    }

    private static FailureReport ofAnswer(AwsServiceException answer) {
        // KMS denies with status 400.
        boolean denied = answer.statusCode() == 403
                || (answer.awsErrorDetails() != null
                        && "AccessDeniedException"
                                .equals(answer.awsErrorDetails().errorCode()));
        StringBuilder line = new StringBuilder();
        if (answer.awsErrorDetails() == null || answer.awsErrorDetails().errorCode() == null) {
            line.append("AWS answered ").append(answer.statusCode());
            if (denied) {
                line.append(" without a reason, as S3 does for HEAD; a get of the same object gives one");
            }
        } else {
            line.append(answer.awsErrorDetails().serviceName())
                    .append(" answered ")
                    .append(answer.statusCode())
                    .append(' ')
                    .append(answer.awsErrorDetails().errorCode())
                    .append(": ")
                    .append(answer.awsErrorDetails().errorMessage());
        }
        if (answer.requestId() != null) {
            line.append(" (request ").append(answer.requestId()).append(')');
        }
        for (Throwable why : answer.getSuppressed()) {
            // What kept this SDK from sending the key that S3 asked for.
            if (why instanceof LookupFailedException || why instanceof IllegalKeyException) {
                line.append(System.lineSeparator()).append("  ").append(text(why));
            }
        }
        Optional<AccessReport> report = AccessReport.of(answer);
        line.append(summary(report));
        return new FailureReport(denied || denies(report) ? ExitCode.DENIED : ExitCode.FAILED, line.toString());
    }

    private static boolean denies(Optional<AccessReport> report) {
        return report.flatMap(AccessReport::deniedBy).isPresent();
    }

    private static String summary(Optional<AccessReport> report) {
        return report.map(found -> "\n  " + found.summary() + " `envelope explain` says what would open it.")
                .orElse("");
    }

    private static String ofFile(IOException failure) {
        if (failure instanceof NoSuchFileException missing) {
            return "no such file: " + missing.getFile();
        }
        if (failure instanceof AccessDeniedException denied) {
            return "no permission for file " + denied.getFile();
        }
        if (failure instanceof FileSystemException file) {
            return file.getFile() + ": " + (file.getReason() == null ? text(file) : file.getReason());
        }
        return text(failure);
    }

    private static Throwable unwrap(Throwable thrown) {
        Throwable failure = thrown;
        while ((failure instanceof CompletionException
                        || failure instanceof ExecutionException
                        || failure instanceof UncheckedIOException)
                && failure.getCause() != null) {
            failure = failure.getCause();
        }
        return failure;
    }

    private static String text(Throwable failure) {
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }
}
