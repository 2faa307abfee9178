package dev.s3envelope.kms;

import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.keyring.WrappedKey;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which of a message's wrapped keys a reader tries, and under which key each. Source: AWS Encryption SDK specification,
 * framework/aws-kms/aws-kms-mrk-aware-symmetric-keyring and aws-kms-discovery-keyring, "OnDecrypt".
 *
 * @param configured the keys the reader was given
 * @param discovery which others it may try
 * @param related whether replicas of a multi-Region key stand for each other
 * @param regions those with a client
 */
record KmsReach(List<KeyArn> configured, Optional<KmsDiscovery> discovery, boolean related, Set<String> regions) {

    /** One Decrypt call: a wrapped key, and the key to name. */
    record Candidate(WrappedKey wrapped, KeyArn key) {}

    /** Adds the calls that may open {@code wrapped} to {@code candidates}, or why there are none to {@code skipped}. */
    void consider(WrappedKey wrapped, List<Candidate> candidates, List<String> skipped) {
        String text = wrapped.providerInfoText();
        Optional<KeyArn> parsed = KeyArn.tryParse(text);
        if (parsed.isEmpty()) {
            skipped.add("\"" + text + "\" is no key ARN");
            return;
        }
        KeyArn stored = parsed.get();
        List<KeyArn> named =
                configured.stream().filter(key -> same(key, stored)).toList();
        if (named.isEmpty() && discovery.filter(bound -> bound.admits(stored)).isEmpty()) {
            skipped.add(stored + " is not a configured key"
                    + discovery.map(d -> " and not among the " + d).orElse(""));
            return;
        }
        List<KeyArn> reachable = reachable(stored, named);
        if (reachable.isEmpty()) {
            skipped.add("no KMS client was configured for Region " + stored.region() + " of " + stored);
        }
        reachable.forEach(key -> candidates.add(new Candidate(wrapped, key)));
    }

    private boolean same(KeyArn key, KeyArn stored) {
        return key.equals(stored)
                || (related
                        && stored.isMultiRegion()
                        && key.keyId().equals(stored.keyId())
                        && key.account().equals(stored.account())
                        && key.partition().equals(stored.partition()));
    }

    /**
     * The stored key where its Region has a client. Otherwise its replicas: those configured, or, where discovery found the key, one in each Region
     * with a client, since only KMS knows where there is one.
     */
    private List<KeyArn> reachable(KeyArn stored, List<KeyArn> named) {
        if (regions.contains(stored.region())) {
            return List.of(stored);
        }
        if (!related || !stored.isMultiRegion()) {
            return List.of();
        }
        if (!named.isEmpty()) {
            return List.copyOf(new LinkedHashSet<>(named));
        }
        return new TreeSet<>(regions)
                .stream()
                        .filter(region -> KeyArn.partitionOf(region).equals(Optional.of(stored.partition())))
                        .map(region -> new KeyArn(stored.partition(), region, stored.account(), stored.keyId()))
                        .toList();
    }
}
