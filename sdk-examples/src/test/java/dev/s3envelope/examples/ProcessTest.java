package dev.s3envelope.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only real processes show: pipes, a signal, the environment, TLS with a certificate file. */
class ProcessTest {
    private static final Pattern EXPORT = Pattern.compile("([A-Z_]+)=(\\S+)");
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
        Process server = start(Map.of(), "serve", "--https", "--dir", data.toString(), "--setup", setup.toString());
        try {
            Map<String, String> exports = exports(server);
            Process put = start(exports, "put", "-", "s3://pipes/piped", "--part-size", "5");
            try (OutputStream in = put.getOutputStream()) {
                in.write(bytes);
            }
            String said = new String(put.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, put.waitFor(), said);
            assertTrue(said.contains("in 2 parts"), said);
            Process get = start(exports, "get", "s3://pipes/piped", "-");
            assertArrayEquals(bytes, get.getInputStream().readAllBytes());
            assertEquals(0, get.waitFor());
        } finally {
            server.destroy();
            assertTrue(server.waitFor(30, TimeUnit.SECONDS), "the server goes on after SIGTERM");
        }
    }

    private static Map<String, String> exports(Process server) throws IOException {
        Map<String, String> exports = new HashMap<>();
        BufferedReader printed =
                new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
        for (String line = printed.readLine(); line != null; line = printed.readLine()) {
            if (line.equals("# ready")) {
                return exports;
            }
            Matcher export = EXPORT.matcher(line);
            while (line.startsWith("export ") && export.find()) {
                exports.put(export.group(1), export.group(2));
            }
        }
        throw new IllegalStateException("the server ended before it was ready");
    }

    /** Starts {@code envelope} in a JVM of its own; its messages go to this one's standard error. */
    private static Process start(Map<String, String> environment, String... arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Envelope.class.getName()));
        line.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        return builder.start();
    }
}
