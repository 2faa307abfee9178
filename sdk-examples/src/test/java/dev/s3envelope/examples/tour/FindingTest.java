package dev.s3envelope.examples.tour;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.IllegalKeyException;
import dev.s3envelope.examples.tour.Outcome.Answer;
import dev.s3envelope.examples.tour.Outcome.AwsRefusal;
import dev.s3envelope.examples.tour.Outcome.OwnRefusal;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.s3.model.S3Exception;

class FindingTest {
    private static final Answer YES = Answer.empty().with("read", "yes");

    @Test
    void differs_whenAnyFactDoes() {
        assertTrue(new Finding("x", YES, Answer.empty().with("read", "yes"), "note").asExpected());
        assertFalse(new Finding("x", YES, YES.with("more", 1)).asExpected());
        assertFalse(new Finding("x", YES, Answer.empty().with("read", "no")).asExpected());
        assertFalse(
                new Finding("x", new AwsRefusal(403, "AccessDenied", Optional.of("kms:Decrypt")), YES).asExpected());
    }

    @Test
    void readsTheMissingActionFromTheMessage() throws IOException {
        Outcome seen = Attempt.outcome(
                () -> {
                    throw S3Exception.builder()
                            .statusCode(403)
                            .awsErrorDetails(AwsErrorDetails.builder()
                                    .errorCode("AccessDenied")
                                    .errorMessage("User: x is not authorized to perform: kms:Decrypt on resource: y")
                                    .build())
                            .build();
                },
                () -> 1);
        assertEquals(new AwsRefusal(403, "AccessDenied", Optional.of("kms:Decrypt")), seen);
    }

    @Test
    void countsWhatHadBeenSent_whenThisSdkRefuses() throws IOException {
        Outcome seen = Attempt.outcome(
                () -> {
                    throw new IllegalKeyException("alias");
                },
                () -> 2);
        assertEquals(new OwnRefusal("IllegalKeyException", 2), seen);
    }

    @Test
    void marksTheDifference_atAnyWidth() {
        for (int width : List.of(80, 140)) {
            TourReport report = new TourReport(new Names(), width);
            String text = String.join("\n", report.lines("title", List.of(new Finding("x", YES, Answer.empty()))));
            assertTrue(text.contains("DIFFERS"), text);
            assertFalse(report.allPassed());
            assertTrue(
                    report.summary().get(1).startsWith("1 of 1"),
                    report.summary().toString());
        }
    }
}
