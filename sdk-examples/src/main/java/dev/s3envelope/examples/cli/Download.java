package dev.s3envelope.examples.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** Downloads an object to a file, which appears under its name only when whole, or to a stream. */
final class Download {
    private static final int BUFFER = 1 << 16;

    private final S3Client s3;
    private final GetObjectRequest request;
    private final Progresses progresses;

    /** Makes the progress display once the length is known. */
    interface Progresses {
        Progress start(long length);
    }

    Download(S3Client s3, GetObjectRequest request, Progresses progresses) {
        this.s3 = s3;
        this.request = request;
        this.progresses = progresses;
    }

    /** Downloads into {@code file}; a broken connection is retried as the client's retries allow. Answers the bytes written. */
    long toFile(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new UsageProblem("'" + file + "' is no file to write to");
        }
        Files.createDirectories(folder);
        Path partial = folder.resolve("." + file.getFileName() + "." + UUID.randomUUID() + ".part");
        try {
            long bytes = s3.getObject(request, (response, body) -> {
                try (OutputStream out = Files.newOutputStream(partial)) {
                    return copy(response, body, out, true);
                }
            });
            Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
            return bytes;
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    /** Downloads into a stream. What was written can't be taken back, so a broken connection ends it with a failure. */
    long toStream(OutputStream out) throws IOException {
        long bytes = s3.getObject(request, (response, body) -> copy(response, body, out, false));
        out.flush();
        return bytes;
    }

    private long copy(GetObjectResponse response, AbortableInputStream body, OutputStream out, boolean again)
            throws IOException {
        long expected = response.contentLength() == null ? -1 : response.contentLength();
        long copied = 0;
        byte[] buffer = new byte[BUFFER];
        try (Progress progress = progresses.start(expected)) {
            for (int read = read(body, buffer, again); read >= 0; read = read(body, buffer, again)) {
                out.write(buffer, 0, read);
                progress.add(read);
                copied += read;
            }
        }
        if (expected >= 0 && copied != expected) {
            throw broken(new IOException("the answer ended after " + copied + " of " + expected + " bytes"), again);
        }
        return copied;
    }

    private static int read(InputStream body, byte[] buffer, boolean again) throws IOException {
        try {
            return body.read(buffer);
        } catch (IOException e) {
            throw broken(e, again);
        }
    }

    private static IOException broken(IOException failure, boolean again) {
        if (again) {
            throw RetryableException.create("Reading the object was cut short: " + failure.getMessage(), failure);
        }
        return failure;
    }
}
