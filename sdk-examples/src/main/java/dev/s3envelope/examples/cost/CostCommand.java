package dev.s3envelope.examples.cost;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.s3envelope.examples.cli.ExitCode;
import dev.s3envelope.examples.cli.HasSurroundings;
import dev.s3envelope.examples.cli.TextTable;
import dev.s3envelope.examples.cli.UsageProblem;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code envelope cost}. */
@Command(
        name = "cost",
        description = {
            "What writing and reading objects asks of KMS in each mode, against quota and price.",
            "An estimate: nothing is connected to. The numbers are held against calls counted on LocalAws."
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class CostCommand implements Callable<Integer> {
    private static final String ALL = "all";
    private static final String PRICE_SOURCE =
            "Price: USD 0.03 per 10,000 requests unless given, from aws.amazon.com/kms/pricing as reported in 2026; the first 20,000 a month, free, are"
                    + " not deducted.";
    private static final String QUOTA_SOURCE =
            "Quota: AWS KMS Developer Guide, Request quotas, 2026: symmetric cryptographic requests per account and Region, S3's calls included.";

    @ParentCommand
    HasSurroundings parent;

    @Option(names = "--objects", paramLabel = "N", required = true, description = "Objects written.")
    long objects;

    @Option(names = "--size", paramLabel = "BYTES", required = true, description = "Size of each.")
    long size;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            defaultValue = ALL,
            description = "sse-s3, sse-kms, dsse-kms, sse-c, client-side, or all. Default: ${DEFAULT-VALUE}.")
    String mode;

    @Option(
            names = "--part-size",
            paramLabel = "MIB",
            defaultValue = "16",
            description = "Larger objects go in parts of this size, in MiB. Default: ${DEFAULT-VALUE}.")
    long partMebibytes;

    @Option(
            names = "--reads",
            paramLabel = "N",
            defaultValue = "1",
            description = "How often each object is read. Default: ${DEFAULT-VALUE}.")
    long reads;

    @Option(
            names = "--per-second",
            paramLabel = "RATE",
            defaultValue = "100",
            description = "Objects written, and read, per second. Default: ${DEFAULT-VALUE}.")
    double perSecond;

    @Option(
            names = "--buckets",
            paramLabel = "N",
            defaultValue = "1",
            description = "Buckets they are spread over. Default: ${DEFAULT-VALUE}.")
    long buckets;

    @Option(
            names = "--window",
            paramLabel = "SECONDS",
            defaultValue = "300",
            description = "How long a cached data key, MAC or Bucket Key is used. Default: ${DEFAULT-VALUE}.")
    long windowSeconds;

    @Option(
            names = "--region",
            paramLabel = "REGION",
            defaultValue = "other",
            description = "For its quota. Without it the lowest, 10,000 requests per second.")
    String region;

    @Option(names = "--quota", paramLabel = "RATE", description = "Requests per second you have, if not the default.")
    @Nullable
    Long quota;

    @Option(
            names = "--price",
            paramLabel = "USD",
            defaultValue = "0.03",
            description = "Price of 10,000 requests. Default: ${DEFAULT-VALUE}.")
    double price;

    @Option(names = "--json", description = "Print JSON.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        List<KeyUse> uses = Arrays.stream(KeyUse.values())
                .filter(use -> mode.equals(ALL) || use.mode().equals(mode))
                .toList();
        if (uses.isEmpty()) {
            throw new UsageProblem(
                    "--mode " + mode + " is no mode; one of sse-s3, sse-kms, dsse-kms, sse-c, client-side, all");
        }
        if (price < 0 || (quota != null && quota < 1)) {
            throw new UsageProblem("--price is 0 or more, --quota 1 or more");
        }
        try {
            Workload load = new Workload(
                    objects,
                    size,
                    Math.multiplyExact(partMebibytes, 1L << 20),
                    reads,
                    perSecond,
                    buckets,
                    Duration.ofSeconds(windowSeconds));
            PrintStream out = parent.surroundings().out();
            if (json) {
                out.println(toJson(uses, load));
            } else {
                print(uses, load, out);
            }
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new UsageProblem(String.valueOf(e.getMessage()), e);
        }
        return ExitCode.OK;
    }

    private long quotaPerSecond() {
        return quota == null ? KmsQuota.perSecond(region) : quota;
    }

    /** KMS requests per second while objects are written and read at the rate. */
    private static double rate(KmsRequests requests, Workload load) {
        double written = (double) requests.writing() / load.objects();
        double read = load.reads() == 0 ? 0 : (double) requests.reading() / (load.objects() * load.reads());
        return (written + read) * load.perSecond();
    }

    private void print(List<KeyUse> uses, Workload load, PrintStream out) {
        TextTable table = new TextTable("mode", "KMS to write", "to read", "in all", "per s", "of quota", "USD");
        for (KeyUse use : uses) {
            KmsRequests requests = use.of(load);
            double rate = rate(requests, load);
            table.row(
                    use.title(),
                    grouped(requests.writing()),
                    grouped(requests.reading()),
                    grouped(requests.total()),
                    format("%.1f", rate),
                    format("%.2f %%", 100 * rate / quotaPerSecond()),
                    format("%.4f", requests.cost(price)));
        }
        int width = Math.max(60, parent.surroundings().terminal().columns());
        table.lines(width).forEach(out::println);
        out.println();
        assumptions(load).forEach(line -> TextTable.wrap(line, width).forEach(out::println));
    }

    private List<String> assumptions(Workload load) {
        return List.of(
                grouped(load.objects()) + " objects of " + grouped(load.size()) + " bytes"
                        + (load.parts() == 0 ? "" : " in " + load.parts() + " parts")
                        + ", written by one principal and read "
                        + load.reads() + " times, in the same order, by another, at " + format("%.1f", load.perSecond())
                        + " a second; " + load.windows() + " window(s) of "
                        + load.window().toSeconds() + " s.",
                "AWS does not publish how long a Bucket Key lives nor how many calls S3 makes for a part: the window, and what LocalAws does, stand for them."
                        + " Read in another order, a cached key is fetched more often.",
                "Quota here " + grouped(quotaPerSecond()) + " a second. " + QUOTA_SOURCE,
                PRICE_SOURCE);
    }

    private String toJson(List<KeyUse> uses, Workload load) throws IOException {
        ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        ObjectNode root = mapper.createObjectNode();
        root.putObject("workload")
                .put("objects", load.objects())
                .put("size", load.size())
                .put("parts", load.parts())
                .put("reads", load.reads())
                .put("perSecond", load.perSecond())
                .put("buckets", load.buckets())
                .put("windowSeconds", load.window().toSeconds())
                .put("windows", load.windows());
        root.put("pricePer10000Requests", price).put("quotaPerSecond", quotaPerSecond());
        for (KeyUse use : uses) {
            KmsRequests requests = use.of(load);
            root.withArray("modes")
                    .addObject()
                    .put("mode", use.mode())
                    .put("title", use.title())
                    .put("generateDataKey", requests.generateDataKey())
                    .put("decryptToWrite", requests.decryptToWrite())
                    .put("generateMac", requests.generateMac())
                    .put("decryptToRead", requests.decryptToRead())
                    .put("total", requests.total())
                    .put("requestsPerSecond", rate(requests, load))
                    .put("cost", requests.cost(price));
        }
        assumptions(load).forEach(root.withArray("assumptions")::add);
        return mapper.writeValueAsString(root);
    }

    private static String grouped(long number) {
        return format("%,d", number);
    }

    private static String format(String format, Object value) {
        return String.format(Locale.ROOT, format, value);
    }
}
