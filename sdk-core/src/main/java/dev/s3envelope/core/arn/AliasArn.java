package dev.s3envelope.core.arn;

import dev.s3envelope.core.IllegalKeyException;

/**
 * The ARN of an alias, {@code arn:partition:kms:region:account:alias/name}. It says whose alias is meant, but what the
 * alias points to can change between two requests.
 *
 * @param partition the partition id
 * @param region the Region id, which must belong to the partition
 * @param account the account that owns the alias
 * @param alias the name within that account and Region
 */
public record AliasArn(String partition, String region, AccountId account, AliasName alias) implements KeyReference {
    private static final String EXPECTED = "a KMS alias ARN (arn:partition:kms:region:account:alias/name)";

    /**
     * Checks the parts.
     *
     * @throws IllegalKeyException if the Region does not belong to the partition
     */
    public AliasArn {
        Partitions.problem(partition, region).ifPresent(problem -> {
            throw new IllegalKeyException("Not the parts of a KMS alias ARN: " + problem + ".");
        });
    }

    /**
     * Reads an alias ARN.
     *
     * @throws IllegalKeyException if the text is anything else, a key ARN included
     */
    public static AliasArn parse(String text) {
        return of(text, KmsArnParser.parse(text, EXPECTED));
    }

    static AliasArn of(String text, KmsArnParser.Parts parts) {
        String problem = AliasName.problem(parts.resource());
        if (problem != null) {
            int at = parts.resourceAt() + AliasName.firstBad(parts.resource());
            throw KmsArnParser.refusal(text, EXPECTED, at, problem);
        }
        return new AliasArn(parts.partition(), parts.region(), parts.account(), new AliasName(parts.resource()));
    }

    @Override
    public String text() {
        return "arn:" + partition + ":kms:" + region + ":" + account + ":" + alias;
    }

    @Override
    public boolean isReservedAlias() {
        return alias.isReservedAlias();
    }

    @Override
    public boolean isAwsManagedS3() {
        return alias.isAwsManagedS3();
    }

    @Override
    public String toString() {
        return text();
    }
}
