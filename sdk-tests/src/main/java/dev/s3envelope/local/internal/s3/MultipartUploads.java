package dev.s3envelope.local.internal.s3;

import dev.s3envelope.local.internal.http.ChecksumAlgorithm;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** CreateMultipartUpload, UploadPart and AbortMultipartUpload. */
final class MultipartUploads {
    private static final int MAX_PARTS = 10_000;

    private final S3Core core;

    MultipartUploads(S3Core core) {
        this.core = core;
    }

    void create(S3Request request) {
        Bucket bucket = core.bucket(request);
        String key = request.key();
        ObjectWrites.checkKey(key);
        core.gate().requireObject(request, bucket, "s3:PutObject", key, null);
        if (request.header("x-amz-tagging") != null) {
            core.gate().requireObject(request, bucket, "s3:PutObjectTagging", key, null);
        }
        ObjectWrites.checkAcl(request, bucket);
        ChecksumAlgorithm algorithm = ObjectWrites.announced(request);
        boolean composite = composite(algorithm, request.header("x-amz-checksum-type"));
        try (EncryptionChoice choice =
                EncryptionChoice.of(request, bucket, core.settings().loopbackWithoutTls())) {
            DataKeys.Fresh fresh = core.keys().create(request, bucket, key, choice);
            fresh.keys().close();
            MultipartUpload upload = new MultipartUpload(
                    core.newVersionId() + core.newVersionId(),
                    key,
                    core.now(),
                    request.principalArn(),
                    ObjectHeaders.system(request),
                    ObjectHeaders.metadata(request),
                    ObjectHeaders.tags(request),
                    ObjectHeaders.storageClass(request),
                    algorithm,
                    composite,
                    fresh.sealed(),
                    new TreeMap<>());
            synchronized (bucket) {
                core.store().save(bucket, upload);
            }
            Map<String, String> headers = new LinkedHashMap<>();
            ObjectHeaders.encryption(headers, upload.sealed(), true);
            if (algorithm != null) {
                headers.put("x-amz-checksum-algorithm", algorithm.name());
                headers.put("x-amz-checksum-type", composite ? "COMPOSITE" : "FULL_OBJECT");
            }
            request.answer(
                    200,
                    headers,
                    Xml.document(
                            "InitiateMultipartUploadResult",
                            xml -> xml.add("Bucket", bucket.name())
                                    .add("Key", key)
                                    .add("UploadId", upload.id())));
        }
    }

    private static boolean composite(@Nullable ChecksumAlgorithm algorithm, @Nullable String type) {
        if (type == null) {
            return algorithm != null && algorithm != ChecksumAlgorithm.CRC64NVME;
        }
        if (algorithm == null) {
            throw S3Errors.request(
                    "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm" + " header.");
        }
        boolean composite = type.equals("COMPOSITE");
        if (!composite && !type.equals("FULL_OBJECT")) {
            throw S3Errors.request("Value for x-amz-checksum-type header is invalid.");
        }
        if (composite ? algorithm == ChecksumAlgorithm.CRC64NVME : !algorithm.linear()) {
            throw S3Errors.request("The " + type + " checksum type cannot be used with the "
                    + algorithm.name().toLowerCase(Locale.ROOT) + " checksum algorithm.");
        }
        return composite;
    }

    void uploadPart(S3Request request) throws IOException {
        Bucket bucket = core.bucket(request);
        int number = partNumber(String.valueOf(request.parameter("partNumber")));
        core.gate().requireObject(request, bucket, "s3:PutObject", request.key(), null);
        MultipartUpload upload = upload(request, bucket);
        ChecksumAlgorithm declared = Content.declared(request);
        if (declared != null && upload.algorithm() != null && declared != upload.algorithm()) {
            throw S3Errors.request("Checksum Type mismatch occurred, expected checksum Type: "
                    + upload.algorithm().name().toLowerCase(Locale.ROOT) + ", actual checksum Type: "
                    + declared.name().toLowerCase(Locale.ROOT));
        }
        long length = Content.requireLength(request);
        try (CustomerKey customer = customerKey(request, upload);
                ObjectKeys keys = core.keys().open(request, bucket, upload.key(), upload.sealed(), customer);
                Content content = Content.store(
                        core, request, request.call().body(), length, upload.sealed(), keys, partAlgorithm(upload))) {
            ObjectVersion.Part part = keep(bucket, upload, content, number);
            Map<String, String> headers = new LinkedHashMap<>();
            headers.put("ETag", '"' + part.etag() + '"');
            ObjectHeaders.encryption(headers, upload.sealed(), false);
            if (declared != null) {
                headers.put(
                        declared.header(),
                        String.valueOf(request.call().verifiedChecksums().get(declared.header())));
            }
            request.answer(200, headers, new byte[0]);
        }
    }

    static ChecksumAlgorithm partAlgorithm(MultipartUpload upload) {
        return upload.algorithm() == null ? ChecksumAlgorithm.CRC64NVME : upload.algorithm();
    }

    /** Adds received content to an upload that is still open, and frees what the part was before. */
    ObjectVersion.Part keep(Bucket bucket, MultipartUpload started, Content content, int number) {
        ObjectVersion.Part part = content.part(number, core.now());
        synchronized (bucket) {
            MultipartUpload upload = bucket.uploads().get(started.id());
            if (upload == null) {
                throw S3Errors.noSuchUpload(started.id());
            }
            core.store().save(bucket, upload.with(part));
            content.keep();
            ObjectVersion.Part replaced = upload.parts().get(number);
            if (replaced != null) {
                core.store().free(replaced.blob());
            }
        }
        return part;
    }

    void abort(S3Request request) {
        Bucket bucket = core.bucket(request);
        core.gate().requireObject(request, bucket, "s3:AbortMultipartUpload", request.key(), null);
        synchronized (bucket) {
            MultipartUpload upload = upload(request, bucket);
            core.store().delete(bucket, upload);
            upload.parts().values().forEach(part -> core.store().free(part.blob()));
        }
        request.answer(204);
    }

    /** The upload a request names, if it is of the key the request names. */
    static MultipartUpload upload(S3Request request, Bucket bucket) {
        String id = String.valueOf(request.parameter("uploadId"));
        MultipartUpload upload = bucket.uploads().get(id);
        if (upload == null || !upload.key().equals(request.key())) {
            throw S3Errors.noSuchUpload(id);
        }
        return upload;
    }

    static int partNumber(String text) {
        try {
            int number = Integer.parseInt(text);
            if (number >= 1 && number <= MAX_PARTS) {
                return number;
            }
        } catch (NumberFormatException e) {
            // refused like a number out of range
        }
        throw S3Errors.argument("partNumber", text, "Part number must be an integer between 1 and 10000, inclusive");
    }

    /** The customer key of a part: the one the upload was created with, again in full. */
    @Nullable
    CustomerKey customerKey(S3Request request, MultipartUpload upload) {
        CustomerKey key =
                CustomerKey.of(request, CustomerKey.PREFIX, core.settings().loopbackWithoutTls());
        Sealed.Customer customer = upload.sealed().customer();
        if ((customer == null) != (key == null)) {
            if (key != null) {
                key.close();
            }
            throw S3Errors.request("The multipart upload initiate requested encryption. Subsequent part requests must"
                    + " include the appropriate encryption parameters.");
        }
        if (customer != null && key != null && !key.matches(customer)) {
            key.close();
            throw S3Errors.request("The provided encryption parameters did not match the ones used originally.");
        }
        return key;
    }
}
