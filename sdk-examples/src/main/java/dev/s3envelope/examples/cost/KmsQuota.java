package dev.s3envelope.examples.cost;

import java.util.Set;

/**
 * The default quota of symmetric cryptographic requests per second, for each account and Region. Source: AWS KMS Developer Guide, "Request quotas", as of 2026.
 */
final class KmsQuota {
    private static final Set<String> HIGHEST = Set.of("us-east-1", "us-west-2", "eu-west-1");
    private static final Set<String> HIGHER =
            Set.of("us-east-2", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1", "eu-central-1", "eu-west-2");

    private KmsQuota() {}

    static long perSecond(String region) {
        if (HIGHEST.contains(region)) {
            return 100_000;
        }
        return HIGHER.contains(region) ? 20_000 : 10_000;
    }
}
