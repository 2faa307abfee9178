package dev.s3envelope.examples.serve;

import dev.s3envelope.examples.cli.ExitCode;
import dev.s3envelope.examples.cli.HasSurroundings;
import dev.s3envelope.examples.cli.UsageProblem;
import dev.s3envelope.local.LocalAccount;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.SetupFile;
import dev.s3envelope.local.SetupFileException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code envelope serve}. */
@Command(
        name = "serve",
        description = {
            "Run LocalAws, an S3, KMS and STS on this machine's loopback interface, until it is told to stop.",
            "Prints endpoint, accounts, keys and credentials as shell exports, and '# ready' as its last line.",
            "With --dir everything is kept there and found again, key material in the clear: test data only."
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class ServeCommand implements Callable<Integer> {
    private static final String ACCOUNT = "111122223333";

    @ParentCommand
    HasSurroundings parent;

    @Option(names = "--port", paramLabel = "PORT", description = "Port to listen on; default: a free one.")
    int port;

    @Option(names = "--dir", paramLabel = "DIRECTORY", description = "Keep everything here; default: in memory.")
    @Nullable
    Path directory;

    @Option(
            names = "--setup",
            paramLabel = "FILE",
            description = "Accounts, users, policies, keys and buckets (JSON). Default: account 111122223333 with"
                    + " alice, who may do everything, bob, who has no KMS rights, and a key alias/envelope.")
    @Nullable
    Path setup;

    @Option(
            names = "--strict",
            description = "As AWS: refuse SSE-C and SSE-KMS over plain HTTP, and let new buckets block SSE-C.")
    boolean strict;

    @Option(names = "--https", description = "Serve TLS; the certificate is exported as AWS_CA_BUNDLE.")
    boolean https;

    @Option(
            names = "--region",
            paramLabel = "REGION",
            defaultValue = "us-east-1",
            description = "Region of the exports and of keys. Default: ${DEFAULT-VALUE}.")
    String region;

    @Override
    public Integer call() throws IOException {
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        // The JVM ends when its hooks have, so the hook waits until everything is on disk.
        Thread atExit = new Thread(
                () -> {
                    stop.countDown();
                    await(closed);
                },
                "stop-serving");
        try (LocalAws aws = start()) {
            setUp(aws);
            announce(aws);
            Runtime.getRuntime().addShutdownHook(atExit);
            await(stop);
        } finally {
            closed.countDown();
        }
        return ExitCode.OK;
    }

    /** Waits; an interrupt ends the waiting, as it ends the serving where this runs inside another program. */
    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private LocalAws start() {
        try {
            LocalAws.Builder builder = LocalAws.builder()
                    .port(port)
                    .https(https)
                    .region(region)
                    .strictTransport(strict)
                    .newBucketsBlockSseC(strict);
            if (directory != null) {
                builder.directory(directory);
            }
            return builder.build();
        } catch (UncheckedIOException | IllegalArgumentException e) {
            throw new UsageProblem(String.valueOf(e.getMessage()), e);
        }
    }

    private void setUp(LocalAws aws) {
        if (setup != null) {
            try {
                SetupFile.load(setup).apply(aws);
            } catch (SetupFileException e) {
                throw new UsageProblem(setup + ": " + e.getMessage(), e);
            }
            return;
        }
        LocalAccount account = aws.account(ACCOUNT);
        account.user("alice").clearPolicies().allow("s3:*").allow("kms:*").allow("sts:*");
        account.user("bob").clearPolicies().allow("s3:*");
        try {
            account.key("alias/envelope");
        } catch (NoSuchElementException e) {
            account.createKey().alias("alias/envelope");
        }
    }

    private void announce(LocalAws aws) throws IOException {
        PrintStream out = parent.surroundings().out();
        out.println("# LocalAws, test data only; stop with Ctrl-C");
        out.println("export AWS_ENDPOINT_URL=" + aws.endpoint());
        out.println("export AWS_REGION=" + aws.region() + " AWS_DEFAULT_REGION=" + aws.region());
        if (aws.certificatePem().isPresent()) {
            Path certificate = directory == null
                    ? Files.createTempFile("envelope-", ".pem")
                    : directory.resolve("certificate.pem");
            Files.writeString(certificate, aws.certificatePem().get());
            out.println("export AWS_CA_BUNDLE=" + certificate.toAbsolutePath());
        }
        new Inventory(aws).lines().forEach(out::println);
        out.println("# ready");
        out.flush();
    }
}
