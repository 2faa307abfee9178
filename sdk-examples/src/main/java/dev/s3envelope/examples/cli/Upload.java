package dev.s3envelope.examples.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/** Uploads a file or a stream, in one request or in parts; a file is read once for each attempt and never held in memory. */
final class Upload {
    private static final String BINARY = "application/octet-stream";

    private final S3Client s3;
    private final UploadSpec spec;
    private final Progress progress;

    Upload(S3Client s3, UploadSpec spec, Progress progress) {
        this.s3 = s3;
        this.spec = spec;
        this.progress = progress;
    }

    /** Uploads a file. */
    Uploaded file(Path file) throws IOException {
        long size = Files.size(file);
        if (size <= spec.partSize()) {
            PutObjectResponse answer = s3.putObject(spec.put(size), body(file, 0, size));
            return Uploaded.of(size, answer);
        }
        long partSize = spec.partSizeFor(size);
        try (Multipart upload = Multipart.start(s3, spec)) {
            for (long at = 0; at < size; at += partSize) {
                upload.part(body(file, at, Math.min(partSize, size - at)));
            }
            return upload.complete(size);
        }
    }

    /** Uploads a stream of unknown length; at most {@code parallel + 1} parts are in memory. */
    Uploaded stream(InputStream in) throws IOException {
        int partSize = Math.toIntExact(Math.min(spec.partSize(), 1 << 30));
        byte[] first = in.readNBytes(partSize);
        if (first.length < partSize) {
            PutObjectResponse answer = s3.putObject(spec.put(first.length), body(first));
            return Uploaded.of(first.length, answer);
        }
        long size = 0;
        try (Multipart upload = Multipart.start(s3, spec)) {
            for (byte[] part = first; part.length > 0; part = in.readNBytes(partSize)) {
                size += part.length;
                upload.part(body(part));
            }
            return upload.complete(size);
        }
    }

    private RequestBody body(Path file, long at, long length) {
        return RequestBody.fromContentProvider(new Attempts(() -> FilePart.open(file, at, length)), length, BINARY);
    }

    private RequestBody body(byte[] bytes) {
        return RequestBody.fromContentProvider(
                new Attempts(() -> new ByteArrayInputStream(bytes)), bytes.length, BINARY);
    }

    private interface Opening {
        InputStream open() throws IOException;
    }

    /** Opens the content anew for each attempt, and takes back what the attempt before had counted. */
    private final class Attempts implements ContentStreamProvider {
        private final Opening opening;
        private CountedStream last = new CountedStream(InputStream.nullInputStream(), Progress.silent());

        private Attempts(Opening opening) {
            this.opening = opening;
        }

        @Override
        public synchronized InputStream newStream() {
            try {
                last.close();
                last.takeBack();
                last = new CountedStream(opening.open(), progress);
                return last;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
