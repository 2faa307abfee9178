package dev.s3envelope.local.internal.s3;

import dev.s3envelope.local.internal.http.ChecksumAlgorithm;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** CopyObject and UploadPartCopy: the source is decrypted for the requester and encrypted anew as the destination asks. */
final class Copies {
    private static final Pattern RANGE = Pattern.compile("bytes=([0-9]{1,15})-([0-9]{1,15})");

    private final S3Core core;
    private final ObjectWrites writes;
    private final MultipartUploads uploads;

    Copies(S3Core core) {
        this.core = core;
        this.writes = new ObjectWrites(core);
        this.uploads = new MultipartUploads(core);
    }

    void copy(S3Request request) throws IOException {
        Bucket bucket = core.bucket(request);
        String key = request.key();
        ObjectWrites.checkKey(key);
        core.gate().requireObject(request, bucket, "s3:PutObject", key, null);
        ObjectWrites.checkAcl(request, bucket);
        boolean replaceMetadata = replaces(request, "x-amz-metadata-directive", "metadata");
        boolean replaceTags = replaces(request, "x-amz-tagging-directive", "tagging");
        try (CopySource source = CopySource.open(core, request)) {
            Preconditions.checkWrite(request, bucket, key);
            checkSelf(request, bucket, source, replaceMetadata);
            Map<String, String> tags = tags(request, bucket, source, replaceTags);
            Map<String, String> systemHeaders = replaceMetadata
                    ? ObjectHeaders.system(request)
                    : source.version().headers();
            Map<String, String> metadata = replaceMetadata
                    ? ObjectHeaders.metadata(request)
                    : source.version().metadata();
            String storageClass = ObjectHeaders.storageClass(request);
            try (EncryptionChoice choice =
                            EncryptionChoice.of(request, bucket, core.settings().loopbackWithoutTls());
                    Content content = transfer(request, bucket, key, source, choice)) {
                ObjectVersion version = new ObjectVersion(
                        key,
                        writes.versionId(bucket),
                        false,
                        core.now(),
                        content.blob().length(),
                        content.etag(),
                        systemHeaders,
                        metadata,
                        tags,
                        storageClass,
                        content.checksum(),
                        content.sealed(),
                        List.of(content.part(1, core.now())),
                        false);
                synchronized (bucket) {
                    Preconditions.checkWrite(request, bucket, key);
                    core.store().put(bucket, version);
                    content.keep();
                }
                answer(request, bucket, source, version);
            }
        }
    }

    private void answer(S3Request request, Bucket bucket, CopySource source, ObjectVersion version) {
        Map<String, String> headers = sourceVersion(source);
        ObjectHeaders.encryption(headers, version.seal(), true);
        ObjectHeaders.version(headers, bucket, version);
        ObjectVersion.Checksum checksum = version.checksum();
        request.answer(200, headers, Xml.document("CopyObjectResult", xml -> {
            xml.add("LastModified", S3Core.xmlDate(version.modified())).add("ETag", '"' + version.etag() + '"');
            if (checksum != null) {
                xml.add("ChecksumType", checksum.type()).add("Checksum" + checksum.algorithm(), checksum.value());
            }
        }));
    }

