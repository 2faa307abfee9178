package dev.s3envelope.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntConsumer;
import java.util.zip.CRC32C;

/**
 * Whole puts and gets, and ranges of large objects: ours beside the AWS SDK's own clients and Transfer Manager, the S3 Encryption Client, and the AWS Encryption SDK with an {@code S3Client} by hand, in
 * one run and in turns, over HTTPS to a LocalAws in another process. Prints Markdown tables; {@code csv} names a file for every figure, {@code svg} a directory for plots of the ratios.
 * Options are {@code name=value}, with or without dashes in front; {@code quick} stands for fewer cells and short rounds:
 *
 * <pre>{@code
 * [quick] cells=1024x8x0,65536x16x10 clients=EnvelopeS3Client;S3EncryptionClient rounds=3 seconds=1 warmup=8 csv=peers.csv svg=docs/plots
 * }</pre>
 *
 * {@code clients} names those that take part beside the plain {@code S3Client}, by the names in the tables. A cell is bytes x threads x milliseconds that a KMS request takes; cells of one latency should stand together. {@code warmup} is the time each client puts, and then gets, objects of 1 KiB on one thread before anything
 * is measured, and ranges where cells have them; a quarter of it goes to larger objects; {@code seconds} the length of a round of one client and direction. 64 MiB stand for 1 KiB less, which is what the S3 Encryption Client reads with its default settings; it and the Encryption SDK by
 * hand, which holds an object in memory, take no part in larger ones.
 */
public final class PeerBench {
    private static final List<Cell> QUICK =
            List.of(new Cell(1024, 8, 0), new Cell(65_536, 8, 0), new Cell(1 << 20, 8, 0), new Cell(Cell.MIB_64, 1, 0));
    private static final List<Cell> FULL = List.of(
            new Cell(1024, 8, 0),
            new Cell(65_536, 1, 0),
            new Cell(65_536, 8, 0),
            new Cell(1 << 20, 1, 0),
            new Cell(1 << 20, 8, 0),
            new Cell(Cell.MIB_64, 1, 0),
            new Cell(1 << 30, 1, 0),
            new Cell(1024, 16, 10),
            new Cell(65_536, 16, 10));
    private static final int RANGE = 1 << 20;
    /** Bytes of an object that is streamed by whoever streams. */
    private static final int LARGE = 4 << 20;

    private final Map<String, String> options;
    private final List<Cell> cells;
    private final int rounds;
    private final double seconds;
    private final double warmup;
    private final Set<String> clients;

    private PeerBench(Map<String, String> options) {
        this.options = options;
        boolean quick = options.containsKey("quick");
        this.cells = options.containsKey("cells")
                ? Arrays.stream(options.get("cells").split(",")).map(Cell::parse).toList()
                : quick ? QUICK : FULL;
        this.rounds = Integer.parseInt(options.getOrDefault("rounds", quick ? "3" : "15"));
        this.seconds = Double.parseDouble(options.getOrDefault("seconds", "0.25"));
        this.warmup = Double.parseDouble(options.getOrDefault("warmup", quick ? "1.5" : "12"));
        this.clients = Set.of(options.getOrDefault("clients", "").split(";"));
    }

    /** Runs it. */
    public static void main(String[] args) throws Exception {
        Map<String, String> options = new LinkedHashMap<>();
        for (String arg : args) {
            String[] pair = (arg.startsWith("--") ? arg.substring(2) : arg).split("=", 2);
            options.put(pair[0], pair.length == 2 ? pair[1] : "");
        }
        new PeerBench(options).run();
    }

    private void run() throws Exception {
        PeerReport report = new PeerReport(rounds, seconds, warmup);
        Map<Integer, List<Cell>> byLatency = new LinkedHashMap<>();
        cells.forEach(cell -> byLatency
                .computeIfAbsent(cell.kmsMillis(), millis -> new ArrayList<>())
                .add(cell));
        boolean warm = false;
        for (Map.Entry<Integer, List<Cell>> group : byLatency.entrySet()) {
            try (ServerProcess server = ServerProcess.start(Duration.ofMillis(group.getKey()));
                    Contenders made = new Contenders(server)) {
                List<Contender> all = chosen(made.all());
                if (!warm) {
                    warmUp(all);
                    warm = true;
                }
                for (Cell cell : group.getValue()) {
                    System.err.println(cell);
                    try (Load load = new Load(cell.threads())) {
                        report.add(cell, new Measured(server, load, cell).rows(all));
                    }
                }
            }
        }
        System.out.println(report.markdown());
        write("csv", report.csv());
        if (options.containsKey("svg")) {
            Path folder = Files.createDirectories(Path.of(options.get("svg")));
            for (Map.Entry<String, String> plot : PeerPlot.of(report).entrySet()) {
                Files.writeString(folder.resolve(plot.getKey()), plot.getValue());
            }
        }
    }

    /** The first is what the others are compared with. */
    private List<Contender> chosen(List<Contender> all) {
        return clients.contains("")
                ? all
                : all.stream()
                        .filter(one -> one == all.get(0) || clients.contains(one.name()))
                        .toList();
    }

