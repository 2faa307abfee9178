package dev.s3envelope.examples.tour;

import dev.s3envelope.examples.cli.TextTable;
import java.util.ArrayList;
import java.util.List;

/** The findings as a person reads them: four columns where the terminal is wide, one finding under the other where it is not. */
final class TourReport {
    /** From here on the columns are wide enough to read. */
    static final int WIDE = 120;

    private static final int VERDICT = "DIFFERS".length();
    private static final int GAPS = 6;

    private final Names names;
    private final int width;
    private int shown;
    private int passed;

    TourReport(Names names, int width) {
        this.names = names;
        this.width = width;
    }

    /** The lines of one scenario. */
    List<String> lines(String title, List<Finding> findings) {
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add(title);
        lines.add("=".repeat(Math.min(width, title.length())));
        lines.addAll(width >= WIDE ? wide(findings) : narrow(findings));
        shown += findings.size();
        passed += (int) findings.stream().filter(Finding::asExpected).count();
        return lines;
    }

    /** The last lines. */
    List<String> summary() {
        String verdict = allPassed()
                ? "All " + shown + " steps came out as AWS would have it."
                : (shown - passed) + " of " + shown + " steps came out differently from AWS; they are marked DIFFERS.";
        return List.of("", verdict);
    }

    boolean allPassed() {
        return shown > 0 && passed == shown;
    }

    private List<String> wide(List<Finding> findings) {
        int room = width - VERDICT - GAPS;
        int step = room * 30 / 100;
        int expected = room * 30 / 100;
        TextTable table =
                new TextTable("step", "expected", "seen", "").columns(step, expected, room - step - expected, VERDICT);
        for (Finding finding : findings) {
            String note = finding.note().isEmpty() ? "" : " [" + finding.note() + "]";
            table.row(
                    names.shorten(finding.done()),
                    names.shorten(finding.expected().text()),
                    names.shorten(finding.seen().text() + note),
                    verdict(finding));
        }
        return table.lines(width);
    }

    private List<String> narrow(List<Finding> findings) {
        List<String> lines = new ArrayList<>();
        for (Finding finding : findings) {
            add(lines, String.format("%-8s", verdict(finding)), names.shorten(finding.done()));
            add(lines, "  want  ", names.shorten(finding.expected().text()));
            add(lines, "  seen  ", names.shorten(finding.seen().text()));
            if (!finding.note().isEmpty()) {
                add(lines, "        ", names.shorten(finding.note()));
            }
        }
        return lines;
    }

    private void add(List<String> lines, String label, String text) {
        List<String> wrapped = TextTable.wrap(text, width - label.length());
        for (int line = 0; line < wrapped.size(); line++) {
            lines.add((line == 0 ? label : " ".repeat(label.length())) + wrapped.get(line));
        }
    }

    private static String verdict(Finding finding) {
        return finding.asExpected() ? "ok" : "DIFFERS";
    }
}
