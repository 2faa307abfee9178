package dev.s3envelope.examples.cli;

/** Something the user wrote, on the command line or in a file it names, is wrong. The message stands on its own. */
public final class UsageProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Creates it; the message names the option or file. */
    public UsageProblem(String message) {
        super(message);
    }

    /** Creates it with what led to it. */
    public UsageProblem(String message, Throwable cause) {
        super(message, cause);
    }
}
