package dev.s3envelope.examples;

import dev.s3envelope.examples.cli.CpCommand;
import dev.s3envelope.examples.cli.ExitCode;
import dev.s3envelope.examples.cli.ExplainCommand;
import dev.s3envelope.examples.cli.FailureReport;
import dev.s3envelope.examples.cli.GetCommand;
import dev.s3envelope.examples.cli.HasSurroundings;
import dev.s3envelope.examples.cli.HeadCommand;
import dev.s3envelope.examples.cli.LintCommand;
import dev.s3envelope.examples.cli.LsCommand;
import dev.s3envelope.examples.cli.PolicyCommand;
import dev.s3envelope.examples.cli.PutCommand;
import dev.s3envelope.examples.cli.RmCommand;
import dev.s3envelope.examples.cli.SimulateCommand;
import dev.s3envelope.examples.cli.Surroundings;
import dev.s3envelope.examples.cost.CostCommand;
import dev.s3envelope.examples.serve.ServeCommand;
import dev.s3envelope.examples.tour.TourCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** {@code envelope}: the S3 Envelope SDK from a shell. Its commands run without global state, so that tests call them in-process. */
@Command(
        name = "envelope",
        description = "Amazon S3 objects, each encrypted in the mode and under the key a policy gives it.",
        subcommands = {
            TourCommand.class,
            PutCommand.class,
            GetCommand.class,
            HeadCommand.class,
            CpCommand.class,
            LsCommand.class,
            RmCommand.class,
            ExplainCommand.class,
            SimulateCommand.class,
            LintCommand.class,
            PolicyCommand.class,
            ServeCommand.class,
            CostCommand.class,
            HelpCommand.class
        },
        versionProvider = Envelope.Version.class,
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        usageHelpAutoWidth = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:refused by this SDK, or failed",
            "2:the command line or a file it names is wrong",
            "3:a gate, S3's or KMS's, denied it",
            "4:the data failed authentication or came back changed",
            "5:lint found warnings",
            "6:lint found errors",
            "7:what the answer depends on is not known"
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class Envelope implements HasSurroundings, Runnable {
    private final Surroundings surroundings;

    @CommandLine.Spec
    CommandLine.Model.CommandSpec spec;

    @Option(names = "--verbose", scope = ScopeType.INHERIT, description = "Show the stack trace of a failure.")
    boolean verbose;

    Envelope(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** Runs a command line and ends the process with its exit code. */
    public static void main(String... arguments) {
        System.exit(run(Surroundings.ofProcess(), arguments));
    }

    /** Runs a command line and answers its exit code. */
    public static int run(Surroundings surroundings, String... arguments) {
        Envelope envelope = new Envelope(surroundings);
        CommandLine line = new CommandLine(envelope)
                .setOut(new PrintWriter(surroundings.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(surroundings.err(), true, StandardCharsets.UTF_8))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((problem, all) -> {
                    surroundings.err().println("envelope: " + problem.getMessage());
                    surroundings
                            .err()
                            .println("Try '"
                                    + problem.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
                    return ExitCode.USAGE;
                })
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    surroundings.out().flush();
                    FailureReport report = FailureReport.of(failure);
                    report.print(surroundings.err(), failure, envelope.verbose);
                    return report.exitCode();
                });
        int code = line.execute(arguments);
        surroundings.out().flush();
        return code;
    }

    @Override
    public Surroundings surroundings() {
        return surroundings;
    }

    /** Without a command: the usage, as an error. */
    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Missing command");
    }

    /** The version the jar was built as. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Envelope.class.getPackage().getImplementationVersion();
            return new String[] {"envelope " + (version == null ? "(not from a jar)" : version)};
        }
    }
}
