package dev.s3envelope.kms;

import dev.s3envelope.core.keyring.PrincipalDigest;
import dev.s3envelope.core.keyring.RequestCredentials;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;

/**
 * KMS calls whose credentials are known: resolved once, so that the principal a data key is remembered for is the one that was granted it,
 * even if a provider answers differently a moment later.
 *
 * @param calls by Region, signed with what was resolved; a client that names no provider keeps signing by itself
 * @param principal a digest of the credentials of all Regions; empty if no client names a provider
 */
record Signers(Map<String, KmsCalls> calls, Optional<String> principal) {

    /** Resolves the request's credentials, or without any those of each client; each provider is asked once. */
    static CompletionStage<Signers> resolve(Map<String, KmsCalls> clients, RequestCredentials credentials) {
        Map<IdentityProvider<? extends AwsCredentialsIdentity>, CompletableFuture<? extends AwsCredentialsIdentity>>
                asked = new LinkedHashMap<>();
        CompletionStage<SortedMap<String, AwsCredentialsIdentity>> result =
                CompletableFuture.completedFuture(new TreeMap<>());
        for (Map.Entry<String, KmsCalls> client : new TreeMap<>(clients).entrySet()) {
            Optional<IdentityProvider<? extends AwsCredentialsIdentity>> provider =
                    credentials.provider().or(client.getValue()::credentials);
            if (provider.isPresent()) {
                CompletableFuture<? extends AwsCredentialsIdentity> answer =
                        asked.computeIfAbsent(provider.get(), Signers::ask);
                result = result.thenCombine(answer, (known, identity) -> {
                    known.put(client.getKey(), identity);
                    return known;
                });
            }
        }
        return result.thenApply(known -> of(clients, known));
    }

    private static CompletableFuture<? extends AwsCredentialsIdentity> ask(
            IdentityProvider<? extends AwsCredentialsIdentity> provider) {
        try {
            return provider.resolveIdentity();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static Signers of(Map<String, KmsCalls> clients, SortedMap<String, AwsCredentialsIdentity> known) {
        Map<String, KmsCalls> signed = new LinkedHashMap<>(clients);
        known.forEach(
                (region, identity) -> signed.computeIfPresent(region, (same, calls) -> calls.signedWith(identity)));
        return new Signers(Map.copyOf(signed), known.isEmpty() ? Optional.empty() : Optional.of(digest(known)));
    }

    private static String digest(SortedMap<String, AwsCredentialsIdentity> known) {
        PrincipalDigest digest = new PrincipalDigest();
        known.forEach(digest::add);
        return digest.text();
    }
}
