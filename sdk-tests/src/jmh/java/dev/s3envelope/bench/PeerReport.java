package dev.s3envelope.bench;

import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The tables of {@link PeerBench}. The first client of a size is what the others are compared with. */
final class PeerReport {
    private static final double MEBIBYTE = 1 << 20;
    private static final double KIBIBYTE = 1 << 10;
    private static final double P99 = 0.99;

    private final String method;
    private final Map<Integer, Group> groups = new LinkedHashMap<>();

    /** What one client did at one size. */
    record Row(Measurement puts, Measurement gets) {}

    private record Group(int threads, Map<String, Row> rows) {}

    PeerReport(int rounds, double seconds, double warmup, int kmsMillis) {
        this.method = String.format(
                Locale.ROOT,
                "%s, JDK %s, %d cores, heap of at most %,.0f MiB: %d rounds of %.1f s for each client and direction, warm-up %.1f s, KMS %d ms;"
                        + " medians (least to greatest round)",
                LocalDate.now(),
                System.getProperty("java.version"),
                Runtime.getRuntime().availableProcessors(),
                Runtime.getRuntime().maxMemory() / MEBIBYTE,
                rounds,
                seconds,
                warmup,
                kmsMillis);
    }

    void add(int size, int threads, Map<String, Row> rows) {
        groups.put(size, new Group(threads, rows));
    }

    String markdown() {
        StringBuilder text = new StringBuilder(method).append(System.lineSeparator());
        groups.forEach((size, group) -> {
            line(text, "");
            line(text, "%,d bytes, %s", size, group.threads() == 1 ? "one thread" : group.threads() + " threads");
            line(text, "");
            line(text, "| | puts/s | to plain | p50, p99 ms | CPU s/GB | gets/s | to plain | p50, p99 ms | CPU s/GB"
                    + " | KiB allocated, put, get | peak heap MiB, put, get | KMS requests, put, get |");
            line(text, "|---|---|---|---|---|---|---|---|---|---|---|---|");
            Row plain = group.rows().values().iterator().next();
            group.rows().forEach((name, row) -> line(
                    text,
                    "| %s | %s | %s | %.0f, %.0f | %.2f, %.2f | %.4f, %.4f |",
                    name,
                    direction(row.puts(), plain.puts()),
                    direction(row.gets(), plain.gets()),
                    row.puts().allocatedEach() / KIBIBYTE,
                    row.gets().allocatedEach() / KIBIBYTE,
                    row.puts().peakHeap() / MEBIBYTE,
                    row.gets().peakHeap() / MEBIBYTE,
                    row.puts().kmsEach(),
                    row.gets().kmsEach()));
        });
        return text.toString();
    }

    private static String direction(Measurement of, Measurement plain) {
        return String.format(
                Locale.ROOT,
                "%.1f | %s | %.2f, %.2f | %.2f",
                of.rate().median(),
                of.rate().over(plain.rate()).text("%.2f"),
                of.percentileMillis(0.5),
                of.percentileMillis(P99),
                of.cpuSecondsPerGigabyte());
    }

    String csv() {
        StringBuilder text = new StringBuilder();
        line(
                text,
                "size,threads,client,direction,operations_per_s,ratio,ratio_least,ratio_greatest,p50_ms,p99_ms,cpu_s_per_gb,allocated_bytes,"
                        + "peak_heap_bytes,kms_requests_per_operation");
        groups.forEach((size, group) -> {
            Row plain = group.rows().values().iterator().next();
            group.rows().forEach((name, row) -> {
                csv(text, size, group.threads(), name, "put", row.puts(), plain.puts());
                csv(text, size, group.threads(), name, "get", row.gets(), plain.gets());
            });
        });
        return text.toString();
    }

    private static void csv(
            StringBuilder text, int size, int threads, String name, String direction, Measurement of, Measurement plain) {
        Series ratio = of.rate().over(plain.rate());
        line(
                text,
                "%d,%d,\"%s\",%s,%.3f,%.4f,%.4f,%.4f,%.4f,%.4f,%.4f,%.0f,%d,%.5f",
                size,
                threads,
                name,
                direction,
                of.rate().median(),
                ratio.median(),
                ratio.least(),
                ratio.greatest(),
                of.percentileMillis(0.5),
                of.percentileMillis(P99),
                of.cpuSecondsPerGigabyte(),
                of.allocatedEach(),
                of.peakHeap(),
                of.kmsEach());
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
    }
}
