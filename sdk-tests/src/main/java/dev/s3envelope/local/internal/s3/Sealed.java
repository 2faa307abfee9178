package dev.s3envelope.local.internal.s3;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How an object is encrypted and what opens it again. Wrapped keys are base64.
 *
 * @param mode which of the four modes
 * @param keyArn the KMS key, as a full ARN
 * @param bucketKey whether an S3 Bucket Key stands between the KMS key and the data key
 * @param context the caller's own encryption context, replayed on every read
 * @param wrappedByKms what KMS must decrypt: it opens {@code dataKey}
 * @param dataKey the data key, wrapped by what KMS returned or by the store's key; empty for SSE-C
 * @param secondKey the data key of the outer layer of DSSE-KMS, wrapped by the store's key
 * @param customer what recognises the customer's key
 */
record Sealed(
        Mode mode,
        @Nullable String keyArn,
        boolean bucketKey,
        Map<String, String> context,
        @Nullable String wrappedByKms,
        String dataKey,
        @Nullable String secondKey,
        @Nullable Customer customer) {

    /** The modes of server-side encryption; {@code header} is the value of {@code x-amz-server-side-encryption}. */
    enum Mode {
        SSE_S3("AES256"),
        SSE_KMS("aws:kms"),
        DSSE_KMS("aws:kms:dsse"),
        SSE_C("");

        private final String header;

        Mode(String header) {
            this.header = header;
        }

        String header() {
            return header;
        }

        boolean kms() {
            return this == SSE_KMS || this == DSSE_KMS;
        }
    }

    /** A salted HMAC of the customer's key (never the key) and the MD5 the customer sent. */
    record Customer(String md5, String salt, String verifier) {}
}
