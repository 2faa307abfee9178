package dev.s3envelope.examples.tour;

import dev.s3envelope.examples.cli.ExitCode;
import dev.s3envelope.examples.cli.HasSurroundings;
import dev.s3envelope.examples.cli.TextTable;
import dev.s3envelope.examples.cli.UsageProblem;
import dev.s3envelope.local.LocalAws;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import software.amazon.awssdk.core.exception.SdkException;

/** {@code envelope tour}. */
@Command(
        name = "tour",
        description = {
            "Put files through every mode on an S3 and KMS inside this process, then play out the traps.",
            "Every file is read back byte for byte; every trap is compared with what AWS would answer.",
            "Nothing leaves this machine. Exit code 0 only if every step came out as AWS would have it."
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class TourCommand implements Callable<Integer> {
    private static final long IN_MEMORY = 16L << 20;
    private static final long LARGEST = 5L << 30;

    @ParentCommand
    HasSurroundings parent;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files to use.")
    List<Path> files;

    @Option(names = "--width", paramLabel = "COLUMNS", description = "Width of the table; default: the terminal's.")
    int width;

    @Override
    public Integer call() throws IOException {
        long bytes = 0;
        for (Path file : files) {
            if (!Files.isRegularFile(file)) {
                if (Files.exists(file)) {
                    throw new UsageProblem(file + " is not a file");
                }
                throw new NoSuchFileException(file.toString());
            }
            if (Files.size(file) > LARGEST) {
                throw new UsageProblem(
                        file + " has more than 5 GiB, the most S3 takes in the one request the tour makes");
            }
            bytes += Files.size(file);
        }
        if (bytes <= IN_MEMORY) {
            return play(LocalAws.builder());
        }
        Path directory = Files.createTempDirectory("envelope-tour");
        try {
            return play(LocalAws.builder().directory(directory));
        } finally {
            delete(directory);
        }
    }

    private int play(LocalAws.Builder builder) throws IOException {
        PrintStream out = parent.surroundings().out();
        int columns = width > 0 ? width : parent.surroundings().terminal().columns();
        try (LocalAws aws = builder.region("eu-west-1")
                .https(true)
                .strictTransport(true)
                .newBucketsBlockSseC(true)
                .build()) {
            Stage stage = new Stage(aws, files);
            TourReport report = new TourReport(stage.names(), Math.max(40, columns));
            for (String line : introduction(stage)) {
                TextTable.wrap(line, Math.max(40, columns)).forEach(out::println);
            }
            for (Scenario scenario : scenarios()) {
                report.lines(scenario.title(), play(scenario, stage)).forEach(out::println);
                out.flush();
            }
            report.summary().forEach(out::println);
            return report.allPassed() ? ExitCode.OK : ExitCode.FAILED;
        }
    }

    /** A scenario that cannot even be set up is a finding too, and the tour goes on. */
    private static List<Finding> play(Scenario scenario, Stage stage) throws IOException {
        try {
            return scenario.play(stage);
        } catch (SdkException e) {
            return List.of(new Finding(
                    "set the stage", Outcome.Answer.empty(), new Outcome.Surprise(String.valueOf(e.getMessage()))));
        }
    }

    private static List<String> introduction(Stage stage) {
        return List.of(
                "The owner's account " + stage.owner()
                        + ": alice may do everything; bob has every S3 right, no KMS right.",
                "The partner's account " + stage.partner() + ": paula may do everything there.",
                "Expected is what AWS documents, and where this SDK refuses or encrypts, what it promises.");
    }

    static List<Scenario> scenarios() {
        List<Scenario> scenarios = new ArrayList<>();
        ModeCase.all().forEach(mode -> scenarios.add(new ModeRoundTrip(mode)));
        scenarios.add(new ClientSideRoundTrip());
        scenarios.add(new ClientSideTraps());
        scenarios.add(new OfflineRecovery());
        scenarios.add(new ReaderWithoutKms());
        scenarios.add(new ReportAndRemedy());
        scenarios.add(new BucketDefaultChanged());
        scenarios.add(new AliasAcrossAccounts());
        scenarios.add(new AwsManagedKeyAcrossAccounts());
        scenarios.add(new MixedBucket());
        scenarios.add(new BucketKeysCounted());
        scenarios.add(new CachedKeysCounted());
        scenarios.add(new EntityTags());
        scenarios.add(new KeyOutOfUse());
        scenarios.add(new CustomerKeyTraps());
        return scenarios;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
