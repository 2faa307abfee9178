package dev.s3envelope.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.examples.cli.Surroundings;
import dev.s3envelope.examples.cli.Terminal;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

class ServeCommandTest {
    private static final String SETUP = """
            {"accounts": {"111122223333": {
              "keys": {"alias/orders": {}},
              "users": {
                "writer": {"policies": {"all": {"Version": "2012-10-17", "Statement": [
                  {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
                  {"Effect": "Allow", "Action": "kms:*", "Resource": "${key:alias/orders}"}]}}},
                "lister": {"accessKey": {"id": "AKIALISTER0000000001", "secret": "lister-secret-for-tests"},
                  "policies": {"s3": {"Version": "2012-10-17", "Statement": [
                    {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}}}},
              "buckets": {"orders": {"versioning": true,
                "defaultEncryption": {"mode": "aws:kms", "key": "alias/orders", "bucketKey": true}}}}}}
            """;

    @TempDir
    Path folder;

    @Test
    void servesWhatTheSetUpFileSays_untilStopped() throws IOException {
        Path setup = Files.writeString(folder.resolve("setup.json"), SETUP);
        try (Serving serving = Serving.start("serve", "--setup", setup.toString())) {
            try (S3Client lister = serving.s3(0);
                    S3Client writer = serving.s3(1)) {
                writer.putObject(request -> request.bucket("orders").key("a"), RequestBody.fromString("order"));
                assertTrue(writer.headObject(request -> request.bucket("orders").key("a"))
                        .bucketKeyEnabled());
                assertEquals(
                        1,
                        lister.listObjectsV2(request -> request.bucket("orders"))
                                .keyCount());
                S3Exception denied = assertThrows(
                        S3Exception.class,
                        () -> lister.getObjectAsBytes(
                                request -> request.bucket("orders").key("a")));
                assertEquals(403, denied.statusCode());
            }
            assertTrue(serving.lines.contains("# bucket orders"), serving.lines.toString());
            assertEquals(0, serving.stop());
        }
    }

    @Test
    void findsEverythingAgain_whenServedFromTheSameDirectory() throws IOException {
        Path setup = Files.writeString(folder.resolve("setup.json"), SETUP);
        String[] line = {
            "serve",
            "--setup",
            setup.toString(),
            "--dir",
            folder.resolve("data").toString()
        };
        try (Serving first = Serving.start(line)) {
            try (S3Client writer = first.s3(1)) {
                writer.putObject(request -> request.bucket("orders").key("kept"), RequestBody.fromString("kept"));
            }
        }
        try (Serving second = Serving.start(line);
                S3Client writer = second.s3(1)) {
            assertEquals(
                    "kept",
                    writer.getObjectAsBytes(request -> request.bucket("orders").key("kept"))
                            .asUtf8String());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"accounts\": {\"1\": {}}} | 12 digits",
                "{\"accounts\": {\"111122223333\": {\"user\": {}}}} | accounts.111122223333",
                "{\"accounts\": {\"111122223333\": {\"users\": {\"a\": {\"policies\": {\"p\": {\"S\": 1}}}}}}} | users.a",
                "{\"accounts\": | line 1"
            })
    void saysWhere_whenTheSetUpFileIsWrong(String text, String part) throws IOException {
        Path setup = Files.writeString(folder.resolve("setup.json"), text);
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Envelope.run(
                surroundings(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8), err),
                "serve",
                "--setup",
                setup.toString());
        String message = err.toString(StandardCharsets.UTF_8);
        assertEquals(2, code, message);
        assertTrue(message.contains("setup.json"), message);
        assertTrue(part == null || message.contains(part), message);
        assertFalse(message.contains("\tat "), message);
    }

    private static Surroundings surroundings(PrintStream out, ByteArrayOutputStream err) {
        return new Surroundings(
                new ByteArrayInputStream(new byte[0]),
                out,
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Terminal.none(),
                Map.of(),
                ProfileFile::defaultProfileFile);
    }

    /** A server in a thread of this process, and what it printed. */
    private record Serving(ExecutorService thread, Future<Integer> exit, List<String> lines) implements AutoCloseable {
        static Serving start(String... line) throws IOException {
            PipedInputStream printed = new PipedInputStream(1 << 16);
            PrintStream out = new PrintStream(new PipedOutputStream(printed), false, StandardCharsets.UTF_8);
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            ExecutorService thread = Executors.newSingleThreadExecutor();
            Future<Integer> exit = thread.submit(() -> {
                try {
                    return Envelope.run(surroundings(out, err), line);
                } finally {
                    out.close();
                }
            });
            List<String> lines = new ArrayList<>();
            BufferedReader reader = new BufferedReader(new InputStreamReader(printed, StandardCharsets.UTF_8));
            for (String each = reader.readLine(); each != null; each = reader.readLine()) {
                lines.add(each);
                if (each.equals("# ready")) {
                    return new Serving(thread, exit, lines);
                }
            }
            throw new IllegalStateException("never ready: " + lines + err.toString(StandardCharsets.UTF_8));
        }

        S3Client s3(int person) {
            List<String> keys = found("AWS_ACCESS_KEY_ID=(\\S+)");
            List<String> secrets = found("AWS_SECRET_ACCESS_KEY=(\\S+)");
            return S3Client.builder()
                    .endpointOverride(
                            URI.create(found("AWS_ENDPOINT_URL=(\\S+)").get(0)))
                    .region(Region.of(found("AWS_REGION=(\\S+)").get(0)))
                    .forcePathStyle(true)
                    .credentialsProvider(StaticCredentialsProvider.create(
                            AwsBasicCredentials.create(keys.get(person), secrets.get(person))))
                    .build();
        }

        private List<String> found(String pattern) {
            Matcher matcher = Pattern.compile(pattern).matcher(String.join("\n", lines));
            return matcher.results().map(result -> result.group(1)).toList();
        }

        int stop() throws IOException {
            thread.shutdownNow();
            try {
                return exit.get(60, TimeUnit.SECONDS);
            } catch (InterruptedException | ExecutionException | TimeoutException e) {
                throw new IOException("did not stop", e);
            }
        }

        @Override
        public void close() throws IOException {
            stop();
        }
    }
}
