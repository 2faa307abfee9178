package dev.s3envelope.core.advice;

import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.mode.ContextScope;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How objects use a KMS key: who calls KMS, and what the encryption context names. Objects under SSE-S3 and SSE-C use none; a
 * client-side object over SSE-KMS has two uses.
 *
 * @param key the key
 * @param route who calls KMS
 * @param scope what {@code aws:s3:arn} names: the object, or the bucket (Bucket Keys; client-side by default)
 * @param context what the encryption context holds besides {@code aws:s3:arn}; may be empty
 */
public record KeyUse(KeyArn key, KeyRoute route, ContextScope scope, Map<String, String> context) {
    /** The context key under which S3, and our client-side modes, name the object or bucket. */
    static final String CONTEXT_ARN = "aws:s3:arn";

    /** Checks the context. */
    public KeyUse {
        context = Map.copyOf(context);
        if (context.containsKey(CONTEXT_ARN)) {
            throw new IllegalArgumentException(CONTEXT_ARN + " follows from the scope; leave it out of the context");
        }
    }

    /** SSE-KMS without a Bucket Key: one call an object, context the object's ARN. */
    public static KeyUse sseKms(KeyArn key) {
        return new KeyUse(key, KeyRoute.THROUGH_S3, ContextScope.OBJECT, Map.of());
    }

    /** SSE-KMS with a Bucket Key: context the bucket's ARN (S3 page "Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys"). */
    public static KeyUse sseKmsWithBucketKey(KeyArn key) {
        return new KeyUse(key, KeyRoute.THROUGH_S3, ContextScope.BUCKET, Map.of());
    }

    /** DSSE-KMS, which has no Bucket Keys. */
    public static KeyUse dsseKms(KeyArn key) {
        return new KeyUse(key, KeyRoute.THROUGH_S3, ContextScope.OBJECT, Map.of());
    }

    /** Client-side encryption under a KMS keyring: the application calls KMS itself. */
    public static KeyUse clientSide(KeyArn key, ContextScope scope) {
        return new KeyUse(key, KeyRoute.DIRECT, scope, Map.of());
    }

    /** The same use with pairs in the encryption context besides {@code aws:s3:arn}. */
    public KeyUse withContext(Map<String, String> pairs) {
        return new KeyUse(key, route, scope, pairs);
    }

    /** The value of {@code kms:ViaService} in calls of this use; empty for direct ones. */
    public Optional<String> viaService() {
        return route == KeyRoute.DIRECT ? Optional.empty() : Optional.of(s3Service(key.region()));
    }

    /** How S3 of a Region is named by {@code kms:ViaService}. */
    static String s3Service(String region) {
        return "s3." + region + (region.startsWith("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com");
    }

    /** The encryption context KMS sees for one object. */
    Map<String, String> contextOf(String bucketArn, String objectArn) {
        Map<String, String> all = new TreeMap<>(context);
        all.put(CONTEXT_ARN, scope == ContextScope.BUCKET ? bucketArn : objectArn);
        return all;
    }
}
