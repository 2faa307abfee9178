package dev.s3envelope.local.internal.kms;

/** ARNs of the partition a Region belongs to. */
public final class Partitions {
    private Partitions() {}

    /** {@code aws}, {@code aws-cn}, {@code aws-us-gov} or one of the isolated partitions, by the Region's name. */
    public static String of(String region) {
        if (region.startsWith("cn-")) {
            return "aws-cn";
        }
        if (region.startsWith("us-gov-")) {
            return "aws-us-gov";
        }
        if (region.startsWith("us-iso-")) {
            return "aws-iso";
        }
        if (region.startsWith("us-isob-")) {
            return "aws-iso-b";
        }
        if (region.startsWith("eusc-")) {
            return "aws-eusc";
        }
        return "aws";
    }

    /** The DNS suffix of service endpoints, as {@code kms:ViaService} shows it. */
    public static String suffix(String region) {
        return region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
    }

    /** {@code arn:PARTITION:kms:REGION:ACCOUNT:RESOURCE}. */
    public static String kmsArn(String region, String account, String resource) {
        return "arn:" + of(region) + ":kms:" + region + ":" + account + ":" + resource;
    }
}
