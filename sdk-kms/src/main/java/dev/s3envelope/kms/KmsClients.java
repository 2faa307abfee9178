package dev.s3envelope.kms;

import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.keyring.PrincipalDigest;
import dev.s3envelope.core.keyring.RequestCredentials;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.services.kms.KmsAsyncClient;
import software.amazon.awssdk.services.kms.KmsClient;

/**
 * The KMS clients of a keyring or of another asker: one for each Region, all of them synchronous or all asynchronous. Safe for use by several threads.
 *
 * <p>The calls signed with the credentials that were resolved last are kept, since they rarely change from one request to the next.
 */
final class KmsClients {
    private final SortedMap<String, KmsCalls> byRegion;
    private final boolean blocking;
    private volatile @Nullable Known last;

    private KmsClients(Map<String, KmsCalls> byRegion) {
        this.byRegion = Collections.unmodifiableSortedMap(new TreeMap<>(byRegion));
        this.blocking = byRegion.values().stream().anyMatch(KmsCalls::blocking);
    }

    /** Clients as a builder collects them. Not safe for use by several threads. */
    static final class Collected {
        private final Map<String, KmsCalls> byRegion = new LinkedHashMap<>();

        void add(KmsClient client) {
            add(KmsCalls.of(client));
        }

        void add(KmsAsyncClient client) {
            add(KmsCalls.of(client));
        }

        private void add(KmsCalls calls) {
            if (byRegion.putIfAbsent(calls.region(), calls) != null) {
                throw new IllegalArgumentException(
                        "Region " + calls.region() + " has a KMS client already; give one for each.");
            }
        }

        /**
         * The clients.
         *
         * @param user what needs them, as a message names it
         * @throws IllegalArgumentException if there are none, or both kinds
         */
        KmsClients build(String user) {
            if (byRegion.isEmpty()) {
                throw new IllegalArgumentException(user + " a KMS client.");
            }
            if (byRegion.values().stream().map(KmsCalls::blocking).distinct().count() > 1) {
                throw new IllegalArgumentException("Give either synchronous or asynchronous KMS clients, not both.");
            }
            return new KmsClients(byRegion);
        }
    }

    /**
     * Clients that sign with what was resolved once, so that the principal a data key is remembered for is the one that was granted it, even if a provider answers
     * differently a moment later.
     *
     * @param calls signed with what was resolved; a client that names no provider keeps signing by itself
     * @param principal a digest of the credentials of all Regions; empty if no client names a provider
     */
    record Signed(KmsClients calls, Optional<String> principal) {}

    private record Known(SortedMap<String, AwsCredentialsIdentity> identities, Signed signed) {
        /** By identity: a provider gives the same object until it has new credentials. */
        boolean are(SortedMap<String, AwsCredentialsIdentity> others) {
            if (identities.size() != others.size()) {
                return false;
            }
            for (Map.Entry<String, AwsCredentialsIdentity> other : others.entrySet()) {
                if (identities.get(other.getKey()) != other.getValue()) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Whether a call blocks the calling thread. */
    boolean blocking() {
        return blocking;
    }

    /** The Regions that have a client. */
    Set<String> regions() {
        return byRegion.keySet();
    }

    /** The client of a key's Region; empty if there is none. */
    Optional<KmsCalls> find(KeyArn key) {
        return Optional.ofNullable(byRegion.get(key.region()));
    }

    /** The client of a key that is known to have one. */
    KmsCalls of(KeyArn key) {
        return Objects.requireNonNull(byRegion.get(key.region()), "checked when it was configured");
    }

    /**
     * Checks that a key has a client.
     *
     * @throws IllegalArgumentException if it has none
     */
    void require(KeyArn key) {
        if (find(key).isEmpty()) {
            throw new IllegalArgumentException("Key " + key + " " + missing());
        }
    }

    /** Says of a key that its Region has no client. */
    String missing() {
        return "is in a Region without a KMS client; there are clients for " + byRegion.keySet() + ".";
    }

    /** The same clients, signing with what these credentials resolve to at each call. */
    KmsClients signedWith(RequestCredentials credentials) {
        Map<String, KmsCalls> signed = new LinkedHashMap<>(byRegion);
        signed.replaceAll((region, calls) -> calls.signedWith(credentials));
        return new KmsClients(signed);
    }

    /** Resolves the request's credentials, or without any those of each client; each provider is asked once. */
    CompletionStage<Signed> resolve(RequestCredentials credentials) {
        Map<IdentityProvider<? extends AwsCredentialsIdentity>, CompletableFuture<? extends AwsCredentialsIdentity>>
                asked = new LinkedHashMap<>();
        CompletionStage<SortedMap<String, AwsCredentialsIdentity>> result =
                CompletableFuture.completedFuture(new TreeMap<>());
        for (Map.Entry<String, KmsCalls> client : byRegion.entrySet()) {
            Optional<IdentityProvider<? extends AwsCredentialsIdentity>> provider =
                    credentials.provider().or(client.getValue()::credentials);
            if (provider.isPresent()) {
                CompletableFuture<? extends AwsCredentialsIdentity> answer =
                        asked.computeIfAbsent(provider.get(), KmsClients::ask);
                result = result.thenCombine(answer, (known, identity) -> {
                    known.put(client.getKey(), identity);
                    return known;
                });
            }
        }
        return result.thenApply(this::signed);
    }

    private static CompletableFuture<? extends AwsCredentialsIdentity> ask(
            IdentityProvider<? extends AwsCredentialsIdentity> provider) {
        try {
            return provider.resolveIdentity();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Signed signed(SortedMap<String, AwsCredentialsIdentity> identities) {
        Known before = last;
        if (before != null && before.are(identities)) {
            return before.signed();
        }
        Map<String, KmsCalls> calls = new LinkedHashMap<>(byRegion);
        identities.forEach(
                (region, identity) -> calls.computeIfPresent(region, (same, each) -> each.signedWith(identity)));
        Signed signed = new Signed(
                new KmsClients(calls), identities.isEmpty() ? Optional.empty() : Optional.of(digest(identities)));
        last = new Known(identities, signed);
        return signed;
    }

    private static String digest(SortedMap<String, AwsCredentialsIdentity> identities) {
        PrincipalDigest digest = new PrincipalDigest();
        identities.forEach(digest::add);
        return digest.text();
    }
}
