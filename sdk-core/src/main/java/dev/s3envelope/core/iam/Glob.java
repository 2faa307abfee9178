package dev.s3envelope.core.iam;

/**
 * Wildcard matching over a compiled pattern: an array whose entries are literal UTF-16 units, {@link #STAR} or {@link #ONE}.
 *
 * <p>A star matches any run of characters, empty included; a one matches exactly one character, a surrogate pair counting as one.
 * The match is linear but for backtracking to the last star, so its cost is bounded by pattern length times text length; no pattern
 * makes it exponential, as a translation to a regular expression could.
 */
final class Glob {
    static final int STAR = -1;
    static final int ONE = -2;

    private Glob() {}

    static int[] compile(String pattern) {
        int[] tokens = new int[pattern.length()];
        for (int i = 0; i < tokens.length; i++) {
            char c = pattern.charAt(i);
            tokens[i] = c == '*' ? STAR : c == '?' ? ONE : c;
        }
        return tokens;
    }

    static boolean matches(int[] pattern, String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int resume = 0;
        while (t < text.length()) {
            if (p < pattern.length && pattern[p] == STAR) {
                star = p++;
                resume = t;
            } else if (p < pattern.length && pattern[p] == ONE) {
                p++;
                t = next(text, t);
            } else if (p < pattern.length && pattern[p] == text.charAt(t)) {
                p++;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                resume = next(text, resume);
                t = resume;
            } else {
                return false;
            }
        }
        while (p < pattern.length && pattern[p] == STAR) {
            p++;
        }
        return p == pattern.length;
    }

    private static int next(String text, int at) {
        return at + Character.charCount(text.codePointAt(at));
    }
}
