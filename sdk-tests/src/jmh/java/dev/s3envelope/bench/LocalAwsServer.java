package dev.s3envelope.bench;

import dev.s3envelope.local.LocalAccount;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalUser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;

/**
 * A LocalAws over HTTPS in a process of its own, so that what a benchmark measures is the client. It prints one line of facts (see {@link ServerProcess}) and then
 * answers commands on standard input, one a line: {@code clear} forgets the events, {@code kms} prints how many KMS requests came since. It ends with its
 * input.
 */
public final class LocalAwsServer {
    static final String BUCKET = "bench";

    private LocalAwsServer() {}

    /** Runs; the argument is the least time a KMS call takes, in milliseconds. */
    public static void main(String[] args) throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (LocalAws aws = LocalAws.builder()
                .https(true)
                .kmsLatency(Duration.ofMillis(Long.parseLong(args[0])))
                .build()) {
            LocalAccount account = aws.account("111122223333");
            LocalUser user = account.createUser("bench").allow("s3:*").allow("kms:*");
            aws.s3(user).createBucket(b -> b.bucket(BUCKET));
            out.println(String.join(
                    " ",
                    aws.endpoint().toString(),
                    aws.region(),
                    user.credentials().accessKeyId(),
                    user.credentials().secretAccessKey(),
                    account.createKey().arn(),
                    Base64.getEncoder()
                            .encodeToString(aws.certificatePem().orElseThrow().getBytes(StandardCharsets.UTF_8))));
            serve(aws, out);
        }
    }

    private static void serve(LocalAws aws, PrintStream out) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String command = in.readLine(); command != null; command = in.readLine()) {
            switch (command) {
                case "clear" -> {
                    aws.events().clear();
                    out.println("cleared");
                }
                case "kms" -> out.println(aws.events().service("kms").size());
                default -> out.println("unknown command");
            }
        }
    }
}
