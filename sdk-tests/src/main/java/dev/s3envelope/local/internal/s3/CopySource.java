package dev.s3envelope.local.internal.s3;

import dev.s3envelope.local.internal.http.PercentCoding;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** The object a copy reads: named, authorized, conditions checked, its customer key verified. Closing it forgets the key. */
final class CopySource implements AutoCloseable {
    private static final String HEADER = "x-amz-copy-source";

    private final S3Core core;
    private final S3Request request;
    private final Bucket bucket;
    private final ObjectVersion version;
    private final boolean versionNamed;
    private final @Nullable CustomerKey customer;

    private CopySource(
            S3Core core,
            S3Request request,
            Bucket bucket,
            ObjectVersion version,
            boolean versionNamed,
            @Nullable CustomerKey customer) {
        this.core = core;
        this.request = request;
        this.bucket = bucket;
        this.version = version;
        this.versionNamed = versionNamed;
        this.customer = customer;
    }

    static CopySource open(S3Core core, S3Request request) {
        String header = String.valueOf(request.header(HEADER));
        int query = header.indexOf("?versionId=");
        String versionId = query < 0 ? null : PercentCoding.decode(header.substring(query + 11), false);
        String path = PercentCoding.decode(query < 0 ? header : header.substring(0, query), false);
        String named = path.startsWith("/") ? path.substring(1) : path;
        int slash = named.indexOf('/');
        if (slash <= 0 || slash == named.length() - 1 || named.startsWith("arn:")) {
            throw S3Errors.argument(
                    HEADER, header, "Copy Source must mention the source bucket and key: sourcebucket/sourcekey");
        }
        Bucket bucket = core.bucket(request, named.substring(0, slash), "x-amz-source-expected-bucket-owner");
        String key = named.substring(slash + 1);
        ObjectVersion there = versionId == null ? bucket.latest(key) : bucket.version(key, versionId);
        core.gate()
                .requireObject(request, bucket, versionId == null ? "s3:GetObject" : "s3:GetObjectVersion", key, there);
        if (there != null && there.deleteMarker() && versionId != null) {
            throw S3Errors.request(
                    "The source of a copy request may not specifically refer to a delete marker by version id.");
        }
        ObjectVersion version = core.existing(request, bucket, key, versionId);
        if (version.size() > ObjectWrites.MAX_PUT && request.operation() == S3Operation.COPY_OBJECT) {
            throw S3Errors.request("The specified copy source is larger than the maximum allowable size for a copy"
                    + " source: " + ObjectWrites.MAX_PUT);
        }
        CustomerKey customer = CustomerKey.of(
                request, CustomerKey.COPY_SOURCE_PREFIX, core.settings().loopbackWithoutTls());
        SseReads.check(version.seal(), customer);
        Preconditions.checkCopySource(request, version);
        return new CopySource(core, request, bucket, version, versionId != null, customer);
    }

    Bucket bucket() {
        return bucket;
    }

    ObjectVersion version() {
        return version;
    }

    /** Whether the request named a version rather than the current one. */
    boolean versionNamed() {
        return versionNamed;
    }

    InputStream content(long offset, long length) throws IOException {
        ObjectKeys keys = core.keys().open(request, bucket, version.key(), version.seal(), customer);
        return new BlobSource(core.store().blobs(), keys, version.blobs(), offset, length);
    }

    @Override
    public void close() {
        if (customer != null) {
            customer.close();
        }
    }
}
