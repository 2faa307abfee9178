package dev.s3envelope.core.guard;

import dev.s3envelope.core.arn.AccountId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who owns which bucket, and where it is. S3 does not tell the owner of somebody else's bucket, so this comes from
 * configuration or from the bucket's name; it is confirmed by sending it as {@code expectedBucketOwner} with each request.
 *
 * <p>Implementations are safe for use by several threads and answer from memory.
 */
@FunctionalInterface
public interface BucketDirectory {
    /** What is known of the bucket, which is the bucket field of a request; unknown facts are empty. */
    BucketFacts facts(String bucket);

    /** Knows only what bucket names say, see {@link BucketFacts#fromName}. */
    static BucketDirectory fromNames() {
        return BucketFacts::fromName;
    }

    /** Starts from {@link #fromNames}. */
    static Builder builder() {
        return new Builder();
    }

    /** Builds a directory from configuration. Not safe for use by several threads. */
    final class Builder {
        private final Map<String, BucketFacts> configured = new HashMap<>();
        private @Nullable AccountId others;

        private Builder() {}

        /** Adds a bucket; what is configured stands before what its name says. */
        public Builder bucket(BucketFacts facts) {
            configured.put(facts.bucket(), facts);
            return this;
        }

        /** Adds a bucket with its owner, its Region being what the name says or unknown. */
        public Builder bucket(String bucket, AccountId owner) {
            return bucket(new BucketFacts(bucket, Optional.of(owner), Optional.empty()));
        }

        /** Adds a bucket with its owner and Region. */
        public Builder bucket(String bucket, AccountId owner, String region) {
            return bucket(new BucketFacts(bucket, Optional.of(owner), Optional.of(region)));
        }

        /**
         * States that every bucket whose owner is neither configured nor named belongs to this account. S3 refuses requests
         * to the others, because the statement is sent with each request.
         */
        public Builder allOthersOwnedBy(AccountId owner) {
            this.others = owner;
            return this;
        }

        /** The directory. */
        public BucketDirectory build() {
            Map<String, BucketFacts> known = Map.copyOf(configured);
            Optional<AccountId> otherwise = Optional.ofNullable(others);
            return bucket -> {
                BucketFacts named = BucketFacts.fromName(bucket);
                BucketFacts stated = known.getOrDefault(bucket, named);
                return new BucketFacts(
                        bucket,
                        stated.owner().or(named::owner).or(() -> otherwise),
                        stated.region().or(named::region));
            };
        }
    }
}
