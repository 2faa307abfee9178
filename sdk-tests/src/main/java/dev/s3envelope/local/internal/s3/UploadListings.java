package dev.s3envelope.local.internal.s3;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Function;

/** ListParts and ListMultipartUploads. */
final class UploadListings {
    private final S3Core core;

    UploadListings(S3Core core) {
        this.core = core;
    }

    void parts(S3Request request) {
        Bucket bucket = core.bucket(request);
        core.gate().requireObject(request, bucket, "s3:ListMultipartUploadParts", request.key(), null);
        MultipartUpload upload = MultipartUploads.upload(request, bucket);
        new MultipartCompletion(core).checkCustomer(request, upload);
        if (upload.sealed().mode().kms()) {
            core.keys()
                    .open(request, bucket, upload.key(), upload.sealed(), null)
                    .close();
        }
        int max = Listing.limit(request, "max-parts", 1000);
        int marker = Listing.limit(request, "part-number-marker", 10_000);
        int after = request.value("part-number-marker") == null ? 0 : marker;
        List<ObjectVersion.Part> rest =
                List.copyOf(upload.parts().tailMap(after + 1).values());
        List<ObjectVersion.Part> page = rest.subList(0, Math.min(max, rest.size()));
        String owner = core.canonicalId(bucket.owner());
        request.answerXml(Xml.document("ListPartsResult", xml -> {
            xml.add("Bucket", bucket.name())
                    .add("Key", upload.key())
                    .add("UploadId", upload.id())
                    .add("PartNumberMarker", after)
                    .add(
                            "NextPartNumberMarker",
                            page.isEmpty() ? 0 : page.get(page.size() - 1).number())
                    .add("MaxParts", max)
                    .add("IsTruncated", page.size() < rest.size());
            page.forEach(part -> xml.group(
                    "Part",
                    p -> p.add("PartNumber", part.number())
                            .add("LastModified", S3Core.xmlDate(part.modified()))
                            .add("ETag", '"' + part.etag() + '"')
                            .add("Size", part.blob().length())
                            .add(
                                    "Checksum" + MultipartUploads.partAlgorithm(upload),
                                    upload.algorithm() == null ? null : part.checksum())));
            people(xml, upload, owner);
        }));
    }

    private static void people(Xml xml, MultipartUpload upload, String owner) {
        xml.group("Initiator", i -> i.add("ID", upload.initiatorArn()))
                .group("Owner", o -> o.add("ID", owner))
                .add("StorageClass", upload.storageClass());
        if (upload.algorithm() != null) {
            xml.add("ChecksumAlgorithm", upload.algorithm())
                    .add("ChecksumType", upload.composite() ? "COMPOSITE" : "FULL_OBJECT");
        }
    }

    void uploads(S3Request request) {
        Bucket bucket = core.bucket(request);
        core.gate().requireBucket(request, bucket, "s3:ListBucketMultipartUploads");
        String idMarker = request.value("upload-id-marker");
        Listing.Query query = Listing.Query.of(request, "key-marker", "max-uploads");
        Listing<MultipartUpload> page = page(bucket, query, idMarker);
        MultipartUpload last = page.entries().isEmpty()
                ? null
                : page.entries().get(page.entries().size() - 1);
        Function<String, String> encode = Listing.encoding(request);
        String owner = core.canonicalId(bucket.owner());
        request.answerXml(Xml.document("ListMultipartUploadsResult", xml -> {
            xml.add("Bucket", bucket.name())
                    .add("KeyMarker", encode.apply(query.after()))
                    .add("UploadIdMarker", idMarker == null ? "" : idMarker);
            if (page.last() != null) {
                String position = page.last();
                boolean atUpload = position.indexOf('\0') >= 0;
                xml.add("NextKeyMarker", encode.apply(atUpload && last != null ? last.key() : position))
                        .add("NextUploadIdMarker", atUpload && last != null ? last.id() : null);
            }
            xml.add("Prefix", encode.apply(query.prefix()))
                    .add("Delimiter", query.delimiter() == null ? null : encode.apply(query.delimiter()))
                    .add("EncodingType", request.value("encoding-type"))
                    .add("MaxUploads", query.limit())
                    .add("IsTruncated", page.last() != null);
            page.entries()
                    .forEach(upload -> xml.group("Upload", u -> {
                        u.add("Key", encode.apply(upload.key()))
                                .add("UploadId", upload.id())
                                .add("Initiated", S3Core.xmlDate(upload.initiated()));
                        people(u, upload, owner);
                    }));
            new ArrayList<>(page.prefixes())
                    .forEach(prefix -> xml.group("CommonPrefixes", p -> p.add("Prefix", encode.apply(prefix))));
        }));
    }

    /** Uploads of one key follow each other by time: their places are key, zero, running number. */
    private static Listing<MultipartUpload> page(
            Bucket bucket, Listing.Query query, @org.jspecify.annotations.Nullable String idMarker) {
        NavigableMap<String, MultipartUpload> places = new TreeMap<>(Bucket.UTF8_ORDER);
        String after = query.after().isEmpty() ? "" : query.after() + "\0\uffff";
        List<MultipartUpload> ordered = bucket.uploads().values().stream()
                .sorted(Comparator.comparing(MultipartUpload::key, Bucket.UTF8_ORDER)
                        .thenComparingLong(MultipartUpload::initiated)
                        .thenComparing(MultipartUpload::id))
                .toList();
        for (int i = 0; i < ordered.size(); i++) {
            MultipartUpload upload = ordered.get(i);
            String place = upload.key() + "\0" + String.format(java.util.Locale.ROOT, "%010d", i);
            places.put(place, upload);
            if (upload.id().equals(idMarker) && upload.key().equals(query.after())) {
                after = place;
            }
        }
        return Listing.of(
                places, new Listing.Query(query.prefix(), query.delimiter(), after, query.limit()), upload -> upload);
    }
}
