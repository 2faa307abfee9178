package dev.s3envelope.local.internal.s3;

import dev.s3envelope.local.internal.http.AwsError;
import dev.s3envelope.local.internal.http.ChecksumAlgorithm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** CompleteMultipartUpload: every check of S3, then one object out of the parts that were named. */
final class MultipartCompletion {
    static final long MIN_PART = 5L << 20;
    private static final int REMEMBERED = 1000;

    private final S3Core core;
    private final Map<String, ObjectVersion> completed = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ObjectVersion> eldest) {
            return size() > REMEMBERED;
        }
    };

    MultipartCompletion(S3Core core) {
        this.core = core;
    }

    private record Named(int number, String etag, Map<ChecksumAlgorithm, String> checksums) {}

    void complete(S3Request request) throws IOException {
        Bucket bucket = core.bucket(request);
        core.gate().requireObject(request, bucket, "s3:PutObject", request.key(), null);
        ObjectVersion before = remembered(bucket, request);
        if (before != null) {
            answer(request, bucket, before);
            return;
        }
        MultipartUpload upload = MultipartUploads.upload(request, bucket);
        List<Named> named = parse(XmlNode.bytes(request.call().body()));
        List<ObjectVersion.Part> parts = choose(upload, named);
        checkCustomer(request, upload);
        if (upload.sealed().mode().kms()) {
            core.keys()
                    .open(request, bucket, upload.key(), upload.sealed(), null)
                    .close();
        }
        ObjectVersion.Checksum checksum = checksum(upload, parts);
        checkDeclared(request, upload, checksum, parts);
        ObjectVersion version = assemble(bucket, upload, parts, checksum);
        synchronized (bucket) {
            if (bucket.uploads().get(upload.id()) == null) {
                throw S3Errors.noSuchUpload(upload.id());
            }
            Preconditions.checkWrite(request, bucket, upload.key());
            core.store().put(bucket, version);
            core.store().delete(bucket, upload);
            upload.parts().values().stream()
                    .filter(part -> !parts.contains(part))
                    .forEach(part -> core.store().free(part.blob()));
        }
        synchronized (completed) {
            completed.put(bucket.name() + "/" + upload.id(), version);
        }
        answer(request, bucket, version);
    }

    /** A client that did not hear the answer asks again, and gets the same one. */
    private @Nullable ObjectVersion remembered(Bucket bucket, S3Request request) {
        synchronized (completed) {
            ObjectVersion version = completed.get(bucket.name() + "/" + request.parameter("uploadId"));
            return version != null && version.key().equals(request.key()) ? version : null;
        }
    }

    private void answer(S3Request request, Bucket bucket, ObjectVersion version) {
        Map<String, String> headers = new LinkedHashMap<>();
        ObjectHeaders.encryption(headers, version.seal(), false);
        ObjectHeaders.version(headers, bucket, version);
        ObjectVersion.Checksum checksum = version.checksum();
        request.answer(200, headers, Xml.document("CompleteMultipartUploadResult", xml -> {
            xml.add(
                            "Location",
                            "https://" + bucket.name() + ".s3." + bucket.region() + ".amazonaws.com/" + version.key())
                    .add("Bucket", bucket.name())
                    .add("Key", version.key())
                    .add("ETag", '"' + version.etag() + '"');
            if (checksum != null) {
                xml.add("Checksum" + checksum.algorithm(), checksum.value()).add("ChecksumType", checksum.type());
            }
        }));
    }

    private static List<Named> parse(byte[] document) {
        List<Named> named = new ArrayList<>();
        for (XmlNode part : XmlNode.parse(document, "CompleteMultipartUpload").all("Part")) {
            Map<ChecksumAlgorithm, String> checksums = new LinkedHashMap<>();
            for (ChecksumAlgorithm algorithm : ChecksumAlgorithm.values()) {
                String value = part.text("Checksum" + algorithm);
                if (value != null) {
                    checksums.put(algorithm, value);
                }
            }
            int number;
            try {
                number = Integer.parseInt(part.required("PartNumber"));
            } catch (NumberFormatException e) {
                throw XmlNode.malformed();
            }
            named.add(new Named(number, Preconditions.unquote(part.required("ETag")), checksums));
        }
        if (named.isEmpty()) {
            throw XmlNode.malformed();
        }
        return named;
    }

    private static List<ObjectVersion.Part> choose(MultipartUpload upload, List<Named> named) {
        List<ObjectVersion.Part> parts = new ArrayList<>(named.size());
        int last = 0;
        for (Named name : named) {
            if (name.number() <= last) {
                throw new AwsError(
                        400,
                        "InvalidPartOrder",
                        "The list of parts was not in ascending order. Parts must be ordered by part number.",
                        Map.of("UploadId", upload.id()));
            }
            last = name.number();
            ObjectVersion.Part part = upload.parts().get(name.number());
            if (part == null || !part.etag().equals(name.etag()) || !checksumsMatch(upload, part, name)) {
                throw invalidPart(upload, name);
            }
            parts.add(part);
        }
        if (upload.algorithm() != null && upload.composite()) {
            requireChecksums(upload.algorithm(), named);
        }
        for (ObjectVersion.Part part : parts.subList(0, parts.size() - 1)) {
            if (part.blob().length() < MIN_PART) {
                Map<String, String> details = new LinkedHashMap<>();
                details.put("ProposedSize", String.valueOf(part.blob().length()));
                details.put("MinSizeAllowed", String.valueOf(MIN_PART));
                details.put("PartNumber", String.valueOf(part.number()));
                details.put("ETag", part.etag());
                throw new AwsError(
                        400,
                        "EntityTooSmall",
                        "Your proposed upload is smaller than the minimum allowed size",
                        details);
            }
        }
        return parts;
    }

    private static boolean checksumsMatch(MultipartUpload upload, ObjectVersion.Part part, Named name) {
        String claimed = name.checksums().get(MultipartUploads.partAlgorithm(upload));
        return claimed == null || claimed.equals(part.checksum());
    }

    private static void requireChecksums(ChecksumAlgorithm algorithm, List<Named> named) {
        for (Named name : named) {
            if (!name.checksums().containsKey(algorithm)) {
                throw S3Errors.request("The upload was created using a "
                        + algorithm.name().toLowerCase(Locale.ROOT)
                        + " checksum. The complete request must include the checksum for each part. It was missing for"
                        + " part " + name.number() + " in the request.");
            }
        }
    }

    private static AwsError invalidPart(MultipartUpload upload, Named name) {
        AwsError error = S3Errors.invalidPart();
        Map<String, String> details = new LinkedHashMap<>();
        details.put("UploadId", upload.id());
        details.put("PartNumber", String.valueOf(name.number()));
        details.put("ETag", name.etag());
        return new AwsError(error.status(), error.code(), error.text(), details);
    }

    /** The trio is demanded again only where a checksum algorithm was chosen; where it is sent it must be the right one. */
    void checkCustomer(S3Request request, MultipartUpload upload) {
        boolean sent = request.header(CustomerKey.PREFIX + "algorithm") != null
                || request.header(CustomerKey.PREFIX + "key") != null
                || request.header(CustomerKey.PREFIX + "key-md5") != null;
        if (sent || (upload.sealed().customer() != null && upload.algorithm() != null)) {
            CustomerKey key = new MultipartUploads(core).customerKey(request, upload);
            if (key != null) {
                key.close();
            }
        }
    }

    private static ObjectVersion.Checksum checksum(MultipartUpload upload, List<ObjectVersion.Part> parts) {
        ChecksumAlgorithm algorithm = MultipartUploads.partAlgorithm(upload);
        if (upload.composite()) {
            ByteArrayOutputStream joined = new ByteArrayOutputStream();
            parts.forEach(part -> joined.writeBytes(value(part)));
            String value = Base64.getEncoder().encodeToString(algorithm.of(joined.toByteArray()));
            return new ObjectVersion.Checksum(algorithm, value + "-" + parts.size(), true);
        }
        byte[] combined = value(parts.get(0));
        for (ObjectVersion.Part part : parts.subList(1, parts.size())) {
            combined = CrcCombination.combine(
                    algorithm, combined, value(part), part.blob().length());
        }
        return new ObjectVersion.Checksum(algorithm, Base64.getEncoder().encodeToString(combined), false);
    }

    private static byte[] value(ObjectVersion.Part part) {
        return Base64.getDecoder().decode(String.valueOf(part.checksum()));
    }

    private static void checkDeclared(
            S3Request request,
            MultipartUpload upload,
            ObjectVersion.Checksum checksum,
            List<ObjectVersion.Part> parts) {
        String type = request.header("x-amz-checksum-type");
        if (type != null && upload.algorithm() != null && !type.equals(checksum.type())) {
            throw S3Errors.request("The upload was created using the " + checksum.type()
                    + " checksum mode. The complete request must use the same checksum mode.");
        }
        String claimed = request.header(checksum.algorithm().header());
        if (claimed != null
                && !claimed.equals(checksum.value())
                && !(checksum.composite() && checksum.value().startsWith(claimed + "-"))) {
            throw new AwsError(
                    400,
                    "BadDigest",
                    "The " + checksum.algorithm().name().toLowerCase(Locale.ROOT)
                            + " you specified did not match the calculated checksum.");
        }
        String size = request.header("x-amz-mp-object-size");
        long total = parts.stream().mapToLong(part -> part.blob().length()).sum();
        if (size != null && !size.equals(String.valueOf(total))) {
            throw S3Errors.request("The provided 'x-amz-mp-object-size' header value " + size
                    + " does not match what was computed: " + total);
        }
    }

    private ObjectVersion assemble(
            Bucket bucket, MultipartUpload upload, List<ObjectVersion.Part> parts, ObjectVersion.Checksum checksum) {
        MessageDigest md5 = ChecksumAlgorithm.digest("MD5");
        long size = 0;
        for (ObjectVersion.Part part : parts) {
            md5.update(HexFormat.of().parseHex(part.etag()));
            size += part.blob().length();
        }
        return new ObjectVersion(
                upload.key(),
                new ObjectWrites(core).versionId(bucket),
                false,
                core.now(),
                size,
                ObjectWrites.hex(md5) + "-" + parts.size(),
                upload.headers(),
                upload.metadata(),
                upload.tags(),
                upload.storageClass(),
                checksum,
                upload.sealed(),
                List.copyOf(parts),
                true);
    }
}
