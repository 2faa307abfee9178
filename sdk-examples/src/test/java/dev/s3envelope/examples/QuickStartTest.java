package dev.s3envelope.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.local.LocalAccount;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.S3Client;

class QuickStartTest {
    private static final Path SOURCE = Path.of("src/main/java/dev/s3envelope/examples/QuickStart.java");
    private static final Path README = Path.of("../README.md");

    @Test
    void writesEachObjectInItsMode() {
        try (LocalAws aws = LocalAws.start()) {
            LocalAccount account = aws.account("111122223333");
            LocalUser alice = account.createUser("alice").allow("s3:*").allow("kms:*");
            S3Client plain = aws.s3(alice);
            plain.createBucket(request -> request.bucket("documents"));
            String key = account.createKey().arn();
            assertEquals("alice,4200", QuickStart.run(plain, "documents", key));
            assertEquals(
                    key,
                    plain.headObject(r -> r.bucket("documents").key("payroll/may.csv"))
                            .ssekmsKeyId());
            assertEquals(
                    "AES256",
                    plain.headObject(r -> r.bucket("documents").key("logo.svg")).serverSideEncryptionAsString());
        }
    }

    @Test
    void isWhatTheReadmeShows() throws IOException {
        List<String> lines = Files.readAllLines(SOURCE);
        int from = index(lines, "// README: from here") + 1;
        int to = index(lines, "// README: to here");
        String shown = String.join("\n", lines.subList(from, to)).stripIndent();
        assertTrue(to - from <= 15, "the example has grown to " + (to - from) + " lines");
        assertTrue(
                Files.readString(README).contains("```java\n" + shown + "\n```"),
                "README.md does not show this example:\n" + shown);
    }

    private static int index(List<String> lines, String marker) {
        for (int line = 0; line < lines.size(); line++) {
            if (lines.get(line).strip().equals(marker)) {
                return line;
            }
        }
        throw new IllegalStateException("no line " + marker);
    }
}
