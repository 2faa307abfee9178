package dev.s3envelope.core.advice;

import dev.s3envelope.core.arn.ObjectAddress;

/**
 * Which objects of one general purpose bucket a permission is for: one, those whose key starts so, or all.
 *
 * @param bucket the bucket's name
 * @param key the object key, or the prefix; empty for all objects
 * @param exact whether {@code key} is one object's key rather than a prefix
 */
public record ObjectScope(String bucket, String key, boolean exact) {
    /** Checks the bucket and key; an access point or directory bucket is refused, since policies name those differently. */
    public ObjectScope {
        requireGeneralPurpose(new ObjectAddress(bucket, key.isEmpty() ? "any" : key));
        if (exact && key.isEmpty()) {
            throw new IllegalArgumentException("An object key is not empty; use wholeBucket for all objects");
        }
    }

    /** Refuses what is no general purpose bucket by its name. */
    static String requireGeneralPurpose(String bucket) {
        requireGeneralPurpose(new ObjectAddress(bucket, "any"));
        return bucket;
    }

    private static void requireGeneralPurpose(ObjectAddress address) {
        if (address.isAccessPointArn() || address.isDirectoryBucket()) {
            throw new IllegalArgumentException(
                    "Policy advice is about general purpose buckets by name; '" + address.bucket() + "' is none");
        }
    }

    /** One object. */
    public static ObjectScope object(String bucket, String key) {
        return new ObjectScope(bucket, key, true);
    }

    /** One object. */
    public static ObjectScope of(ObjectAddress address) {
        return object(address.bucket(), address.key());
    }

    /** The objects whose key starts with a prefix. */
    public static ObjectScope prefix(String bucket, String prefix) {
        return new ObjectScope(bucket, prefix, false);
    }

    /** All objects of a bucket. */
    public static ObjectScope wholeBucket(String bucket) {
        return new ObjectScope(bucket, "", false);
    }

    /** The bucket's ARN. */
    public String bucketArn(String partition) {
        return "arn:" + partition + ":s3:::" + bucket;
    }

    /** The objects as a policy writes them, characters with a meaning there escaped and a star at the end of a prefix. */
    public String pattern(String partition) {
        return bucketArn(partition) + "/" + escape(key) + (exact ? "" : "*");
    }

    /** The ARN of an object within, for asking a gate about it. */
    String sampleArn(String partition) {
        return bucketArn(partition) + "/" + (exact ? key : key + "any");
    }

    /** A policy of version 2012-10-17 reads stars, question marks and dollar signs literally in this form (IAM page "Policy variables"). */
    private static String escape(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean special = c == '*' || c == '?' || (c == '$' && i + 1 < text.length() && text.charAt(i + 1) == '{');
            out.append(special ? "${" + c + "}" : String.valueOf(c));
        }
        return out.toString();
    }

    @Override
    public String toString() {
        return "s3://" + bucket + "/" + key + (exact ? "" : "*");
    }
}
