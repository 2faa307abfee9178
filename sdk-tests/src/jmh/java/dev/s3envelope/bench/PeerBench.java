package dev.s3envelope.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.IntConsumer;
import java.util.zip.CRC32C;

/**
 * Whole puts and gets: ours beside the AWS SDK's own clients and the S3 Encryption Client, synchronous and asynchronous, in one run and in turns, over HTTPS to a LocalAws
 * in another process. Prints Markdown tables, and writes every figure as CSV where {@code csv} names a file. Options are {@code name=value}, several sizes
 * separated by commas; {@code quick} stands for short rounds:
 *
 * <pre>{@code
 * [quick] sizes=1024,65536,1048576,67107840 threads=8 rounds=5 seconds=2 warmup=6 kmsMillis=0 csv=peers.csv
 * }</pre>
 *
 * {@code seconds} is the length of a round of one client and direction, {@code warmup} that of its warm-up. Sizes from 16 MiB are moved by one thread. The largest default is
 * 1 KiB short of 64 MiB, which the S3 Encryption Client does not read with its default settings.
 */
public final class PeerBench {
    private static final int LARGE = 16 << 20;

    private final Map<String, String> options;
    private final List<Integer> sizes;
    private final int rounds;
    private final double seconds;
    private final double warmup;

    private PeerBench(Map<String, String> options) {
        this.options = options;
        boolean quick = options.containsKey("quick");
        this.sizes = Arrays.stream(options.getOrDefault("sizes", "1024,65536,1048576,67107840")
                        .split(","))
                .map(Integer::valueOf)
                .toList();
        this.rounds = Integer.parseInt(options.getOrDefault("rounds", quick ? "3" : "5"));
        this.seconds = Double.parseDouble(options.getOrDefault("seconds", quick ? "0.6" : "2"));
        this.warmup = Double.parseDouble(options.getOrDefault("warmup", quick ? "1.5" : "6"));
    }

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        Map<String, String> options = new LinkedHashMap<>();
        for (String arg : args) {
            String[] pair = arg.split("=", 2);
            options.put(pair[0], pair.length == 2 ? pair[1] : "");
        }
        new PeerBench(options).run();
    }

    private void run() throws Exception {
        int kmsMillis = Integer.parseInt(options.getOrDefault("kmsMillis", "0"));
        int threads = Integer.parseInt(options.getOrDefault("threads", "8"));
        PeerReport report = new PeerReport(rounds, seconds, warmup, kmsMillis);
        try (ServerProcess server = ServerProcess.start(Duration.ofMillis(kmsMillis));
                Contenders all = new Contenders(server)) {
            List<Contender> contenders = List.of(
                    all.plain(),
                    all.envelopeServerSide(),
                    all.envelope(),
                    all.s3ec(),
                    all.plainAsync(),
                    all.envelopeAsync(),
                    all.s3ecAsync());
            for (int size : sizes) {
                int concurrency = size < LARGE ? threads : 1;
                try (Load load = new Load(concurrency)) {
                    report.add(size, concurrency, new Size(server, load, size).measure(contenders));
                }
            }
        }
        System.out.println(report.markdown());
        String csv = options.get("csv");
        if (csv != null) {
            Files.writeString(Path.of(csv), report.csv());
        }
    }

    /** All clients at one size. */
    private final class Size {
        private final ServerProcess server;
        private final Load load;
        private final byte[] body;
        private final long checksum;
        private final int keys;

        Size(ServerProcess server, Load load, int size) {
            this.server = server;
            this.load = load;
            this.body = new byte[size];
            new Random(size).nextBytes(body);
            CRC32C crc = new CRC32C();
            crc.update(body);
            this.checksum = crc.getValue();
            this.keys = size < LARGE ? 64 : 2;
        }

        Map<String, PeerReport.Row> measure(List<Contender> contenders) throws Exception {
            Map<String, PeerReport.Row> rows = new LinkedHashMap<>();
            Map<String, int[]> counts = new LinkedHashMap<>();
            for (Contender contender : contenders) {
                rows.put(
                        contender.name(),
                        new PeerReport.Row(new Measurement(body.length), new Measurement(body.length)));
                counts.put(
                        contender.name(), new int[] {calibrate(put(contender)), calibrate(get(contender))});
                contender.forget().run();
            }
            for (int round = 0; round < rounds; round++) {
                for (int turn = 0; turn < contenders.size(); turn++) {
                    Contender contender = contenders.get((round + turn) % contenders.size()); // nobody is always first
                    PeerReport.Row row = Objects.requireNonNull(rows.get(contender.name()));
                    int[] count = Objects.requireNonNull(counts.get(contender.name()));
                    round(row.puts(), count[0], put(contender));
                    round(row.gets(), count[1], get(contender));
                }
            }
            return rows;
        }

        /** Warms up; how many operations fill a round. */
        private int calibrate(IntConsumer operation) throws InterruptedException {
            double rate = load.run(0, keys, operation);
            int rest = (int) (rate * warmup);
            if (rest > 0) {
                rate = load.run(0, rest, operation);
            }
            return Math.max(keys, (int) (rate * seconds));
        }

        private void round(Measurement measurement, int count, IntConsumer operation) throws Exception {
            server.clearEvents();
            long[] nanos = new long[count];
            Usage before = Usage.start();
            double rate = load.run(0, count, number -> {
                long start = System.nanoTime();
                operation.accept(number);
                nanos[number] = System.nanoTime() - start;
            });
            measurement.add(rate, nanos, before.since(), server.kmsCalls());
        }

        private IntConsumer put(Contender contender) {
            return number -> contender.io().put(key(contender, number), body);
        }

        private IntConsumer get(Contender contender) {
            return number -> {
                String key = key(contender, number);
                if (contender.io().get(key) != checksum) {
                    throw new IllegalStateException(key + " is not what was written");
                }
            };
        }

        private String key(Contender contender, int number) {
            return contender.name().replace(' ', '-') + "/" + number % keys;
        }
    }
}
