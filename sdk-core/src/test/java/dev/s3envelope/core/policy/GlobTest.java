package dev.s3envelope.core.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.Refused;
import java.time.Duration;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {
    @ParameterizedTest
    @CsvSource({
        "a*c, abbc, true",
        "a*c, a/c, false",
        "a*c, ac, true",
        "a**c, a/b/c, true",
        "a**c, ac, true",
        "*, abc, true",
        "*, a/b, false",
        "**, a/b/c, true",
        "**, '', true",
        "*, '', true",
        "?, a, true",
        "?, /, false",
        "?, '', false",
        "a?c, a\ud83d\ude00c, true",
        "logs/*/x.gz, logs/2026/x.gz, true",
        "logs/*/x.gz, logs/2026/11/x.gz, false",
        "logs/**/x.gz, logs/2026/11/x.gz, true",
        "logs/**/x.gz, logs/x.gz, false",
        "a\\*c, a*c, true",
        "a\\*c, abc, false",
        "a\\\\c, a\\c, true",
        "abc, abc, true",
        "abc, abcd, false",
        "abc, xabc, false",
        "***, a/b, true",
        "[ab], a, false",
        "A, a, false",
        "*.csv, x.csv, true",
        "**.csv, a/b/x.csv, true"
    })
    void matchesTheWholeText_bySegments(String pattern, String text, boolean expected) {
        assertEquals(expected, Glob.path(pattern).matches(text));
    }

    @ParameterizedTest
    @CsvSource({"a*, a/b/c, true", "?, /, true", "image/*, image/svg/x, true", "*/*, a/b, true", "x*, ax, false"})
    void crossesSegments_inPatternsForValues(String pattern, String text, boolean expected) {
        assertEquals(expected, Glob.flat(pattern).matches(text));
    }

    @Test
    void refusesEmptyLongAndHalfEscapedPatterns() {
        Refused.by(EnvelopeException.class, () -> Glob.path(""), "Not a pattern");
        Refused.by(EnvelopeException.class, () -> Glob.path("a".repeat(1025)), "1025 characters");
        Refused.by(EnvelopeException.class, () -> Glob.path("a\\"), "ends with a backslash");
        assertEquals(true, Glob.path("a".repeat(1024)).matches("a".repeat(1024)));
    }

    @Test
    void staysQuick_whenThePatternWouldMakeABacktrackingMatcherExplode() {
        Glob glob = Glob.path("*a".repeat(400) + "b");

        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> assertEquals(false, glob.matches("a".repeat(1024))));
    }

    /** The same answers as a regular expression made from the pattern. */
    @Test
    void agreesWithARegularExpression_whateverPatternAndText() {
        long seed = 5L;
        Random random = new Random(seed);
        int matched = 0;
        for (int round = 0; round < 20_000; round++) {
            String pattern = text(random, "ab/*?", 1 + random.nextInt(7));
            String text = text(random, "ab/", random.nextInt(8));
            String regex = pattern.replaceAll("\\*\\*+", "\u0001")
                    .replace("*", "[^/]*")
                    .replace("?", "[^/]")
                    .replace("\u0001", ".*");
            boolean expected = Pattern.matches(regex, text);
            assertEquals(expected, Glob.path(pattern).matches(text), pattern + " on " + text + ", seed " + seed);
            matched += expected ? 1 : 0;
        }
        assertEquals(true, matched > 1_000, "matched " + matched);
    }

    private static String text(Random random, String alphabet, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }
}
