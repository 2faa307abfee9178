package dev.s3envelope.core.iam;

import java.util.Optional;

/**
 * What became of one statement when a request was explained.
 *
 * @param statement the statement
 * @param mismatch the first element that did not fit the request, or empty if the statement applies
 */
public record StatementTrace(StatementRef statement, Optional<Mismatch> mismatch) {
    /** Whether the statement applies to the request. */
    public boolean applies() {
        return mismatch.isEmpty();
    }

    @Override
    public String toString() {
        return statement + mismatch.map(m -> " does not apply: " + m).orElse(" applies");
    }

    /**
     * The element that kept a statement from applying.
     *
     * @param element {@code Principal}, {@code NotPrincipal}, {@code Action}, {@code NotAction}, {@code Resource}, {@code NotResource}
     *     or {@code Condition}
     * @param expected what the statement asks for; for a condition its operator, key and values
     * @param actual what the request has; {@code (absent)} for a context key the request lacks
     */
    public record Mismatch(String element, String expected, String actual) {
        @Override
        public String toString() {
            return element + " wants " + expected + ", the request has " + actual;
        }
    }
}
