package dev.s3envelope.examples.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * A table of plain text that fits a width: columns get what they need where there is room; otherwise the wide ones share what is
 * left and their cells wrap at spaces, or inside a word that is longer than its column.
 */
public final class TextTable {
    private static final String GAP = "  ";
    private static final int NARROWEST = 8;

    private final List<String> head;
    private final List<List<String>> rows = new ArrayList<>();
    private int[] fixed = {};

    /** Starts a table with these column heads. */
    public TextTable(String... head) {
        this.head = List.of(head);
    }

    /** Gives every column this width, so that several tables line up. */
    public TextTable columns(int... widths) {
        if (widths.length != head.size()) {
            throw new IllegalArgumentException(widths.length + " widths for " + head.size() + " columns");
        }
        this.fixed = widths.clone();
        return this;
    }

    /** Adds a row of as many cells as there are columns. */
    public void row(String... cells) {
        if (cells.length != head.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + head.size() + " columns");
        }
        rows.add(List.of(cells));
    }

    /**
     * The lines, none of them longer than {@code width} unless there are more columns than fit or columns have a width of their own;
     * no trailing spaces.
     */
    public List<String> lines(int width) {
        int[] widths = fixed.length > 0 ? fixed : widths(width);
        List<String> lines = new ArrayList<>();
        emit(lines, head, widths);
        List<String> rule = new ArrayList<>();
        for (int each : widths) {
            rule.add("-".repeat(each));
        }
        emit(lines, rule, widths);
        rows.forEach(row -> emit(lines, row, widths));
        return lines;
    }

    private int[] widths(int width) {
        int[] widths = new int[head.size()];
        for (int column = 0; column < widths.length; column++) {
            widths[column] = Math.max(1, head.get(column).length());
            for (List<String> row : rows) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        int room = width - GAP.length() * (widths.length - 1);
        while (sum(widths) > room) {
            int widest = widest(widths);
            if (widths[widest] <= NARROWEST) {
                break;
            }
            widths[widest]--;
        }
        return widths;
    }

    private static int sum(int[] widths) {
        int sum = 0;
        for (int each : widths) {
            sum += each;
        }
        return sum;
    }

    private static int widest(int[] widths) {
        int widest = 0;
        for (int column = 1; column < widths.length; column++) {
            if (widths[column] > widths[widest]) {
                widest = column;
            }
        }
        return widest;
    }

    private static void emit(List<String> lines, List<String> cells, int[] widths) {
        List<List<String>> wrapped = new ArrayList<>();
        int height = 1;
        for (int column = 0; column < widths.length; column++) {
            List<String> cell = wrap(cells.get(column), widths[column]);
            wrapped.add(cell);
            height = Math.max(height, cell.size());
        }
        for (int line = 0; line < height; line++) {
            StringBuilder text = new StringBuilder();
            for (int column = 0; column < widths.length; column++) {
                String part =
                        line < wrapped.get(column).size() ? wrapped.get(column).get(line) : "";
                text.append(part).append(" ".repeat(widths[column] - part.length()));
                text.append(column == widths.length - 1 ? "" : GAP);
            }
            lines.add(text.toString().stripTrailing());
        }
    }

    /** Breaks a text into lines of at most {@code width}, at spaces where it can. */
    public static List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        String rest = text;
        while (rest.length() > width) {
            int space = rest.lastIndexOf(' ', width);
            int end = space > 0 ? space : width;
            lines.add(rest.substring(0, end).stripTrailing());
            rest = rest.substring(end).stripLeading();
        }
        lines.add(rest);
        return lines;
    }
}
