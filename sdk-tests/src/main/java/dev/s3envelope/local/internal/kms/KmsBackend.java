package dev.s3envelope.local.internal.kms;

import dev.s3envelope.local.internal.http.Caller;
import java.util.Map;

/**
 * What S3 asks of KMS, in process, as the requester and via the S3 service: the same authorization, key state checks and
 * event log as a call over the wire. Failures are {@link dev.s3envelope.local.internal.http.AwsError}s with KMS's own codes
 * and statuses; S3 turns them into its own (prefix {@code KMS.}, or 403 AccessDenied).
 */
public interface KmsBackend {
    /** {@code key}: any form a request may carry (ARN, id, alias name or ARN), resolved in the requester's account; the answer names the ARN. */
    S3DataKey generateDataKey(S3KmsRequest request, String key);

    /** Unwraps a data key that {@link #generateDataKey} made. */
    byte[] decrypt(S3KmsRequest request, byte[] wrappedKey);

    /** The ARN of the aws/s3 key of an account in a Region, made with AWS's own policy on first use. */
    String awsManagedS3Key(String accountId, String region);

    /** Who asks and why: {@code viaRegion} makes {@code kms:ViaService}; the context is the encryption context. */
    record S3KmsRequest(
            Caller caller, String viaRegion, Map<String, String> context, String requestId, boolean secure) {}

    /** A fresh 256-bit data key, in the clear and wrapped, and the ARN of the key that wrapped it. The receiver owns the arrays. */
    final class S3DataKey {
        private final String keyArn;
        private final byte[] plaintext;
        private final byte[] wrapped;

        public S3DataKey(String keyArn, byte[] plaintext, byte[] wrapped) {
            this.keyArn = keyArn;
            this.plaintext = plaintext;
            this.wrapped = wrapped;
        }

        public String keyArn() {
            return keyArn;
        }

        /** The key itself; the receiver zeroes it when done. */
        public byte[] plaintext() {
            return plaintext;
        }

        public byte[] wrapped() {
            return wrapped;
        }
    }
}
