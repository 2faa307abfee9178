package dev.s3envelope.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code envelope} in JVMs of its own. Its messages go to this one's standard error. */
final class Cli {
    private static final Pattern EXPORT = Pattern.compile("([A-Z_]+)=(\\S+)");

    private Cli() {}

    static Process start(Map<String, String> environment, String... arguments) throws IOException {
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

    /** A server that has said that it is ready. */
    static final class Server implements AutoCloseable {
        private final Process process;
        private final Map<String, String> exports = new HashMap<>();
        private final List<String> lines = new ArrayList<>();

        Server(String... arguments) throws IOException {
            List<String> line = new ArrayList<>(List.of("serve"));
            line.addAll(List.of(arguments));
            process = Cli.start(Map.of(), line.toArray(String[]::new));
            BufferedReader printed =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            for (String each = printed.readLine(); !"# ready".equals(each); each = printed.readLine()) {
                if (each == null) {
                    throw new IllegalStateException("the server ended before it was ready");
                }
                lines.add(each);
                Matcher export = EXPORT.matcher(each);
                while (each.startsWith("export ") && export.find()) {
                    exports.put(export.group(1), export.group(2));
                }
            }
        }

        /** The environment of a client of this server. */
        Map<String, String> environment() {
            return exports;
        }

        /** One of them. */
        String exported(String name) {
            return Objects.requireNonNull(exports.get(name), name);
        }

        /** What follows this text on the line that begins with it. */
        String printed(String start) {
            return lines.stream()
                    .filter(line -> line.startsWith(start))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no line " + start + " in " + lines))
                    .substring(start.length());
        }

        @Override
        public void close() throws InterruptedException {
            process.destroy();
            assertTrue(process.waitFor(30, TimeUnit.SECONDS), "the server goes on after SIGTERM");
        }
    }
}
