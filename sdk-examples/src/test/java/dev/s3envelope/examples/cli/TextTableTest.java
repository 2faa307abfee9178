package dev.s3envelope.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TextTableTest {
    @Test
    void givesColumnsWhatTheyNeed_whenThereIsRoom() {
        TextTable table = new TextTable("a", "long head");
        table.row("cell", "x");
        assertEquals(List.of("a     long head", "----  ---------", "cell  x"), table.lines(80));
    }

    @Test
    void wrapsTheWidest_whenThereIsNot() {
        TextTable table = new TextTable("k", "text");
        table.row("key", "one two three four five");
        assertEquals(
                List.of("k    text", "---  -----------", "key  one two", "     three four", "     five"),
                table.lines(16));
    }

    @Test
    void staysWithinTheWidthAndLosesNoWord_whateverIsInIt() {
        long seed = 20261120L;
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            TextTable table = new TextTable("one", "two", "three");
            StringBuilder all = new StringBuilder();
            for (int row = 0; row < 5; row++) {
                String[] cells = new String[3];
                for (int cell = 0; cell < 3; cell++) {
                    cells[cell] = words(random);
                    all.append(cells[cell]);
                }
                table.row(cells);
            }
            int width = 40 + random.nextInt(100);
            List<String> lines = table.lines(width);
            lines.forEach(line -> assertTrue(line.length() <= width, "seed " + seed + ": " + line));
            String shown = String.join("", lines.subList(2, lines.size())).replace(" ", "");
            assertEquals(sorted(all.toString().replace(" ", "")), sorted(shown), "seed " + seed + " round " + round);
        }
    }

    @Test
    void refusesARowOfAnotherLength() {
        assertThrows(IllegalArgumentException.class, () -> new TextTable("a", "b").row("only"));
    }

    private static String sorted(String text) {
        return text.chars().sorted().mapToObj(Character::toString).reduce("", String::concat);
    }

    private static String words(Random random) {
        StringBuilder text = new StringBuilder();
        for (int word = random.nextInt(8); word >= 0; word--) {
            text.append("abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz", 0, 1 + random.nextInt(50))
                    .append(' ');
        }
        return text.toString().strip();
    }
}
