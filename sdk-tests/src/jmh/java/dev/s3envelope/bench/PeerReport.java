package dev.s3envelope.bench;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tables of {@link PeerBench}. The first client of a cell is what the others are compared with. */
final class PeerReport {
    private static final double MEBIBYTE = 1 << 20;
    private static final double KIBIBYTE = 1 << 10;
    private static final double MEGABYTE = 1e6;
    private static final double P99 = 0.99;

    private final String method;
    private final Map<Cell, Map<String, Row>> cells = new LinkedHashMap<>();

    /** What one client did in one cell; no ranges where none were read. */
    record Row(Measurement puts, Measurement gets, @Nullable Measurement ranges) {
        static Row of(int size, boolean ranges, int rangeSize) {
            return new Row(
                    new Measurement(size), new Measurement(size), ranges ? new Measurement(rangeSize) : null);
        }
    }

    PeerReport(int rounds, double seconds, double warmup) {
        this.method = String.format(
                Locale.ROOT,
                "%s, JDK %s, %d cores, heap of at most %,.0f MiB: %d rounds of %.1f s for each client and direction, warm-up %.1f s"
                        + " each; medians (least to greatest round)",
                LocalDate.now(ZoneOffset.UTC),
                System.getProperty("java.version"),
                Runtime.getRuntime().availableProcessors(),
                Runtime.getRuntime().maxMemory() / MEBIBYTE,
                rounds,
                seconds,
                warmup);
    }

    void add(Cell cell, Map<String, Row> rows) {
        cells.put(cell, rows);
    }

    /** What was measured, in the order it was. */
    Map<Cell, Map<String, Row>> cells() {
        return Collections.unmodifiableMap(cells);
    }

    String markdown() {
        StringBuilder text = new StringBuilder(method).append(System.lineSeparator());
        cells.forEach((cell, rows) -> {
            line(text, "");
            line(text, "**%s**", cell);
            line(text, "");
            line(text, "| | puts/s | MB/s | to plain | p50, p99 ms | CPU s/GB | gets/s | MB/s | to plain | p50, p99 ms | CPU s/GB"
                    + " | KiB allocated, put, get | peak heap MiB, put, get | KMS requests, put, get |");
            line(text, "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
            Row plain = rows.values().iterator().next();
            rows.forEach((name, row) -> line(
                    text,
                    "| %s | %s | %s | %.0f, %.0f | %.0f, %.0f | %.4f, %.4f |",
                    name,
                    direction(cell.size(), row.puts(), plain.puts()),
                    direction(cell.size(), row.gets(), plain.gets()),
                    row.puts().allocatedEach() / KIBIBYTE,
                    row.gets().allocatedEach() / KIBIBYTE,
                    row.puts().peakHeap() / MEBIBYTE,
                    row.gets().peakHeap() / MEBIBYTE,
                    row.puts().kmsEach(),
                    row.gets().kmsEach()));
            ranges(text, rows, plain);
        });
        return text.toString();
    }

    private static void ranges(StringBuilder text, Map<String, Row> rows, Row plain) {
        Measurement least = plain.ranges();
        if (least == null) {
            return;
        }
        line(text, "");
        line(text, "| ranges of 1 MiB | ranges/s | to plain | p50, p99 ms | CPU s/GB |");
        line(text, "|---|---|---|---|---|");
        rows.forEach((name, row) -> {
            Measurement of = row.ranges();
            if (of != null && of.any()) {
                line(
                        text,
                        "| %s | %.1f | %s | %.2f, %.2f | %.2f |",
                        name,
                        of.rate().median(),
                        of.rate().over(least.rate()).text("%.2f"),
                        of.percentileMillis(0.5),
                        of.percentileMillis(P99),
                        of.cpuSecondsPerGigabyte());
            }
        });
    }

    private static String direction(int size, Measurement of, Measurement plain) {
        return String.format(
                Locale.ROOT,
                "%.1f | %.1f | %s | %.2f, %.2f | %.2f",
                of.rate().median(),
                of.rate().median() * size / MEGABYTE,
                of.rate().over(plain.rate()).text("%.2f"),
                of.percentileMillis(0.5),
                of.percentileMillis(P99),
                of.cpuSecondsPerGigabyte());
    }

    String csv() {
        StringBuilder text = new StringBuilder();
        line(
                text,
                "jdk,size,threads,kms_ms,client,direction,operations_per_s,mb_per_s,ratio,ratio_least,ratio_greatest,p50_ms,p99_ms,cpu_s_per_gb,"
                        + "allocated_bytes,peak_heap_bytes,peak_rss_bytes,kms_requests_per_operation");
        cells.forEach((cell, rows) -> {
            Row plain = rows.values().iterator().next();
            rows.forEach((name, row) -> {
                csv(text, cell, name, "put", row.puts(), plain.puts());
                csv(text, cell, name, "get", row.gets(), plain.gets());
                if (row.ranges() != null && plain.ranges() != null && row.ranges().any()) {
                    csv(text, cell, name, "range", row.ranges(), plain.ranges());
                }
            });
        });
        return text.toString();
    }

    private static void csv(
            StringBuilder text, Cell cell, String name, String direction, Measurement of, Measurement plain) {
        Series ratio = of.rate().over(plain.rate());
        line(
                text,
                "%s,%d,%d,%d,\"%s\",%s,%.3f,%.3f,%.4f,%.4f,%.4f,%.4f,%.4f,%.4f,%.0f,%d,%d,%.5f",
                System.getProperty("java.version"),
                cell.size(),
                cell.threads(),
                cell.kmsMillis(),
                name,
                direction,
                of.rate().median(),
                of.rate().median() * of.size() / MEGABYTE,
                ratio.median(),
                ratio.least(),
                ratio.greatest(),
                of.percentileMillis(0.5),
                of.percentileMillis(P99),
                of.cpuSecondsPerGigabyte(),
                of.allocatedEach(),
                of.peakHeap(),
                of.peakRss(),
                of.kmsEach());
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
    }
}
