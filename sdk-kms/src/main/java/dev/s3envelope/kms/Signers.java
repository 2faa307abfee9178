package dev.s3envelope.kms;

import dev.s3envelope.core.keyring.RequestCredentials;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;
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

    /**
     * Everything that makes up the credentials counts, the secret too: an access key id is no secret, and whoever only knows it must not be taken for its
     * owner.
     */
    private static String digest(SortedMap<String, AwsCredentialsIdentity> known) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            known.forEach((region, identity) -> {
                add(digest, region);
                add(digest, identity.accessKeyId());
                add(digest, identity.secretAccessKey());
                add(digest, identity instanceof AwsSessionCredentialsIdentity session ? session.sessionToken() : null);
            });
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static void add(MessageDigest digest, @Nullable String text) {
        byte[] bytes = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
        digest.update(
                ByteBuffer.allocate(4).putInt(text == null ? -1 : bytes.length).flip());
        digest.update(bytes);
    }
}
