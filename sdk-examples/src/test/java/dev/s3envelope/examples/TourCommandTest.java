package dev.s3envelope.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.examples.cli.Surroundings;
import dev.s3envelope.examples.cli.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.profiles.ProfileFile;

class TourCommandTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {80, 160})
    void showsEveryModeAndTrapAndPasses_whateverTheWidth(int width) throws IOException {
        byte[] bytes = new byte[100_001];
        new Random(7).nextBytes(bytes);
        Path binary = Files.write(folder.resolve("binary.dat"), bytes);
        Path empty = Files.write(folder.resolve("empty"), new byte[0]);
        Result tour = run(width, "tour", binary.toString(), empty.toString());
        assertEquals(0, tour.exitCode, tour.out + tour.err);
        for (String part : List.of(
                "SSE-S3",
                "SSE-KMS: a key",
                "S3 Bucket Key",
                "DSSE-KMS",
                "SSE-C",
                "Bucket default",
                "Client-side under a KMS key",
                "a changed byte, a moved object",
                "the recovery key reads",
                "no KMS rights",
                "default changed",
                "alias",
                "aws/s3",
                "readable and unreadable",
                "Bucket Keys off and on",
                "SSE-C keys by MAC",
                "ETags",
                "disabled key")) {
            assertTrue(tour.out.contains(part), part);
        }
        assertFalse(tour.out.contains("DIFFERS"), tour.out);
        tour.out.lines().forEach(line -> assertTrue(line.length() <= width, line));
    }

    @Test
    void answersFailure_whenAFileIsMissing() {
        Result tour = run(80, "tour", folder.resolve("none").toString());
        assertEquals(1, tour.exitCode);
        assertTrue(tour.err.contains("no such file"), tour.err);
    }

    private record Result(int exitCode, String out, String err) {}

    private static Result run(int width, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Envelope.run(
                new Surroundings(
                        new ByteArrayInputStream(new byte[0]),
                        new PrintStream(out, false, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        new Terminal(false, width),
                        Map.of(),
                        ProfileFile::defaultProfileFile),
                arguments);
        return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
