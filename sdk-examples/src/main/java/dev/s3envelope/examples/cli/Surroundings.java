package dev.s3envelope.examples.cli;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Supplier;
import software.amazon.awssdk.profiles.ProfileFile;

/**
 * What a command reads and writes, given to it rather than taken from the JVM, so that a test runs it as a shell does.
 *
 * @param in standard input
 * @param out standard output: tables and object bytes
 * @param err standard error: messages and the progress bar
 * @param terminal the terminal a person looks at, or {@link Terminal#none()}
 * @param environment environment variables
 * @param profiles the shared AWS configuration and credentials files; read when a command needs them
 */
public record Surroundings(
        InputStream in,
        PrintStream out,
        PrintStream err,
        Terminal terminal,
        Map<String, String> environment,
        Supplier<ProfileFile> profiles) {
    /** Those of this process. Text is written in UTF-8 whatever the locale, so that object keys survive. */
    public static Surroundings ofProcess() {
        return new Surroundings(
                // Buffered, because a bare FileInputStream seeks when it is asked for many bytes, which a pipe refuses.
                new BufferedInputStream(new FileInputStream(FileDescriptor.in), 1 << 16),
                new PrintStream(
                        new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16),
                        false,
                        StandardCharsets.UTF_8),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                Terminal.detect(System.getenv()),
                System.getenv(),
                ProfileFile::defaultProfileFile);
    }
}
