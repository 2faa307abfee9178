package dev.s3envelope.examples;

import dev.s3envelope.examples.cli.Surroundings;
import dev.s3envelope.examples.cli.Terminal;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalPrincipal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.profiles.ProfileFile;

/** Runs {@code envelope} in this process as somebody, against a LocalAws; credentials come from a profile, as on a shell. */
final class Shell {
    private final LocalAws aws;
    private final Map<String, LocalPrincipal> profiles;
    private final Map<String, String> environment;
    private final Terminal terminal;

    /** What a command left behind. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody as a whole
    record Run(int exitCode, byte[] bytes, String err) {
        String out() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    Shell(LocalAws aws, Map<String, LocalPrincipal> profiles, Map<String, String> environment, Terminal terminal) {
        this.aws = aws;
        this.profiles = profiles;
        this.environment = environment;
        this.terminal = terminal;
    }

    static Shell of(LocalAws aws, Map<String, LocalPrincipal> profiles) {
        return new Shell(aws, profiles, Map.of(), Terminal.none());
    }

    /** Runs a command against LocalAws with the credentials of a profile. */
    Run as(String profile, String... arguments) {
        return as(profile, new byte[0], arguments);
    }

    Run as(String profile, byte[] input, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(
                "--profile",
                profile,
                "--region",
                aws.region(),
                "--endpoint-url",
                aws.endpoint().toString()));
        return run(input, all.toArray(String[]::new));
    }

    /** Runs a command line as it stands. */
    Run run(byte[] input, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Surroundings surroundings = new Surroundings(
                new ByteArrayInputStream(input),
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                terminal,
                environment,
                this::profileFile);
        int code = Envelope.run(surroundings, arguments);
        return new Run(code, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
    }

    private ProfileFile profileFile() {
        StringBuilder text = new StringBuilder();
        profiles.forEach((name, principal) -> text.append("[")
                .append(name)
                .append("]\naws_access_key_id=")
                .append(principal.credentials().accessKeyId())
                .append("\naws_secret_access_key=")
                .append(principal.credentials().secretAccessKey())
                .append('\n'));
        return ProfileFile.builder()
                .content(text.toString())
                .type(ProfileFile.Type.CREDENTIALS)
                .build();
    }
}
