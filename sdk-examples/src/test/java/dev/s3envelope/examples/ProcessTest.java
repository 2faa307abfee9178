package dev.s3envelope.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only real processes show: pipes, a signal, the environment, TLS with a certificate file. */
class ProcessTest {
    private static final String SETUP = """
            {"accounts": {"111122223333": {
              "users": {"alice": {"policies": {"s3": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}}}},
              "buckets": {"pipes": {}}}}}
            """;

    @TempDir
    Path folder;

    @Test
    void pipesThroughAServer_andTheServerStopsWhenTold() throws IOException, InterruptedException {
        byte[] bytes = new byte[(5 << 20) + 3];
        new Random(5).nextBytes(bytes);
        Path setup = Files.writeString(folder.resolve("setup.json"), SETUP);
        Path data = folder.resolve("data");
        try (Cli.Server server = new Cli.Server("--https", "--dir", data.toString(), "--setup", setup.toString())) {
            Process put = Cli.start(server.environment(), "put", "-", "s3://pipes/piped", "--part-size", "5");
            try (OutputStream in = put.getOutputStream()) {
                in.write(bytes);
            }
            String said = new String(put.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, put.waitFor(), said);
            assertTrue(said.contains("in 2 parts"), said);
            Process get = Cli.start(server.environment(), "get", "s3://pipes/piped", "-");
            assertArrayEquals(bytes, get.getInputStream().readAllBytes());
            assertEquals(0, get.waitFor());
        }
    }
}
