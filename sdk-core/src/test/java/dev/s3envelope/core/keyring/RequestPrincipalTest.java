package dev.s3envelope.core.keyring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.KeyringException;
import dev.s3envelope.core.Refused;
import dev.s3envelope.core.crypto.CryptoProvider;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;
import software.amazon.awssdk.services.kms.model.DecryptRequest;

/** On whose behalf keyrings work. */
class RequestPrincipalTest {
    private static final EncryptionMaterialsRequest REQUEST = EncryptionMaterialsRequest.of(EncryptionContext.empty());
    private static final AwsCredentialsIdentity ALICE = AwsCredentialsIdentity.create("AKIA1", "secret");

    @Test
    void digest_isOfEverythingThatMakesUpTheCredentials() throws Exception {
        ByteBuffer input = ByteBuffer.allocate(100);
        for (String part : new String[] {"", "AKIA1", "secret"}) {
            input.putInt(part.length()).put(part.getBytes(StandardCharsets.US_ASCII));
        }
        input.putInt(-1).flip();
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        sha256.update(input);
        assertEquals(HexFormat.of().formatHex(sha256.digest()), PrincipalDigest.of(ALICE));

        Set<String> digests = new HashSet<>(List.of(PrincipalDigest.of(ALICE)));
        assertTrue(digests.add(PrincipalDigest.of(AwsCredentialsIdentity.create("AKIA2", "secret"))));
        assertTrue(digests.add(PrincipalDigest.of(AwsCredentialsIdentity.create("AKIA1", "other"))));
        assertTrue(digests.add(PrincipalDigest.of(AwsCredentialsIdentity.create("AKIA1s", "ecret"))));
        assertTrue(digests.add(PrincipalDigest.of(AwsSessionCredentialsIdentity.create("AKIA1", "secret", ""))));
        assertTrue(digests.add(PrincipalDigest.of(AwsSessionCredentialsIdentity.create("AKIA1", "secret", "token"))));
        assertTrue(digests.add(new PrincipalDigest().add("eu-central-1", ALICE).text()));
        assertTrue(digests.add(new PrincipalDigest()
                .add("eu-central-1", ALICE)
                .add("us-east-1", ALICE)
                .text()));
    }

    @Test
    void credentialsOfARequest_areThoseOfItsOverrideConfiguration() {
        StaticCredentialsProvider provider =
                StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIA1", "secret"));
        DecryptRequest own = DecryptRequest.builder()
                .overrideConfiguration(o -> o.credentialsProvider(provider))
                .build();
        assertSame(provider, RequestCredentials.of(own).provider().orElseThrow());
        assertEquals("credentials of the request", RequestCredentials.of(own).toString());
        for (RequestCredentials none : List.of(
                RequestCredentials.none(),
                RequestCredentials.of(DecryptRequest.builder().build()),
                RequestCredentials.of(
                        DecryptRequest.builder().overrideConfiguration(o -> {}).build()))) {
            assertEquals(Optional.empty(), none.provider());
            assertEquals("no credentials of the request", none.toString());
        }
    }

    @Test
    void resolvedCredentials_stayWhatTheyWere() {
        var provider = RequestCredentials.resolved(ALICE).provider().orElseThrow();
        assertSame(ALICE, provider.resolveIdentity().join());
        assertEquals(AwsCredentialsIdentity.class, provider.identityType());
    }

    @Test
    void localKeyrings_haveNoPrincipal() {
        RawAesKeyring local = aes("a");
        assertSame(
                local,
                local.onBehalfOf(RequestCredentials.none())
                        .toCompletableFuture()
                        .join());
        assertEquals(Optional.empty(), local.principal());
        MultiKeyring multi = new MultiKeyring(local, List.of(aes("b")));
        assertEquals(Optional.empty(), multi.principal());
        assertFalse(multi.blocking());
        assertEquals(
                "raw RSA key offline:safe",
                new RawRsaKeyring(CryptoProvider.jdk(), new SecureRandom(), "offline", "safe", TestRsa.keys())
                        .toString());
        assertEquals("keyrings [raw AES key n:a, raw AES key n:b]", multi.toString());
    }

    @Test
    void severalKeyrings_haveThePrincipalsOfAll() {
        Keyring local = aes("a");
        assertEquals(Optional.of("- alice"), new MultiKeyring(local, List.of(new Remote("alice"))).principal());
        assertEquals(
                Optional.of("alice bob"),
                new MultiKeyring(new Remote("alice"), List.of(new Remote("bob"))).principal());
        assertTrue(new MultiKeyring(local, List.of(new Remote("alice"))).blocking());
    }

    @Test
    void keyringWithoutCredentials_failsOnlyWhenItIsAsked() {
        Keyring local = aes("a");
        for (boolean first : new boolean[] {true, false}) {
            Keyring remote = new Remote("");
            MultiKeyring multi =
                    first ? new MultiKeyring(remote, List.of(local)) : new MultiKeyring(local, List.of(remote));
            Keyring bound = multi.onBehalfOf(RequestCredentials.none())
                    .toCompletableFuture()
                    .join();
            assertEquals(multi.toString(), bound.toString());
            try (EncryptionMaterials made =
                            local.generate(REQUEST).toCompletableFuture().join();
                    DataKey opened = bound.unwrap(new DecryptionMaterialsRequest(
                                    REQUEST.suite(), EncryptionContext.empty(), made.wrappedKeys(), Optional.empty()))
                            .toCompletableFuture()
                            .join()) {
                assertEquals(made.dataKey(), opened);
                Refused.by(IllegalStateException.class, bound.generate(REQUEST), "no credentials for ");
                Refused.by(IllegalStateException.class, bound.wrap(opened, REQUEST), "no credentials for ");
            }
            KeyringException none = Refused.by(
                    KeyringException.class,
                    bound.unwrap(new DecryptionMaterialsRequest(
                            REQUEST.suite(),
                            EncryptionContext.empty(),
                            List.of(WrappedKey.of("x", new byte[0], new byte[0])),
                            Optional.empty())),
                    "no credentials for ",
                    "n:a");
            assertEquals(2, none.getSuppressed().length);
        }
    }

    private static RawAesKeyring aes(String name) {
        return new RawAesKeyring(CryptoProvider.jdk(), new SecureRandom(), "n", name, new byte[32]);
    }

    /** Signs as somebody, or has no credentials where that is nobody. */
    private record Remote(String who) implements Keyring {
        @Override
        public CompletionStage<EncryptionMaterials> generate(EncryptionMaterialsRequest request) {
            throw new AssertionError("asked");
        }

        @Override
        public CompletionStage<List<WrappedKey>> wrap(DataKey dataKey, EncryptionMaterialsRequest request) {
            throw new AssertionError("asked");
        }

        @Override
        public CompletionStage<DataKey> unwrap(DecryptionMaterialsRequest request) {
            throw new AssertionError("asked");
        }

        @Override
        public boolean blocking() {
            return true;
        }

        @Override
        public CompletionStage<Keyring> onBehalfOf(RequestCredentials credentials) {
            return CompletableFuture.failedFuture(
                    new CompletionException(new IllegalStateException("no credentials for \"" + who + "\"")));
        }

        @Override
        public Optional<String> principal() {
            return Optional.of(who);
        }
    }
}
