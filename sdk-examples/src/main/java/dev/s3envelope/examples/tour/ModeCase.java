package dev.s3envelope.examples.tour;

import java.util.List;

/**
 * A mode of the tour's policy and what S3 documents of it.
 *
 * @param rule the policy rule, which is also the key prefix it is for
 * @param title for people
 * @param header what S3 reports as the mode
 * @param usesKey whether it reports the tour's KMS key
 * @param bucketKey whether it reports a Bucket Key
 * @param kms what S3 asks of KMS
 */
record ModeCase(String rule, String title, String header, boolean usesKey, boolean bucketKey, KmsTraffic kms) {
    /** How S3 uses KMS in a mode. */
    enum KmsTraffic {
        /** Not at all. */
        NONE,
        /** One call for each object written and one for each read, with the object's ARN as context. */
        PER_OBJECT,
        /** Fewer calls than objects, with the bucket's ARN as context. */
        PER_BUCKET_KEY,
        /** With the object's ARN as context; how many calls AWS does not say. */
        OBJECT_CONTEXT
    }

    static List<ModeCase> all() {
        return List.of(
                new ModeCase("sse-s3", "SSE-S3: keys of S3", "AES256", false, false, KmsTraffic.NONE),
                new ModeCase(
                        "sse-kms", "SSE-KMS: a key of the customer", "aws:kms", true, false, KmsTraffic.PER_OBJECT),
                new ModeCase(
                        "bucket-key",
                        "SSE-KMS with an S3 Bucket Key",
                        "aws:kms",
                        true,
                        true,
                        KmsTraffic.PER_BUCKET_KEY),
                new ModeCase(
                        "dsse-kms", "DSSE-KMS: two layers", "aws:kms:dsse", true, false, KmsTraffic.OBJECT_CONTEXT),
                new ModeCase("sse-c", "SSE-C: the customer's own key bytes", "SSE-C", false, false, KmsTraffic.NONE),
                new ModeCase(
                        "bucket-default",
                        "Bucket default: nothing sent, S3's base default",
                        "AES256",
                        false,
                        false,
                        KmsTraffic.NONE));
    }
}
