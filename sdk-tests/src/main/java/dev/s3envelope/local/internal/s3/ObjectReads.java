package dev.s3envelope.local.internal.s3;

import dev.s3envelope.local.internal.http.AwsError;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** GetObject and HeadObject. */
final class ObjectReads {
    private static final List<String> OVERRIDES = List.of(
            "Content-Type", "Content-Language", "Expires", "Cache-Control", "Content-Disposition", "Content-Encoding");

    /** As CloudTrail calls it in the data events of S3. */
    private static final String BYTES_OUT = "bytesTransferredOut";

    private final S3Core core;

    ObjectReads(S3Core core) {
        this.core = core;
    }

    void get(S3Request request) throws IOException {
        read(request, true);
    }

    void head(S3Request request) throws IOException {
        read(request, false);
    }

    private void read(S3Request request, boolean withBody) throws IOException {
        Bucket bucket = core.bucket(request);
        String versionId = request.value("versionId");
        ObjectVersion there =
                versionId == null ? bucket.latest(request.key()) : bucket.version(request.key(), versionId);
        core.gate()
                .requireObject(
                        request,
                        bucket,
                        versionId == null ? "s3:GetObject" : "s3:GetObjectVersion",
                        request.key(),
                        there);
        ObjectVersion version = core.existing(request, bucket, request.key(), versionId);
        try (CustomerKey customer =
                SseReads.check(request, version.seal(), core.settings().loopbackWithoutTls())) {
            answer(request, bucket, version, customer, withBody);
        }
    }

    private void answer(
            S3Request request, Bucket bucket, ObjectVersion version, @Nullable CustomerKey customer, boolean withBody)
            throws IOException {
        Map<String, String> headers = ObjectHeaders.describe(bucket, version);
        if (Preconditions.notModified(request, version)) {
            headers.remove("Content-Type");
            request.answer(304, headers, new byte[0]);
            return;
        }
        ByteRange range = range(request, version, headers);
        boolean checksums = "ENABLED".equalsIgnoreCase(request.header("x-amz-checksum-mode"));
        if (checksums && range == null) {
            ObjectHeaders.checksum(headers, version);
        }
        overrides(request, headers);
        long offset = range == null ? 0 : range.offset();
        long length = range == null ? version.size() : range.length();
        int status = range == null ? 200 : 206;
        if (!withBody) {
            if (checksums && version.checksum() != null && version.seal().mode().kms()) {
                // The checksum lies encrypted beside the object: to show it is to decrypt.
                core.keys()
                        .open(request, bucket, version.key(), version.seal(), customer)
                        .close();
            }
            request.stream(status, headers, length).close();
            return;
        }
        ObjectKeys keys = core.keys().open(request, bucket, version.key(), version.seal(), customer);
        request.detail(BYTES_OUT, String.valueOf(length));
        try (InputStream in = new BlobSource(core.store().blobs(), keys, version.blobs(), offset, length);
                OutputStream out = request.stream(status, headers, length)) {
            in.transferTo(out);
        }
    }

    private static @Nullable ByteRange range(S3Request request, ObjectVersion version, Map<String, String> headers) {
        String header = request.header("range");
        String partNumber = request.value("partNumber");
        if (partNumber != null) {
            if (header != null) {
                throw S3Errors.request("Cannot specify both Range header and partNumber query parameter");
            }
            return part(partNumber, version, headers);
        }
        if (header == null) {
            return null;
        }
        ByteRange range;
        try {
            range = ByteRange.of(header, version.size());
        } catch (AwsError e) {
            request.always("Content-Range", "bytes */" + version.size());
            throw e;
        }
        if (range != null) {
            headers.put("Content-Range", range.contentRange(version.size()));
        }
        return range;
    }

    private static @Nullable ByteRange part(String text, ObjectVersion version, Map<String, String> headers) {
        int number = MultipartUploads.partNumber(text);
        if (number > version.parts().size()) {
            throw new AwsError(
                    416,
                    "InvalidPartNumber",
                    "The requested partnumber is not satisfiable",
                    Map.of(
                            "PartNumberRequested",
                            text,
                            "ActualPartCount",
                            String.valueOf(version.parts().size())));
        }
        if (version.multipart()) {
            headers.put("x-amz-mp-parts-count", String.valueOf(version.parts().size()));
        }
        long offset = 0;
        for (int i = 0; i < number - 1; i++) {
            offset += version.parts().get(i).blob().length();
        }
        long length = version.parts().get(number - 1).blob().length();
        if (length == 0) {
            return null;
        }
        ByteRange range = new ByteRange(offset, length);
        headers.put("Content-Range", range.contentRange(version.size()));
        return range;
    }

    private static void overrides(S3Request request, Map<String, String> headers) {
        for (String name : OVERRIDES) {
            String value = request.value("response-" + name.toLowerCase(java.util.Locale.ROOT));
            if (value != null) {
                if (request.caller().credential() == null) {
                    throw S3Errors.request(
                            "Request specific response headers cannot be used for anonymous GET requests.");
                }
                headers.put(name, value);
            }
        }
    }
}
