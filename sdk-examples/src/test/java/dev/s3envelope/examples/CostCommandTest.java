package dev.s3envelope.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.s3envelope.examples.cli.ExitCode;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalAwsExtension;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LocalAwsExtension.class)
class CostCommandTest {
    private static Shell.Run run(LocalAws aws, String... arguments) {
        return Shell.of(aws, Map.of()).run(new byte[0], arguments);
    }

    @Test
    void comparesTheModes_andNamesItsSources(LocalAws aws) {
        Shell.Run run = run(aws, "cost", "--objects", "1000000", "--size", "4096", "--region", "eu-west-1");

        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        for (String part : List.of(
                "SSE-KMS, Bucket Key",
                "BUCKET, cached",
                "SSE-C, keys by KMS",
                "2,000,000",
                "6.0000",
                "aws.amazon.com/kms/pricing",
                "Request quotas",
                "100,000 a second")) {
            assertTrue(run.out().contains(part), part + " in\n" + run.out());
        }
    }

    @Test
    void printsJson_withPriceAndQuotaOfTheCallersOwn(LocalAws aws) throws Exception {
        Shell.Run run = run(
                aws,
                "cost",
                "--objects",
                "1000",
                "--size",
                "1",
                "--mode",
                "sse-kms",
                "--price",
                "1",
                "--quota",
                "50",
                "--json");

        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        JsonNode root = new ObjectMapper().readTree(run.out());
        assertEquals(2, root.path("modes").size());
        assertEquals(2000, root.path("modes").path(0).path("total").asLong());
        assertEquals(0.2, root.path("modes").path(0).path("cost").asDouble(), 1e-9);
        assertEquals(200, root.path("modes").path(0).path("requestsPerSecond").asDouble(), 1e-9);
        assertEquals(50, root.path("quotaPerSecond").asLong());
    }

    @Test
    void refusesWhatMakesNoSense(LocalAws aws) {
        assertEquals(ExitCode.USAGE, run(aws, "cost", "--objects", "10").exitCode());
        Shell.Run mode = run(aws, "cost", "--objects", "10", "--size", "1", "--mode", "rot13");
        assertEquals(ExitCode.USAGE, mode.exitCode());
        assertTrue(mode.err().contains("is no mode"), mode.err());
        assertEquals(
                ExitCode.USAGE,
                run(aws, "cost", "--objects", "0", "--size", "1").exitCode());
    }
}
