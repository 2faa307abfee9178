package dev.s3envelope.examples.tour;

/**
 * One row: what was done, what AWS would answer, what was seen.
 *
 * @param done the step, as a person would tell it
 * @param expected what AWS documents
 * @param seen what came out
 * @param note more of what was seen, for the reader; not compared
 */
record Finding(String done, Outcome expected, Outcome seen, String note) {
    Finding(String done, Outcome expected, Outcome seen) {
        this(done, expected, seen, "");
    }

    /** Whether it came out as AWS would have it. */
    boolean asExpected() {
        return expected.equals(seen);
    }
}
