package dev.s3envelope.examples.cli;

/** What {@code envelope} tells the shell; documented in its help and in {@code docs/envelope.md}. */
public final class ExitCode {
    /** Done. */
    public static final int OK = 0;

    /** Refused by this SDK before any call, or failed: by AWS, the network or a file. */
    public static final int FAILED = 1;

    /** The command line, the policy file or the set-up file is wrong. */
    public static final int USAGE = 2;

    /** A gate, S3's or KMS's, denied it (403). */
    public static final int DENIED = 3;

    /** The data failed authentication, or came back changed. */
    public static final int INTEGRITY = 4;

    /** Lint found warnings and no errors. */
    public static final int WARNINGS = 5;

    /** Lint found errors. */
    public static final int ERRORS = 6;

    /** What the answer depends on is not known. */
    public static final int UNKNOWN = 7;

    private ExitCode() {}
}
