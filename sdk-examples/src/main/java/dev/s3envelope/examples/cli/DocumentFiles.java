package dev.s3envelope.examples.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads files of access documents; see {@code docs/access-documents.md}. */
final class DocumentFiles {
    private DocumentFiles() {}

    static String text(Path file) throws IOException {
        if (!Files.isReadable(file)) {
            throw new UsageProblem("the file " + file + " cannot be read");
        }
        return Files.readString(file);
    }
}
