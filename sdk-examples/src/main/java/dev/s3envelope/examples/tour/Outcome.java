package dev.s3envelope.examples.tour;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** How a step ended. Two outcomes are the same if every part that AWS documents is; texts that AWS words freely are left out. */
sealed interface Outcome {
    /** For the table. */
    String text();

    /**
     * It worked, and these are the facts: those of the answer, and those of the event log.
     *
     * @param facts by name, in the order they are shown
     */
    record Answer(Map<String, String> facts) implements Outcome {
        public Answer {
            facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
        }

        /** An answer without facts yet. */
        static Answer empty() {
            return new Answer(Map.of());
        }

        /** This and one more fact. */
        Answer with(String name, Object value) {
            Map<String, String> more = new LinkedHashMap<>(facts);
            more.put(name, value.toString());
            return new Answer(more);
        }

        @Override
        public String text() {
            return facts.entrySet().stream()
                    .map(fact -> fact.getKey() + ": " + fact.getValue())
                    .collect(Collectors.joining("; "));
        }
    }

    /**
     * AWS refused.
     *
     * @param status the HTTP status
     * @param code the error code; empty where an answer has no body
     * @param action the action its message says is not allowed, such as {@code kms:Decrypt}; empty if it names none
     */
    record AwsRefusal(int status, String code, Optional<String> action) implements Outcome {
        @Override
        public String text() {
            return status
                    + (code.isEmpty() ? " without a body" : " " + code)
                    + action.map(named -> ", for want of " + named).orElse("");
        }
    }

    /**
     * This SDK refused.
     *
     * @param exception its simple name
     * @param requests how many requests had reached S3 or KMS by then; {@link #ANY} where that is not the point
     */
    record OwnRefusal(String exception, int requests) implements Outcome {
        static final int ANY = -1;

        @Override
        public String text() {
            return "refused here, " + exception + (requests == ANY ? "" : "; requests sent: " + requests);
        }
    }

    /**
     * Something else came out of it, which no scenario expects.
     *
     * @param what the failure
     */
    record Surprise(String what) implements Outcome {
        @Override
        public String text() {
            return "unexpected: " + what;
        }
    }
}
