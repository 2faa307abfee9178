package dev.s3envelope.examples.cli;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/**
 * What S3 said of an upload that succeeded.
 *
 * @param bytes what was read of the source
 * @param parts how many parts it took; 1 for a single request
 * @param mode the mode the answer names, as S3 writes it; null for SSE-C and for stores that do not say
 * @param key the KMS key the answer names
 */
record Uploaded(
        long bytes,
        int parts,
        @Nullable String mode,
        @Nullable String key) {
    static Uploaded of(long bytes, PutObjectResponse answer) {
        return new Uploaded(
                bytes,
                1,
                answer.sseCustomerAlgorithm() == null ? answer.serverSideEncryptionAsString() : "SSE-C",
                answer.ssekmsKeyId());
    }

    static Uploaded of(long bytes, int parts, CompleteMultipartUploadResponse answer) {
        return new Uploaded(bytes, parts, answer.serverSideEncryptionAsString(), answer.ssekmsKeyId());
    }

    @Override
    public String toString() {
        return bytes + " bytes" + (parts == 1 ? "" : " in " + parts + " parts")
                + (mode == null ? "" : ", " + mode)
                + (key == null ? "" : " under " + key);
    }
}
