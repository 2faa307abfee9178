package dev.s3envelope.core.iam;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A string of a policy compiled once: wildcards become tokens, policy variables become holes that a request fills.
 *
 * <p>A variable's value is taken literally, wildcards in it included. A variable the request has no single value for, and that has
 * no default, leaves the whole string without a meaning: it then matches nothing (IAM page "IAM policy elements: Variables and
 * tags"). The forms {@code ${*}}, {@code ${?}} and {@code ${$}} stand for these characters themselves.
 */
final class PolicyText {
    private final String source;
    private final int @Nullable [] fixed;
    private final List<Part> parts;

    /** Literal tokens, or a variable with its default. */
    private static final class Part {
        private final int @Nullable [] tokens;
        private final @Nullable String variable;
        private final @Nullable String otherwise;

        private Part(int @Nullable [] tokens, @Nullable String variable, @Nullable String otherwise) {
            this.tokens = tokens;
            this.variable = variable;
            this.otherwise = otherwise;
        }
    }

    private PolicyText(String source, List<Part> parts) {
        this.source = source;
        this.parts = List.copyOf(parts);
        this.fixed = parts.isEmpty()
                ? new int[0]
                : parts.size() == 1 && parts.get(0).variable == null ? parts.get(0).tokens : null;
    }

    /**
     * Compiles a string.
     *
     * @param variables whether the document's version gives variables their meaning
     * @param wildcards whether star and question mark are wildcards where the string stands
     * @throws IllegalArgumentException if a variable is not closed or has no name
     */
    static PolicyText compile(String text, boolean variables, boolean wildcards) {
        List<Part> parts = new ArrayList<>();
        int literalFrom = 0;
        List<int[]> run = new ArrayList<>();
        int at = variables ? text.indexOf("${") : -1;
        while (at >= 0) {
            run.add(tokens(text.substring(literalFrom, at), wildcards));
            int end = text.indexOf('}', at);
            if (end < 0) {
                throw new IllegalArgumentException("Policy variable is not closed: " + text);
            }
            String body = text.substring(at + 2, end).trim();
            if (body.equals("*") || body.equals("?") || body.equals("$")) {
                run.add(new int[] {body.charAt(0)});
            } else {
                flush(run, parts);
                parts.add(variable(body, text));
            }
            literalFrom = end + 1;
            at = text.indexOf("${", literalFrom);
        }
        run.add(tokens(text.substring(literalFrom), wildcards));
        flush(run, parts);
        return new PolicyText(text, parts);
    }

    private static Part variable(String body, String text) {
        int comma = body.indexOf(',');
        String name = (comma < 0 ? body : body.substring(0, comma)).trim();
        if (name.isEmpty()) {
            throw new IllegalArgumentException("Policy variable has no name: " + text);
        }
        String otherwise = null;
        if (comma >= 0) {
            String quoted = body.substring(comma + 1).trim();
            if (quoted.length() < 2 || quoted.charAt(0) != '\'' || quoted.charAt(quoted.length() - 1) != '\'') {
                throw new IllegalArgumentException("Default of a policy variable is not in single quotes: " + text);
            }
            otherwise = quoted.substring(1, quoted.length() - 1);
        }
        return new Part(null, ContextKeys.fold(name), otherwise);
    }

    private static int[] tokens(String text, boolean wildcards) {
        return wildcards ? Glob.compile(text) : literal(text);
    }

    private static int[] literal(String text) {
        int[] tokens = new int[text.length()];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = text.charAt(i);
        }
        return tokens;
    }

    private static void flush(List<int[]> run, List<Part> parts) {
        int[] joined = run.stream().flatMapToInt(Arrays::stream).toArray();
        if (joined.length > 0) {
            parts.add(new Part(joined, null, null));
        }
        run.clear();
    }

    String source() {
        return source;
    }

    /** The tokens for this request; null if a variable has no value. */
    int @Nullable [] resolve(AccessRequest request) {
        if (fixed != null) {
            return fixed;
        }
        int[][] resolved = new int[parts.size()][];
        int length = 0;
        for (int i = 0; i < resolved.length; i++) {
            int[] tokens = resolve(parts.get(i), request);
            if (tokens == null) {
                return null;
            }
            resolved[i] = tokens;
            length += tokens.length;
        }
        int[] all = new int[length];
        int at = 0;
        for (int[] tokens : resolved) {
            System.arraycopy(tokens, 0, all, at, tokens.length);
            at += tokens.length;
        }
        return all;
    }

    private static int @Nullable [] resolve(Part part, AccessRequest request) {
        if (part.variable == null) {
            return part.tokens;
        }
        List<String> values = request.folded(part.variable);
        String value = values.size() == 1 ? values.get(0) : part.otherwise;
        return value == null ? null : literal(value);
    }

    @Override
    public String toString() {
        return source;
    }
}
