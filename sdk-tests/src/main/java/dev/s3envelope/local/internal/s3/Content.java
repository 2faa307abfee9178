package dev.s3envelope.local.internal.s3;

import dev.s3envelope.local.internal.http.AwsError;
import dev.s3envelope.local.internal.http.ChecksumAlgorithm;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Content that was received, verified and sealed, but belongs to no object yet; closing it before {@link #keep} frees it. */
final class Content implements AutoCloseable {
    private final S3Core core;
    private final Blob blob;
    private final Sealed sealed;
    private final String etag;
    private final ObjectVersion.Checksum checksum;
    private boolean kept;

    private Content(S3Core core, Blob blob, Sealed sealed, String etag, ObjectVersion.Checksum checksum) {
        this.core = core;
        this.blob = blob;
        this.sealed = sealed;
        this.etag = etag;
        this.checksum = checksum;
    }

    /** Stores the body of a request under a fresh data key. */
    static Content receive(S3Core core, S3Request request, Bucket bucket, String key, EncryptionChoice choice)
            throws IOException {
        long length = requireLength(request);
        ChecksumAlgorithm declared = declared(request);
        ChecksumAlgorithm wanted = declared == null ? ChecksumAlgorithm.CRC64NVME : declared;
        DataKeys.Fresh fresh = core.keys().create(request, bucket, key, choice);
        try (ObjectKeys keys = fresh.keys()) {
            return store(core, request, request.call().body(), length, fresh.sealed(), keys, wanted);
        }
    }

    static long requireLength(S3Request request) {
        long length = request.call().contentLength();
        if (length < 0) {
            throw new AwsError(411, "MissingContentLength", "You must provide the Content-Length HTTP header.");
        }
        if (length > ObjectWrites.MAX_PUT) {
            throw S3Errors.tooLarge(length, ObjectWrites.MAX_PUT);
        }
        return length;
    }

    /** Stores a stream and its checksum of the wanted kind; where the client sent that one, it was verified on the way. */
    static Content store(
            S3Core core,
            S3Request request,
            InputStream in,
            long length,
            Sealed sealed,
            ObjectKeys keys,
            ChecksumAlgorithm wanted)
            throws IOException {
        MessageDigest md5 = ChecksumAlgorithm.digest("MD5");
        ChecksumAlgorithm.Running running = declared(request) == wanted ? null : wanted.start();
        Blob blob = core.sink()
                .store(
                        in,
                        keys,
                        length,
                        ObjectWrites.MAX_PUT,
                        size -> {
                            throw S3Errors.tooLarge(size, ObjectWrites.MAX_PUT);
                        },
                        (data, offset, count) -> {
                            md5.update(data, offset, count);
                            if (running != null) {
                                running.update(data, offset, count);
                            }
                        });
        boolean md5Tag = sealed.mode() == Sealed.Mode.SSE_S3;
        String etag = md5Tag ? ObjectWrites.hex(md5) : core.opaqueTag();
        String value = running != null
                ? running.base64()
                : String.valueOf(request.call().verifiedChecksums().get(wanted.header()));
        return new Content(core, blob, sealed, etag, new ObjectVersion.Checksum(wanted, value, false));
    }

    /** The kind of checksum the client sent for the body, as header or trailer. */
    static @Nullable ChecksumAlgorithm declared(S3Request request) {
        if (request.operation().copies()) {
            return null;
        }
        for (String header : request.call().headers().keySet()) {
            ChecksumAlgorithm algorithm = ChecksumAlgorithm.ofHeader(header);
            if (algorithm != null) {
                return algorithm;
            }
        }
        String trailer = request.header("x-amz-trailer");
        return trailer == null
                ? null
                : ChecksumAlgorithm.ofHeader(trailer.strip().toLowerCase(Locale.ROOT));
    }

    Blob blob() {
        return blob;
    }

    Sealed sealed() {
        return sealed;
    }

    String etag() {
        return etag;
    }

    ObjectVersion.Checksum checksum() {
        return checksum;
    }

    ObjectVersion.Part part(int number, long now) {
        return new ObjectVersion.Part(number, blob, etag, checksum.value(), now);
    }

    /** The content now belongs to an object or upload. */
    void keep() {
        kept = true;
    }

    @Override
    public void close() {
        if (!kept) {
            core.store().free(blob);
        }
    }
}
