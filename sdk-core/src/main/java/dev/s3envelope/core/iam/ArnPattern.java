package dev.s3envelope.core.iam;

import java.util.Arrays;

/**
 * Matching of ARNs, in the two ways IAM does it.
 *
 * <p>In a Resource element a wildcard stays within its segment (the parts between the first five colons), except that a star which is the
 * last character of a segment may reach beyond the colon; in the sixth part, the resource, everything goes (IAM page "IAM JSON
 * policy elements: Resource"). In an Arn condition each of the six parts is compared separately (IAM page "IAM JSON policy
 * elements: Condition operators").
 */
final class ArnPattern {
    private static final int COLONS = 5;

    private ArnPattern() {}

    /** Whether a Resource element's pattern covers a resource. */
    static boolean coversResource(int[] pattern, String resource) {
        // Letting every wildcard cross colons matches a superset; only then is the exact and slower question asked.
        return Glob.matches(pattern, resource) && (!confined(pattern) || matchesWithin(pattern, resource));
    }

    /** Whether the value of an Arn condition matches, part by part. */
    static boolean matchesParts(int[] pattern, String value) {
        if (pattern.length == 1 && pattern[0] == Glob.STAR) {
            return true;
        }
        int patternFrom = 0;
        int valueFrom = 0;
        for (int part = 0; part < COLONS; part++) {
            int patternEnd = indexOfColon(pattern, patternFrom);
            int valueEnd = value.indexOf(':', valueFrom);
            if (patternEnd < 0
                    || valueEnd < 0
                    || !Glob.matches(
                            Arrays.copyOfRange(pattern, patternFrom, patternEnd),
                            value.substring(valueFrom, valueEnd))) {
                return false;
            }
            patternFrom = patternEnd + 1;
            valueFrom = valueEnd + 1;
        }
        return Glob.matches(Arrays.copyOfRange(pattern, patternFrom, pattern.length), value.substring(valueFrom));
    }

    /** Whether a wildcard in the first five segments may not cross a colon. */
    private static boolean confined(int[] pattern) {
        int colons = 0;
        for (int i = 0; i < pattern.length && colons < COLONS; i++) {
            if (pattern[i] == ':') {
                colons++;
            } else if (isConfined(pattern, i)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isConfined(int[] pattern, int i) {
        return pattern[i] == Glob.ONE || (pattern[i] == Glob.STAR && i + 1 < pattern.length && pattern[i + 1] != ':');
    }

    /** Dynamic programming over text positions: which of them a growing prefix of the pattern can end at. */
    private static boolean matchesWithin(int[] pattern, String text) {
        boolean[] reach = new boolean[text.length() + 1];
        reach[0] = true;
        int colons = 0;
        for (int i = 0; i < pattern.length; i++) {
            boolean within = colons < COLONS && isConfined(pattern, i);
            boolean[] next = new boolean[reach.length];
            if (pattern[i] == Glob.STAR) {
                boolean open = false;
                for (int t = 0; t < reach.length; t++) {
                    open = reach[t] || (open && !(within && text.charAt(t - 1) == ':'));
                    next[t] = open;
                }
            } else {
                for (int t = 0; t < text.length(); t++) {
                    if (!reach[t]) {
                        continue;
                    }
                    if (pattern[i] == Glob.ONE) {
                        if (!(within && text.charAt(t) == ':')) {
                            next[t + Character.charCount(text.codePointAt(t))] = true;
                        }
                    } else if (pattern[i] == text.charAt(t)) {
                        next[t + 1] = true;
                    }
                }
            }
            colons += pattern[i] == ':' ? 1 : 0;
            reach = next;
        }
        return reach[text.length()];
    }

    private static int indexOfColon(int[] pattern, int from) {
        for (int i = from; i < pattern.length; i++) {
            if (pattern[i] == ':') {
                return i;
            }
        }
        return -1;
    }
}
