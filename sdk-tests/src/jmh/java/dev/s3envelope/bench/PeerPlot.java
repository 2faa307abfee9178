package dev.s3envelope.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Plots of {@link PeerReport} as SVG: for each direction, how fast each client is beside the plain one, a group of bars for each cell, with the least and the greatest round as a line. Bars end at {@value #MOST}.
 */
final class PeerPlot {
    private static final double MOST = 1.6;
    private static final int LEFT = 50;
    private static final int TOP = 40;
    private static final int HEIGHT = 260;
    private static final int BAR = 11;
    private static final int GAP = 26;
    private static final int LEGEND = 18;
    private static final double STEP = 0.2;
    private static final String[] COLOURS = {
        "#4e79a7", "#59a14f", "#8cd17d", "#1b7837", "#e15759", "#f28e2b", "#76b7b2", "#9c755f", "#b07aa1", "#6a3d9a", "#ff9da7"
    };

    private final PeerReport report;
    private final List<String> clients;

    private PeerPlot(PeerReport report) {
        this.report = report;
        Set<String> names = new LinkedHashSet<>();
        report.cells().values().forEach(rows -> names.addAll(rows.keySet()));
        this.clients = new ArrayList<>(names);
    }

    /** Text of each plot by file name. */
    static Map<String, String> of(PeerReport report) {
        PeerPlot plot = new PeerPlot(report);
        Map<String, String> plots = new LinkedHashMap<>();
        plots.put("puts.svg", plot.draw("Puts, objects a second", true));
        plots.put("gets.svg", plot.draw("Gets, objects a second", false));
        return plots;
    }

    private String draw(String title, boolean puts) {
        int group = clients.size() * BAR + GAP;
        int width = LEFT + report.cells().size() * group + GAP;
        int legendTop = TOP + HEIGHT + 50;
        StringBuilder svg = new StringBuilder();
        line(
                svg,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"11\">",
                width,
                legendTop + clients.size() * LEGEND);
        line(svg, "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>");
        line(
                svg,
                "<text x=\"%d\" y=\"20\" font-size=\"14\">%s, as a multiple of the plain S3Client (JDK %s)</text>",
                LEFT,
                title,
                System.getProperty("java.version"));
        for (int i = 0; i * STEP <= MOST + STEP / 2; i++) {
            double y = y(i * STEP);
            line(
                    svg,
                    "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"%s\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.1f</text>",
                    LEFT,
                    y,
                    width - GAP,
                    y,
                    Math.abs(i * STEP - 1) < STEP / 2 ? "#444" : "#ddd",
                    LEFT - 6,
                    y + 4,
                    i * STEP);
        }
        int x = LEFT + GAP / 2;
        for (Map.Entry<Cell, Map<String, PeerReport.Row>> cell : report.cells().entrySet()) {
            bars(svg, cell.getValue(), puts, x);
            line(
                    svg,
                    "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s x %d</text><text x=\"%d\" y=\"%d\" text-anchor=\"middle\">KMS %d ms</text>",
                    x + clients.size() * BAR / 2,
                    TOP + HEIGHT + 16,
                    cell.getKey().sizeText(),
                    cell.getKey().threads(),
                    x + clients.size() * BAR / 2,
                    TOP + HEIGHT + 30,
                    cell.getKey().kmsMillis());
            x += group;
        }
        for (int i = 0; i < clients.size(); i++) {
            int y = legendTop + i * LEGEND;
            line(
                    svg,
                    "<rect x=\"%d\" y=\"%d\" width=\"10\" height=\"10\" fill=\"%s\"/><text x=\"%d\" y=\"%d\">%s</text>",
                    LEFT,
                    y - 9,
                    COLOURS[i % COLOURS.length],
                    LEFT + 16,
                    y,
                    clients.get(i));
        }
        line(svg, "</svg>");
        return svg.toString();
    }

    private void bars(StringBuilder svg, Map<String, PeerReport.Row> rows, boolean puts, int x) {
        Series plain = rate(rows.values().iterator().next(), puts);
        for (int i = 0; i < clients.size(); i++) {
            PeerReport.Row row = rows.get(clients.get(i));
            if (row == null) {
                continue;
            }
            Series ratio = rate(row, puts).over(plain);
            int left = x + i * BAR;
            double top = y(ratio.median());
            line(
                    svg,
                    "<rect x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" fill=\"%s\"><title>%s: %.2f</title></rect>",
                    left,
                    top,
                    BAR - 1,
                    TOP + HEIGHT - top,
                    COLOURS[i % COLOURS.length],
                    clients.get(i),
                    ratio.median());
            line(
                    svg,
                    "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"black\" stroke-width=\"0.7\"/>",
                    left + BAR / 2,
                    y(ratio.least()),
                    left + BAR / 2,
                    y(ratio.greatest()));
        }
    }

    private static Series rate(PeerReport.Row row, boolean puts) {
        return (puts ? row.puts() : row.gets()).rate();
    }

    private static double y(double ratio) {
        return TOP + HEIGHT * (1 - Math.min(ratio, MOST) / MOST);
    }

    private static void line(StringBuilder svg, String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
    }
}