    private static Map<String, String> sourceVersion(CopySource source) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (source.bucket().config().versioning() != null) {
            headers.put("x-amz-copy-source-version-id", source.version().versionId());
        }
        return headers;
    }

    private Content transfer(S3Request request, Bucket bucket, String key, CopySource source, EncryptionChoice choice)
            throws IOException {
        ObjectVersion from = source.version();
        ChecksumAlgorithm asked = ObjectWrites.announced(request);
        ObjectVersion.Checksum kept = from.checksum();
        ChecksumAlgorithm wanted =
                asked != null ? asked : kept != null ? kept.algorithm() : ChecksumAlgorithm.CRC64NVME;
        // The source opens first: who may not read it makes no new data key.
        try (InputStream in = source.content(0, from.size())) {
            DataKeys.Fresh fresh = core.keys().create(request, bucket, key, choice);
            try (ObjectKeys keys = fresh.keys()) {
                return Content.store(core, request, in, from.size(), fresh.sealed(), keys, wanted);
            }
        }
    }

    private Map<String, String> tags(S3Request request, Bucket bucket, CopySource source, boolean replace) {
        Map<String, String> tags =
                replace ? ObjectHeaders.tags(request) : source.version().tags();
        if (!replace && !tags.isEmpty()) {
            core.gate()
                    .requireObject(
                            request,
                            source.bucket(),
                            source.versionNamed() ? "s3:GetObjectVersionTagging" : "s3:GetObjectTagging",
                            source.version().key(),
                            source.version());
        }
        if (!tags.isEmpty()) {
            core.gate().requireObject(request, bucket, "s3:PutObjectTagging", request.key(), null);
        }
        return tags;
    }

    private static boolean replaces(S3Request request, String header, String what) {
        String directive = request.header(header);
        if (directive == null || directive.equals("COPY")) {
            return false;
        }
        if (!directive.equals("REPLACE")) {
            throw S3Errors.argument(header, directive, "Unknown " + what + " directive.");
        }
        return true;
    }

    /** A copy onto itself must change something. */
    private static void checkSelf(S3Request request, Bucket bucket, CopySource source, boolean replaceMetadata) {
        boolean same = source.bucket().name().equals(bucket.name())
                && source.version().key().equals(request.key())
                && !source.versionNamed();
        boolean changes = replaceMetadata
                || request.header("x-amz-storage-class") != null
                || request.header("x-amz-website-redirect-location") != null
                || request.header(EncryptionChoice.SSE) != null
                || request.header(CustomerKey.PREFIX + "algorithm") != null;
        if (same && !changes) {
            throw S3Errors.request(
                    "This copy request is illegal because it is trying to copy an object to itself without"
                            + " changing the object's metadata, storage class, website redirect location or encryption"
                            + " attributes.");
        }
    }

    void uploadPartCopy(S3Request request) throws IOException {
        Bucket bucket = core.bucket(request);
        int number = MultipartUploads.partNumber(String.valueOf(request.parameter("partNumber")));
        core.gate().requireObject(request, bucket, "s3:PutObject", request.key(), null);
        MultipartUpload upload = MultipartUploads.upload(request, bucket);
        try (CopySource source = CopySource.open(core, request)) {
            ByteRange range = range(
                    request.header("x-amz-copy-source-range"), source.version().size());
            try (CustomerKey customer = uploads.customerKey(request, upload);
                    Content content = transferPart(request, bucket, upload, source, range, customer)) {
                ObjectVersion.Part part = uploads.keep(bucket, upload, content, number);
                Map<String, String> headers = sourceVersion(source);
                ObjectHeaders.encryption(headers, upload.sealed(), false);
                request.answer(200, headers, Xml.document("CopyPartResult", xml -> {
                    xml.add("LastModified", S3Core.xmlDate(part.modified())).add("ETag", '"' + part.etag() + '"');
                    if (upload.algorithm() != null) {
                        xml.add("Checksum" + upload.algorithm(), part.checksum());
                    }
                }));
            }
        }
    }

    private Content transferPart(
            S3Request request,
            Bucket bucket,
            MultipartUpload upload,
            CopySource source,
            ByteRange range,
            @Nullable CustomerKey customer)
            throws IOException {
        try (InputStream in = source.content(range.offset(), range.length());
                ObjectKeys keys = core.keys().open(request, bucket, upload.key(), upload.sealed(), customer)) {
            return Content.store(
                    core, request, in, range.length(), upload.sealed(), keys, MultipartUploads.partAlgorithm(upload));
        }
    }

    private static ByteRange range(@Nullable String header, long size) {
        if (header == null) {
            if (size > ObjectWrites.MAX_PUT) {
                throw S3Errors.tooLarge(size, ObjectWrites.MAX_PUT);
            }
            return new ByteRange(0, size);
        }
        Matcher matcher = RANGE.matcher(header);
        if (!matcher.matches() || Long.parseLong(matcher.group(2)) < Long.parseLong(matcher.group(1))) {
            throw S3Errors.argument(
                    "x-amz-copy-source-range",
                    header,
                    "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the"
                            + " zero-based offsets of the first and last bytes to copy");
        }
        long first = Long.parseLong(matcher.group(1));
        long last = Long.parseLong(matcher.group(2));
        if (last >= size) {
            throw S3Errors.argument(
                    "x-amz-copy-source-range",
                    header,
                    "Range specified is not valid for source object of size: " + size);
        }
        if (last - first + 1 > ObjectWrites.MAX_PUT) {
            throw S3Errors.tooLarge(last - first + 1, ObjectWrites.MAX_PUT);
        }
        return new ByteRange(first, last - first + 1);
    }
}
