package dev.s3envelope.kms;

import dev.s3envelope.core.arn.AccountId;
import dev.s3envelope.core.arn.KeyArn;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which wrapped keys a reader may try although their keys were not configured: those of these accounts in this partition.
 *
 * <p>Without such a bound, whoever can write an object decides which key the reader's credentials are used with. Source: AWS
 * Encryption SDK specification, framework/aws-kms/aws-kms-discovery-keyring, "Discovery Filter".
 *
 * @param partition for example {@code aws}
 * @param accounts the accounts that own the keys; at least one
 */
public record KmsDiscovery(String partition, Set<AccountId> accounts) {

    /** Copies the set and checks that it bounds something. */
    public KmsDiscovery {
        accounts = Set.copyOf(accounts);
        if (partition.isEmpty() || accounts.isEmpty()) {
            throw new IllegalArgumentException(
                    "Discovery needs a partition and at least one account: without them any writer chooses the key.");
        }
    }

    /** Returns a bound to these accounts in partition {@code aws}. */
    public static KmsDiscovery accounts(String... accounts) {
        return new KmsDiscovery(
                "aws", Set.of(accounts).stream().map(AccountId::new).collect(Collectors.toUnmodifiableSet()));
    }

    boolean admits(KeyArn key) {
        return key.partition().equals(partition) && accounts.contains(key.account());
    }

    @Override
    public String toString() {
        return "keys of "
                + new TreeSet<>(accounts.stream().map(AccountId::toString).toList()) + " in partition " + partition;
    }
}
