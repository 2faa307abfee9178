package dev.s3envelope.bench;

import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.zip.CRC32C;

/**
 * Small objects under a KMS key that takes its time: ours with cached data keys beside the AWS SDK's own client and the S3 Encryption Client, in one run and
 * in turns. Prints a Markdown table with objects a second, ratios by round, and the KMS requests the server counted. Options are {@code name=value}:
 *
 * <pre>{@code
 * ops=10000 size=1024 threads=16 rounds=5 warmupSeconds=30 kmsMillis=10
 * }</pre>
 *
 * {@code ops} puts and as many gets for each client; {@code warmupSeconds} of puts, and as many of gets, on one thread for each before that: the JVM compiles the last of what a small object needs
 * after some 70,000 operations, and before that it is the compiler that is measured.
 */
public final class DataKeyBench {
    private static final int STEP = 500;

    private final int ops;
    private final int rounds;
    private final int warmupSeconds;
    private final int threads;
    private final Duration kmsLatency;
    private final byte[] body;
    private final long checksum;

    private DataKeyBench(Map<String, Integer> options) {
        this.ops = options.getOrDefault("ops", 10_000);
        this.rounds = options.getOrDefault("rounds", 5);
        this.warmupSeconds = options.getOrDefault("warmupSeconds", 30);
        this.threads = options.getOrDefault("threads", 16);
        this.kmsLatency = Duration.ofMillis(options.getOrDefault("kmsMillis", 10));
        this.body = new byte[options.getOrDefault("size", 1_024)];
        new Random(1).nextBytes(body);
        CRC32C crc = new CRC32C();
        crc.update(body);
        this.checksum = crc.getValue();
    }

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        Map<String, Integer> options = new LinkedHashMap<>();
        for (String arg : args) {
            String[] pair = arg.split("=", 2);
            options.put(pair[0], Integer.valueOf(pair[1]));
        }
        new DataKeyBench(options).run();
    }

    /** What one client did, round by round, and what KMS was asked in all of them. */
    private static final class Score {
        final Contender contender;
        final List<Double> puts = new ArrayList<>();
        final List<Double> gets = new ArrayList<>();
        int kmsCalls;

        Score(Contender contender) {
            this.contender = contender;
        }

        Series puts() {
            return new Series(puts);
        }

        Series gets() {
            return new Series(gets);
        }
    }

    private void run() throws Exception {
        try (ServerProcess server = ServerProcess.start(kmsLatency);
                Contenders all = new Contenders(server);
                Load load = new Load(threads)) {
            Score plain = new Score(all.plain());
            Score ours = new Score(all.envelope());
            Score theirs = new Score(all.s3ec());
            List<Score> scores = List.of(plain, ours, theirs);
            for (Score score : scores) {
                warmUp(put(score.contender.io()));
                warmUp(get(score.contender.io()));
            }
            scores.forEach(score -> score.contender.forget().run());
            for (int round = 0; round < rounds; round++) {
                for (int turn = 0; turn < scores.size(); turn++) {
                    measure(server, scores.get((round + turn) % scores.size()), round, load); // nobody is always first
                }
            }
            print(plain, ours, theirs);
        }
    }

    /** On one thread: more would leave the compiler, which has as few cores as they have, no time. */
    private void warmUp(IntConsumer operation) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(warmupSeconds);
        try (Load one = new Load(1)) {
            do {
                one.run(0, STEP, operation);
            } while (System.nanoTime() - end < 0);
        }
    }

    private void measure(ServerProcess server, Score score, int round, Load load) throws Exception {
        int from = round * (ops / rounds);
        int to = (round + 1) * (ops / rounds);
        server.clearEvents();
        score.puts.add(load.run(from, to, put(score.contender.io())));
        score.gets.add(load.run(from, to, get(score.contender.io())));
        score.kmsCalls += server.kmsCalls();
    }

    private IntConsumer put(Transfers io) {
        return number -> io.put("o" + number, body);
    }

    private IntConsumer get(Transfers io) {
        return number -> {
            if (io.get("o" + number) != checksum) {
                throw new IllegalStateException("object " + number + " is not what was written");
            }
        };
    }

    private void print(Score plain, Score ours, Score theirs) {
        System.out.printf(
                "%s, JDK %s, %d cores: %,d puts and %,d gets of %,d bytes on %d threads, KMS %d ms, %d rounds, warm-up"
                        + " %d s on one thread for each client and direction; medians (least to greatest round)%n%n",
                LocalDate.now(ZoneOffset.UTC),
                System.getProperty("java.version"),
                Runtime.getRuntime().availableProcessors(),
                ops,
                ops,
                body.length,
                threads,
                kmsLatency.toMillis(),
                rounds,
                warmupSeconds);
        System.out.println("| | puts/s | puts, to plain | gets/s | gets, to plain | KMS requests |");
        System.out.println("|---|---|---|---|---|---|");
        for (Score score : List.of(plain, ours, theirs)) {
            System.out.printf(
                    "| %s | %s | %s | %s | %s | %,d |%n",
                    score.contender.name(),
                    score.puts().text("%.0f"),
                    score.puts().over(plain.puts()).text("%.2f"),
                    score.gets().text("%.0f"),
                    score.gets().over(plain.gets()).text("%.2f"),
                    score.kmsCalls);
        }
        System.out.printf(
                "%n%s to %s: puts %s, gets %s%n",
                ours.contender.name(),
                theirs.contender.name(),
                ours.puts().over(theirs.puts()).text("%.1f"),
                ours.gets().over(theirs.gets()).text("%.1f"));
    }
}
