package dev.s3envelope.core.guard;

import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.arn.ObjectAddress;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is known of a bucket without asking.
 *
 * @param bucket the bucket field of requests: a name or an access point ARN
 * @param owner the account that owns it; empty if unknown
 * @param region where it is; empty if unknown
 */
public record BucketFacts(String bucket, Optional<AccountId> owner, Optional<String> region) {
    private static final Pattern ACCOUNT_REGIONAL =
            Pattern.compile("[a-z0-9][a-z0-9-]*-([0-9]{12})-([a-z]{2,4}(?:-[a-z]+)+-[0-9]{1,2})-an");
    private static final Pattern ACCESS_POINT_REGION = Pattern.compile("arn:[a-z-]+:[a-z0-9-]+:([a-z0-9-]+):.*");

    public BucketFacts {
        ObjectAddress.requireBucket(bucket);
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(region, "region");
    }

    /**
     * What the name itself says. A bucket in an account-regional namespace is named {@code prefix-account-region-an}, which
     * only that account can create (Amazon S3 API Reference, "CreateBucket"). An access point ARN gives the Region, but its
     * account is the access point's and not necessarily the bucket's, so the owner stays unknown.
     */
    public static BucketFacts fromName(String bucket) {
        if (bucket.endsWith("-an")) {
            Matcher named = ACCOUNT_REGIONAL.matcher(bucket);
            if (named.matches()) {
                return new BucketFacts(bucket, AccountId.tryParse(named.group(1)), Optional.of(named.group(2)));
            }
        }
        if (bucket.startsWith("arn:")) {
            Matcher arn = ACCESS_POINT_REGION.matcher(bucket);
            return new BucketFacts(
                    bucket, Optional.empty(), arn.matches() ? Optional.of(arn.group(1)) : Optional.empty());
        }
        return new BucketFacts(bucket, Optional.empty(), Optional.empty());
    }
}
