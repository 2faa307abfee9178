package dev.s3envelope.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.IllegalKeyException;
import dev.s3envelope.core.IntegrityException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.model.S3Exception;

class FailureReportTest {
    record Case(Throwable failure, int exitCode, String part) {}

    static List<Case> cases() {
        return List.of(
                new Case(new UsageProblem("--x is wrong"), 2, "--x is wrong"),
                new Case(new IllegalKeyException("an alias"), 1, "refused by this SDK: an alias"),
                new Case(new CompletionException(new IntegrityException("frame 3")), 4, "integrity: frame 3"),
                new Case(s3(403, "AccessDenied", "no"), 3, "S3 answered 403 AccessDenied: no (request R1)"),
                new Case(s3(400, "KMS.DisabledException", "off"), 1, "400 KMS.DisabledException: off"),
                new Case(s3(400, "AccessDeniedException", "no"), 3, "400 AccessDeniedException: no"),
                new Case(head(403), 3, "403 without a reason"),
                new Case(head(404), 1, "AWS answered 404"),
                new Case(SdkClientException.create("refused"), 1, "refused"),
                new Case(SdkClientException.create("PKIX path building failed"), 1, "--ca-bundle"),
                new Case(SdkClientException.create("Unable to load credentials from X"), 1, "--profile"),
                new Case(new UncheckedIOException(new NoSuchFileException("a/b")), 1, "no such file: a/b"),
                new Case(new IOException("disk full"), 1, "disk full"),
                new Case(new IllegalStateException("odd"), 1, "unexpected IllegalStateException: odd"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void tellsWhoRefusedAndGivesTheExitCode(Case each) {
        FailureReport report = FailureReport.of(each.failure);
        assertEquals(each.exitCode, report.exitCode());
        assertTrue(report.message().contains(each.part), report.message());
    }

    @Test
    void showsAStackTrace_onlyWhenVerbose() {
        Throwable failure = new IllegalKeyException("an alias");
        assertFalse(printed(failure, false).contains("at dev.s3envelope"), "quiet");
        assertTrue(printed(failure, true).contains("at dev.s3envelope"), "verbose");
    }

    private static String printed(Throwable failure, boolean verbose) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        FailureReport.of(failure).print(new PrintStream(bytes, true, StandardCharsets.UTF_8), failure, verbose);
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static Throwable s3(int status, String code, String message) {
        return S3Exception.builder()
                .statusCode(status)
                .requestId("R1")
                .awsErrorDetails(AwsErrorDetails.builder()
                        .serviceName("S3")
                        .errorCode(code)
                        .errorMessage(message)
                        .build())
                .build();
    }

    private static Throwable head(int status) {
        return S3Exception.builder().statusCode(status).build();
    }
}
