package dev.s3envelope.core.arn;

import dev.s3envelope.core.IllegalKeyException;
import java.util.Optional;

/**
 * The full ARN of a KMS key, {@code arn:partition:kms:region:account:key/id}: the one form that names the same key
 * whoever uses it. Two ARNs are equal when all parts are; replicas of a multi-Region key are different keys, as they are to
 * S3 (Amazon S3 User Guide, "Using server-side encryption with AWS KMS keys").
 *
 * @param partition the partition id, such as {@code aws} or {@code aws-us-gov}
 * @param region the Region id, which must belong to the partition
 * @param account the account that owns the key
 * @param keyId a lower-case UUID, or {@code mrk-} and 32 hexadecimal digits
 */
public record KeyArn(String partition, String region, AccountId account, String keyId) implements KeyReference {
    private static final String PREFIX = "key/";
    private static final String EXPECTED = "a KMS key ARN (arn:partition:kms:region:account:key/id)";

    /**
     * Checks the parts.
     *
     * @throws IllegalKeyException if the parts do not make a key ARN
     */
    public KeyArn {
        Optional<String> problem =
                Partitions.problem(partition, region).or(() -> Optional.ofNullable(KeyId.problem(keyId)));
        if (problem.isPresent()) {
            throw new IllegalKeyException("Not the parts of a KMS key ARN: " + problem.get() + ".");
        }
    }

    /**
     * Reads a key ARN.
     *
     * @throws IllegalKeyException if the text is anything else, an alias ARN included
     */
    public static KeyArn parse(String text) {
        return of(text, KmsArnParser.parse(text, EXPECTED));
    }

    /** The key ARN, or empty where the text is none. */
    public static Optional<KeyArn> tryParse(String text) {
        try {
            return Optional.of(parse(text));
        } catch (IllegalKeyException e) {
            return Optional.empty();
        }
    }

    static KeyArn of(String text, KmsArnParser.Parts parts) {
        String resource = parts.resource();
        if (resource.startsWith(AliasName.PREFIX)) {
            throw KmsArnParser.refusal(
                    text, EXPECTED, parts.resourceAt(), "it names an alias; what an alias points to can change");
        }
        if (!resource.startsWith(PREFIX)) {
            throw KmsArnParser.refusal(text, EXPECTED, parts.resourceAt(), "the resource is not \"key/\" and a key id");
        }
        String id = resource.substring(PREFIX.length());
        String problem = KeyId.problem(id);
        if (problem != null) {
            throw KmsArnParser.refusal(text, EXPECTED, parts.resourceAt() + PREFIX.length(), problem);
        }
        return new KeyArn(parts.partition(), parts.region(), parts.account(), id);
    }

    /** The partition a Region belongs to, by the AWS SDK's metadata or else by the Region's form; empty if neither knows. */
    public static Optional<String> partitionOf(String region) {
        return Partitions.partitionOf(region);
    }

    /** Whether this is one Region's replica of a multi-Region key. */
    public boolean isMultiRegion() {
        return keyId.startsWith("mrk-");
    }

    @Override
    public String text() {
        return "arn:" + partition + ":kms:" + region + ":" + account + ":" + PREFIX + keyId;
    }

    @Override
    public String toString() {
        return text();
    }
}
