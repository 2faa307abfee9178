package dev.s3envelope.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalUser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An object several times as large as the client's heap is written and read. The client is a JVM of its own, and LocalAws keeps the object in a directory.
 * {@code memory.size} (bytes) and {@code memory.heap} (as {@code -Xmx} has it) make it larger; more than 5 GiB goes in parts by itself.
 */
class BoundedMemoryTest {
    private static final long SIZE = Long.getLong("memory.size", 300L << 20);
    private static final String HEAP = System.getProperty("memory.heap", "64m");
    private static final String BUCKET = "memory";

    @TempDir
    static Path folder;

    private static LocalAws aws;
    private static LocalUser alice;

    @BeforeAll
    static void start() {
        aws = LocalAws.builder().directory(folder).build();
        alice = aws.account("111122223333").createUser("alice").allow("s3:*");
        aws.s3(alice).createBucket(b -> b.bucket(BUCKET));
    }

    @AfterAll
    static void stop() {
        aws.close();
    }

    @ParameterizedTest(name = "{0}, parts of {1}")
    @CsvSource({"SYNC, 0", "ASYNC, 0", "SYNC, 8388608", "ASYNC, 8388608"})
    void objectLargerThanTheHeap_isWrittenAndRead(String client, long partSize)
            throws IOException, InterruptedException {
        List<String> line = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + HEAP,
                "-cp",
                System.getProperty("java.class.path"),
                LargeObject.class.getName(),
                client,
                Long.toString(SIZE),
                Long.toString(partSize),
                aws.endpoint().toString(),
                aws.region(),
                alice.credentials().accessKeyId(),
                alice.credentials().secretAccessKey(),
                BUCKET);
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        aws.s3(alice).deleteObject(b -> b.bucket(BUCKET).key("large"));
        System.out.println(client + ", parts of " + partSize + ", -Xmx" + HEAP + "\n" + said);
    }
}
