package dev.s3envelope.core;

import org.jspecify.annotations.Nullable;

/** The JSON form of a policy is not JSON, or not a policy: an unknown field, a missing one, a value of the wrong kind, a rule that
 * contradicts another. The message begins with the place; the accessors give it for tools. */
public final class PolicySyntaxException extends EnvelopeException {
    private static final long serialVersionUID = 1L;

    private final int line;
    private final int column;
    private final String path;

    /**
     * Creates an exception for one place in a policy.
     *
     * @param source what the text was read from, for the message
     * @param line from 1
     * @param column from 1
     * @param path from the root, such as {@code $.rules[2].match.size.max}
     * @param why what is wrong there and what would be right
     */
    public PolicySyntaxException(
            String source, int line, int column, String path, String why, @Nullable Throwable cause) {
        super(source + ", line " + line + ", column " + column + " (" + path + "): " + why, cause);
        this.line = line;
        this.column = column;
        this.path = path;
    }

    /** The line, from 1. */
    public int line() {
        return line;
    }

    /** The column in that line, from 1. */
    public int column() {
        return column;
    }

    /** The JSON path from the root, such as {@code $.rules[2].match.size.max}. */
    public String path() {
        return path;
    }
}
