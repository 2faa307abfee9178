package dev.s3envelope.examples.cli;

import dev.s3envelope.core.arn.ObjectAddress;

/**
 * An {@code s3://bucket/key} as people type it. The key is taken as it stands, nothing in it is decoded; it may be empty, for a
 * whole bucket, or be a prefix.
 *
 * @param bucket a bucket name, or an access point ARN
 * @param key the rest, without the slash after the bucket
 */
public record S3Location(String bucket, String key) {
    private static final String SCHEME = "s3://";

    /**
     * Reads an {@code s3://} address.
     *
     * @throws IllegalArgumentException if it is none; the message says what is wrong
     */
    public static S3Location parse(String text) {
        if (!isS3(text)) {
            throw new IllegalArgumentException("'" + text + "' is not an S3 address; write s3://bucket/key");
        }
        String rest = text.substring(SCHEME.length());
        int slash = keyAt(rest);
        String bucket = slash < 0 ? rest : rest.substring(0, slash);
        if (bucket.isEmpty()) {
            throw new IllegalArgumentException("'" + text + "' names no bucket; write s3://bucket/key");
        }
        return new S3Location(ObjectAddress.requireBucket(bucket), slash < 0 ? "" : rest.substring(slash + 1));
    }

    /** Whether the text starts as an S3 address does, so that it cannot be meant as a file. */
    public static boolean isS3(String text) {
        return text.startsWith(SCHEME);
    }

    /** An access point ARN has a slash of its own before its name; the key starts at the next one. */
    private static int keyAt(String rest) {
        int first = rest.indexOf('/');
        return rest.startsWith("arn:") && first >= 0 ? rest.indexOf('/', first + 1) : first;
    }

    /** Whether this names a bucket only. */
    public boolean isBucket() {
        return key.isEmpty();
    }

    /** This address, or the object {@code name} below it where it names a bucket or ends in a slash. */
    public S3Location orBelow(String name) {
        return key.isEmpty() || key.endsWith("/") ? new S3Location(bucket, key + name) : this;
    }

    /** The part of the key after its last slash. */
    public String fileName() {
        return key.substring(key.lastIndexOf('/') + 1);
    }

    @Override
    public String toString() {
        return SCHEME + bucket + "/" + key;
    }
}
