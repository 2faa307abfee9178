package dev.s3envelope.s3.internal;

import dev.s3envelope.core.IllegalEncryptionException;
import dev.s3envelope.core.mode.BucketDefault;
import dev.s3envelope.core.mode.BucketKey;
import dev.s3envelope.core.mode.ContextPairs;
import dev.s3envelope.core.mode.DsseKms;
import dev.s3envelope.core.mode.ServerSideMode;
import dev.s3envelope.core.mode.SseC;
import dev.s3envelope.core.mode.SseKms;
import dev.s3envelope.core.mode.SseS3;
import dev.s3envelope.core.ssec.SseCKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The encryption headers of a request, and the one place that makes them. A value of this class names every header it governs:
 * those its mode does not use are null, so that applying it leaves no other encryption behind
 * (Amazon S3 API Reference, PutObject, "Server-side encryption-specific request headers").
 *
 * @param headers header name to value; null removes
 * @param customerFingerprint which SSE-C key is among them, if any
 */
record ServerSideHeaders(
        Map<String, @Nullable Object> headers, @Nullable String customerFingerprint) {
    static final String ENCRYPTION = "x-amz-server-side-encryption";
    static final String KMS_KEY = "x-amz-server-side-encryption-aws-kms-key-id";
    static final String CONTEXT = "x-amz-server-side-encryption-context";
    static final String BUCKET_KEY = "x-amz-server-side-encryption-bucket-key-enabled";
    /** Algorithm, key and MD5 of SSE-C. */
    static final List<String> CUSTOMER = List.of(
            "x-amz-server-side-encryption-customer-algorithm",
            "x-amz-server-side-encryption-customer-key",
            "x-amz-server-side-encryption-customer-key-MD5");

    /** Algorithm, key and MD5 for the SSE-C source of a copy. */
    static final List<String> SOURCE = List.of(
            "x-amz-copy-source-server-side-encryption-customer-algorithm",
            "x-amz-copy-source-server-side-encryption-customer-key",
            "x-amz-copy-source-server-side-encryption-customer-key-MD5");

    static final String AES256 = "AES256";
    static final String AWS_KMS = "aws:kms";
    static final String AWS_KMS_DSSE = "aws:kms:dsse";

    /** What S3 or KMS keeps the key of. */
    static final List<String> MANAGED = List.of(ENCRYPTION, KMS_KEY, CONTEXT, BUCKET_KEY);

    /**
     * The headers of a request that writes an object under a mode.
     *
     * @param mode with every key reference already agreed with the write guard
     * @param customerKey the key of an {@link SseC} mode, read here and kept by nobody
     */
    static ServerSideHeaders write(ServerSideMode mode, @Nullable SseCKey customerKey) {
        Map<String, @Nullable Object> headers = new HashMap<>();
        MANAGED.forEach(name -> headers.put(name, null));
        CUSTOMER.forEach(name -> headers.put(name, null));
        if (mode instanceof SseS3) {
            headers.put(ENCRYPTION, AES256);
        } else if (mode instanceof SseKms kms) {
            headers.put(ENCRYPTION, AWS_KMS);
            kms.key().ifPresent(key -> headers.put(KMS_KEY, key.text()));
            putContext(headers, kms.context());
            if (kms.bucketKey() != BucketKey.UNSET) {
                headers.put(BUCKET_KEY, kms.bucketKey() == BucketKey.ENABLED);
            }
        } else if (mode instanceof DsseKms dsse) {
            headers.put(ENCRYPTION, AWS_KMS_DSSE);
            dsse.key().ifPresent(key -> headers.put(KMS_KEY, key.text()));
            putContext(headers, dsse.context());
        } else if (mode instanceof SseC) {
            putCustomerKey(headers, CUSTOMER, customerKey);
        } else if (!(mode instanceof BucketDefault)) {
            throw new IllegalStateException("no headers are defined for " + mode);
        }
        return new ServerSideHeaders(headers, fingerprint(customerKey));
    }

    /** The headers of a request on an object or an upload that exists: the customer's key, or nothing at all. */
    static ServerSideHeaders customerKey(@Nullable SseCKey key) {
        return keyHeaders(CUSTOMER, key);
    }

    /** The headers that open the source of a copy: the customer's key, or nothing at all. */
    static ServerSideHeaders sourceKey(@Nullable SseCKey key) {
        return keyHeaders(SOURCE, key);
    }

    /** These headers with the bucket key asked for, under the bucket's own default. */
    ServerSideHeaders withBucketKey(boolean enabled) {
        Map<String, @Nullable Object> copy = new HashMap<>(headers);
        copy.put(BUCKET_KEY, enabled);
        return new ServerSideHeaders(copy, customerFingerprint);
    }

    /** Header names only: a value may be a key. */
    @Override
    public String toString() {
        return "ServerSideHeaders" + headers.keySet();
    }

    private static ServerSideHeaders keyHeaders(List<String> names, @Nullable SseCKey key) {
        Map<String, @Nullable Object> headers = new HashMap<>();
        names.forEach(name -> headers.put(name, null));
        if (key != null) {
            putCustomerKey(headers, names, key);
        }
        return new ServerSideHeaders(headers, fingerprint(key));
    }

    private static void putCustomerKey(
            Map<String, @Nullable Object> headers, List<String> names, @Nullable SseCKey key) {
        if (key == null) {
            throw new IllegalEncryptionException("SSE-C needs a customer-provided key, and there is none.");
        }
        headers.put(names.get(0), SseCKey.ALGORITHM);
        headers.put(names.get(1), key.keyBase64());
        headers.put(names.get(2), key.md5Base64());
    }

    private static @Nullable String fingerprint(@Nullable SseCKey key) {
        return key == null ? null : key.fingerprint();
    }

    private static void putContext(Map<String, @Nullable Object> headers, ContextPairs context) {
        if (!context.isEmpty()) {
            headers.put(CONTEXT, context.headerValue());
        }
    }
}
