package dev.s3envelope.core.arn;

import dev.s3envelope.core.EnvelopeException;
import dev.s3envelope.core.internal.Text;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Where an object is, as the request names it: a bucket or an access point, and a key.
 *
 * <p>{@code bucket} is the text of the request's bucket field: the name of a general purpose or directory bucket, an access
 * point alias (which is a bucket name in form and in use), or the ARN of an access point. It is not resolved further: the
 * bucket behind an access point is not known without asking, so its ARNs are those of the access point.
 *
 * @param bucket a bucket name of 3 to 255 letters, digits, dots, hyphens and underscores (the older, wider rules of
 *     us-east-1, since such buckets still exist), or an ARN of S3, S3 on Outposts or S3 Object Lambda
 * @param key the object key, 1 to 1024 bytes in UTF-8 (Amazon S3 User Guide, "Naming Amazon S3 objects")
 */
public record ObjectAddress(String bucket, String key) {
    private static final int SHORTEST_NAME = 3;
    private static final int LONGEST_NAME = 255;
    private static final Pattern ARN = Pattern.compile(
            "arn:aws[a-z-]*:s3(-outposts|-object-lambda|express)?:[a-z0-9-]*:[0-9]{12}:[A-Za-z0-9._:/-]{3,255}");
    private static final int LONGEST_KEY = 1024;

    /**
     * Checks the parts.
     *
     * @throws EnvelopeException if the bucket or the key cannot exist
     */
    public ObjectAddress {
        requireBucket(bucket);
        if (key.isEmpty()) {
            throw new EnvelopeException("The object key is empty (bucket " + bucket + ").");
        }
        if (!Text.isWellFormed(key)) {
            throw new EnvelopeException(
                    "The object key " + Text.quote(key) + " has an unpaired surrogate and so no UTF-8 form.");
        }
        if (key.length() > LONGEST_KEY || key.getBytes(StandardCharsets.UTF_8).length > LONGEST_KEY) {
            throw new EnvelopeException(
                    "The object key " + Text.quote(key) + " is longer than " + LONGEST_KEY + " bytes in UTF-8.");
        }
    }

    /**
     * Refuses a text that can be no bucket field, and gives back one that can.
     *
     * @throws EnvelopeException if the text is neither a bucket name nor an access point ARN
     */
    public static String requireBucket(String bucket) {
        if (bucket.startsWith("arn:") ? !ARN.matcher(bucket).matches() : !isName(bucket)) {
            throw new EnvelopeException("Not a bucket name or access point ARN: " + Text.quote(bucket)
                    + ". A bucket name has 3 to 63 (before 2018: 255) letters, digits, dots, hyphens or underscores.");
        }
        return bucket;
    }

    /** Letters, digits, and between them dots, hyphens and underscores. */
    private static boolean isName(String bucket) {
        int length = bucket.length();
        if (length < SHORTEST_NAME || length > LONGEST_NAME) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char c = bucket.charAt(i);
            boolean alphanumeric = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
            boolean mark = c == '-' || c == '.' || c == '_';
            if (!alphanumeric && !(mark && i > 0 && i < length - 1)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the bucket field is an ARN rather than a bucket name. */
    public boolean isAccessPointArn() {
        return bucket.startsWith("arn:");
    }

    /** Whether the bucket is a directory bucket, which its name says. */
    public boolean isDirectoryBucket() {
        return bucket.endsWith("--x-s3");
    }

    /**
     * The ARN of the bucket, or of the access point where the address names one.
     *
     * @param partition the partition of the bucket, such as {@code aws}; an access point's ARN has its own
     * @throws EnvelopeException for a directory bucket, whose ARN needs its account and Region as well
     */
    public String bucketArn(String partition) {
        if (isAccessPointArn()) {
            return bucket;
        }
        if (isDirectoryBucket()) {
            throw new EnvelopeException("The ARN of directory bucket " + bucket
                    + " contains its Region and account, which its name does not give.");
        }
        return "arn:" + partition + ":s3:::" + bucket;
    }

    /** The ARN of the object: as {@link #bucketArn}, then the key ({@code /object/} before it under an access point). */
    public String arn(String partition) {
        return bucketArn(partition) + (isAccessPointArn() ? "/object/" : "/") + key;
    }

    /** {@code s3://bucket/key}, or the object's ARN under an access point. */
    @Override
    public String toString() {
        return isAccessPointArn() ? bucket + "/object/" + key : "s3://" + bucket + "/" + key;
    }
}