    private void write(String option, String text) throws IOException {
        String file = options.get(option);
        if (file != null) {
            Files.writeString(Path.of(file), text);
        }
    }

    /** On one thread, so that the compiler has a core: it is done with the path of a small object after some 70,000 of them; what streams larger ones needs less. */
    private void warmUp(List<Contender> contenders) throws InterruptedException {
        try (Load load = new Load(1)) {
            for (Contender contender : contenders) {
                byte[] body = body(1024);
                untilWarm(load, warmup, Cell.KEYS, number -> contender.io().put(key(contender, number), body));
                untilWarm(load, warmup, Cell.KEYS, number -> contender.io().get(key(contender, number)));
                if (cells.stream().anyMatch(cell -> cell.size() > LARGE)) {
                    byte[] large = body(LARGE);
                    untilWarm(load, warmup / 4, 2, number -> contender.io().put(key(contender, number), large));
                    untilWarm(load, warmup / 4, 2, number -> contender.io().get(key(contender, number)));
                }
                if (contender.ranges() && cells.stream().anyMatch(Cell::ranges)) {
                    contender.io().put(key(contender, 0), body(2 * RANGE));
                    untilWarm(load, warmup, Cell.KEYS, number -> contender.io().range(key(contender, 0), number % RANGE, RANGE));
                }
            }
        }
    }

    private static void untilWarm(Load load, double seconds, int atOnce, IntConsumer operation) throws InterruptedException {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        do {
            load.run(0, atOnce, operation);
        } while (System.nanoTime() - end < 0);
    }

    private static byte[] body(int size) {
        byte[] body = new byte[size];
        new Random(size).nextBytes(body);
        return body;
    }

    private static String key(Contender contender, int number) {
        return contender.name().replace(' ', '-').replace(",", "") + "/" + number % Cell.KEYS;
    }

    /** All clients in one cell. */
    private final class Measured {
        private final ServerProcess server;
        private final Load load;
        private final Cell cell;
        private final byte[] body;
        private final long checksum;

        Measured(ServerProcess server, Load load, Cell cell) {
            this.server = server;
            this.load = load;
            this.cell = cell;
            this.body = body(cell.size());
            CRC32C crc = new CRC32C();
            crc.update(body);
            this.checksum = crc.getValue();
        }

        Map<String, PeerReport.Row> rows(List<Contender> all) throws Exception {
            List<Contender> contenders =
                    all.stream().filter(one -> cell.size() <= one.largest()).toList();
            Map<String, PeerReport.Row> rows = new LinkedHashMap<>();
            Map<String, int[]> counts = new LinkedHashMap<>();
            for (Contender contender : contenders) {
                rows.put(contender.name(), PeerReport.Row.of(cell.size(), cell.ranges(), RANGE));
                counts.put(contender.name(), new int[] {settle(put(contender)), settle(get(contender))});
                contender.forget().run();
            }
            for (int round = 0; round < cell.rounds(rounds); round++) {
                for (int turn = 0; turn < contenders.size(); turn++) {
                    Contender contender = contenders.get((round + turn) % contenders.size()); // nobody is always first
                    PeerReport.Row row = Objects.requireNonNull(rows.get(contender.name()));
                    int[] count = Objects.requireNonNull(counts.get(contender.name()));
                    round(row.puts(), count[0], put(contender));
                    round(row.gets(), count[1], get(contender));
                    if (row.ranges() != null && contender.ranges()) {
                        round(row.ranges(), Math.max(8, (int) (100 * seconds)), range(contender));
                    }
                }
            }
            return rows;
        }

        /** Runs shortly; how many operations fill a round. */
        private int settle(IntConsumer operation) throws InterruptedException {
            if (cell.alone()) {
                return 1;
            }
            int first = Math.min(cell.keys(), Math.max(2, cell.threads()));
            double rate = load.run(0, first, operation);
            rate = load.run(0, Math.max(cell.keys(), (int) (rate * seconds)), operation);
            return Math.max(cell.keys(), (int) (rate * seconds));
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
            return number -> contender.io().put(name(contender, number), body);
        }

        private IntConsumer get(Contender contender) {
            return number -> {
                String key = name(contender, number);
                if (contender.io().get(key) != checksum) {
                    throw new IllegalStateException(key + " is not what was written");
                }
            };
        }

        private IntConsumer range(Contender contender) {
            return number -> {
                int offset = ThreadLocalRandom.current().nextInt(cell.size() - RANGE);
                CRC32C crc = new CRC32C();
                crc.update(body, offset, RANGE);
                if (contender.io().range(name(contender, 0), offset, RANGE) != crc.getValue()) {
                    throw new IllegalStateException("the range at " + offset + " is not what was written");
                }
            };
        }

        /** What no server has memory to keep twice is overwritten by the next client. */
        private String name(Contender contender, int number) {
            return cell.alone() ? "large" : key(contender, number % cell.keys());
        }
    }
}
