package dev.s3envelope.examples.cli;

import dev.s3envelope.core.access.AccessReport;
import dev.s3envelope.core.access.FailureKind;
import dev.s3envelope.core.access.KeyAccess;
import dev.s3envelope.core.access.PrincipalLookup;
import dev.s3envelope.kms.KmsKeyAccess;
import dev.s3envelope.kms.StsPrincipalLookup;
import dev.s3envelope.s3.Diagnosis;
import dev.s3envelope.s3.EnvelopeS3Client;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import software.amazon.awssdk.services.s3.S3Client;

/** {@code envelope explain}. */
@Command(
        name = "explain",
        description = {
            "Find out whether both gates, S3's and KMS's, open for a read of an object, and what would open them.",
            "It reads one byte of the object, and asks KMS and STS where it may.",
            "Exit code 0: both are open; 3: one denied; 7: what was seen does not tell."
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class ExplainCommand extends S3Command {
    @Parameters(index = "0", paramLabel = "S3_URI", description = "s3://bucket/key")
    String source;

    @Option(names = "--version-id", paramLabel = "ID", description = "A version other than the current one.")
    @Nullable
    String version;

    @Option(names = "--json", description = "Print the report as JSON.")
    boolean json;

    private S3Location from;
    private KeyAccess keys;
    private PrincipalLookup principals;

    @Override
    void check() {
        from = object(source);
    }

    @Override
    void configure(EnvelopeS3Client.Builder client, Connection open) {
        keys = KmsKeyAccess.of(open.kms());
        principals = StsPrincipalLookup.of(open.sts());
        client.diagnose(Diagnosis.active().keyAccess(keys).principals(principals));
    }

    @Override
    int run(S3Client s3) {
        AccessReport report = new LiveCheck(s3, keys, principals).read(from, version);
        surroundings().out().print(json ? report.toJson() + "\n" : report.toText());
        return exitCode(report);
    }

    private static int exitCode(AccessReport report) {
        if (report.kind() == FailureKind.PASSED) {
            return ExitCode.OK;
        }
        return report.deniedBy().isPresent() ? ExitCode.DENIED : ExitCode.UNKNOWN;
    }
}
