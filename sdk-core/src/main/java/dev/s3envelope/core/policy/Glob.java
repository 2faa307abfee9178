package dev.s3envelope.core.policy;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.internal.Text;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pattern over a whole text, matched in time proportional to pattern times text whatever they are (both may come from
 * others, so no backtracking regular expression).
 *
 * <p>{@code ?} is one character, {@code *} any number of them, neither of them a {@code /} in a path pattern; {@code **} is
 * any number of any characters; a backslash takes the next character as it is.
 */
final class Glob {
    private static final int LONGEST = 1024;

    private enum Kind {
        LITERAL,
        ONE,
        MANY,
        MANY_ACROSS
    }

    private record Token(Kind kind, int literal) {}

    private final String pattern;
    private final boolean path;
    private final List<Token> tokens;

    private Glob(String pattern, boolean path) {
        this.pattern = pattern;
        this.path = path;
        this.tokens = tokens(pattern);
    }

    /** A pattern in which {@code *} and {@code ?} stay within one segment. */
    static Glob path(String pattern) {
        return new Glob(pattern, true);
    }

    /** A pattern in which {@code /} is a character like any other. */
    static Glob flat(String pattern) {
        return new Glob(pattern, false);
    }

    String pattern() {
        return pattern;
    }

    private static List<Token> tokens(String pattern) {
        if (pattern.isEmpty() || pattern.length() > LONGEST) {
            throw new EnvelopeException(
                    "Not a pattern: " + Text.quote(pattern) + ". Give 1 to " + LONGEST + " characters.");
        }
        int[] chars = pattern.codePoints().toArray();
        List<Token> tokens = new ArrayList<>();
        for (int i = 0; i < chars.length; i++) {
            int c = chars[i];
            if (c == '\\') {
                i++;
                if (i == chars.length) {
                    throw new EnvelopeException("Not a pattern: " + Text.quote(pattern)
                            + " ends with a backslash; write two for a backslash itself.");
                }
                tokens.add(new Token(Kind.LITERAL, chars[i]));
            } else if (c == '?') {
                tokens.add(new Token(Kind.ONE, 0));
            } else if (c == '*') {
                int from = i;
                while (i + 1 < chars.length && chars[i + 1] == '*') {
                    i++;
                }
                tokens.add(new Token(i > from ? Kind.MANY_ACROSS : Kind.MANY, 0));
            } else {
                tokens.add(new Token(Kind.LITERAL, c));
            }
        }
        return List.copyOf(tokens);
    }

    boolean matches(String text) {
        // reached[i]: some way of matching the text so far leads to just before token i.
        boolean[] reached = new boolean[tokens.size() + 1];
        reached[0] = true;
        skipStars(reached);
        int[] chars = text.codePoints().toArray();
        for (int c : chars) {
            boolean[] next = new boolean[reached.length];
            for (int i = 0; i < tokens.size(); i++) {
                if (reached[i] && accepts(tokens.get(i), c)) {
                    boolean star =
                            tokens.get(i).kind() == Kind.MANY || tokens.get(i).kind() == Kind.MANY_ACROSS;
                    next[star ? i : i + 1] = true;
                }
            }
            skipStars(next);
            reached = next;
        }
        return reached[tokens.size()];
    }

    private void skipStars(boolean[] reached) {
        for (int i = 0; i < tokens.size(); i++) {
            Kind kind = tokens.get(i).kind();
            if (reached[i] && (kind == Kind.MANY || kind == Kind.MANY_ACROSS)) {
                reached[i + 1] = true;
            }
        }
    }

    private boolean accepts(Token token, int c) {
        return switch (token.kind()) {
            case LITERAL -> token.literal() == c;
            case ONE, MANY -> !path || c != '/';
            case MANY_ACROSS -> true;
        };
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Glob that && pattern.equals(that.pattern) && path == that.path;
    }

    @Override
    public int hashCode() {
        return pattern.hashCode();
    }

    @Override
    public String toString() {
        return pattern;
    }
}
