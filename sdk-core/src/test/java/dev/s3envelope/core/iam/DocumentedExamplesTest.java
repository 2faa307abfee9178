package dev.s3envelope.core.iam;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How much of the evaluator's proof rests on AWS's own text. */
class DocumentedExamplesTest {
    private static final int DEMANDED = 60;

    @Test
    void enoughExamplesWereComparedWithThePageTheyName() {
        long confirmed = Stream.concat(DocumentedIamExamplesTest.examples(), DocumentedS3AndKmsExamplesTest.examples())
                .map(row -> (Scenario.Source) Objects.requireNonNull(row.get()[0]))
                .filter(source -> source.passage() != null)
                .count();
        assertTrue(confirmed >= DEMANDED, () -> confirmed + " examples are confirmed, of " + DEMANDED);
    }
}
