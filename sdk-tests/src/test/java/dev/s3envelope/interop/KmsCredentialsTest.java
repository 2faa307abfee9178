package dev.s3envelope.interop;

import static dev.s3envelope.interop.Messages.join;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.cache.DataKeyCache;
import dev.s3envelope.core.crypto.CryptoProvider;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.keyring.MultiKeyring;
import dev.s3envelope.core.keyring.RawAesKeyring;
import dev.s3envelope.core.keyring.RequestCredentials;
import dev.s3envelope.kms.KmsKeyring;
import dev.s3envelope.local.Event;
import dev.s3envelope.local.EventLog;
import dev.s3envelope.local.LocalAccount;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalKey;
import dev.s3envelope.local.LocalPrincipal;
import dev.s3envelope.local.LocalRole;
import dev.s3envelope.local.LocalUser;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.identity.spi.ResolveIdentityRequest;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;

/** Several principals, one keyring and one cache: nobody uses a data key that was granted to somebody else. */
class KmsCredentialsTest {
    private static final String US = "us-east-1";
    private static final byte[] PLAINTEXT = Messages.random(1, 5_000);

    private LocalAws aws;
    private LocalAccount account;
    private LocalUser alice;
    private LocalUser bob;
    private LocalKey key;
    private DataKeyCache cache;

    @BeforeEach
    void start() {
        aws = LocalAws.start();
        account = aws.account("111122223333");
        key = account.createKey();
        alice = account.createUser("alice").allow("kms:*");
        bob = account.createUser("bob");
        cache = DataKeyCache.builder().build();
    }

    @AfterEach
    void stop() {
        cache.close();
        aws.close();
    }

    private Keyring alices(Flavor flavor) {
        return cache.over(flavor.keyring(aws, alice, US).generator(key.arn()).build());
    }

    private static Keyring as(Keyring keyring, LocalPrincipal principal) {
        return join(keyring.onBehalfOf(RequestCredentials.of(principal.credentialsProvider())));
    }

    private static Keyring asConfigured(Keyring keyring) {
        return join(keyring.onBehalfOf(RequestCredentials.none()));
    }

    private List<String> callers(EventLog.Mark since) {
        return aws.events().since(since).service("kms").list().stream()
                .map(event -> event.operation() + " by " + event.principalArn().orElse("nobody"))
                .toList();
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void sharesNoKey_betweenTwoPrincipalsOfOneCache(Flavor flavor) {
        Keyring keyring = alices(flavor);
        byte[] message = Messages.encrypt(asConfigured(keyring), PLAINTEXT);
        assertArrayEquals(PLAINTEXT, Messages.decrypt(asConfigured(keyring), message));
        EventLog.Mark start = aws.events().mark();

        KmsException writing = assertThrows(KmsException.class, () -> Messages.encrypt(as(keyring, bob), PLAINTEXT));
        KmsException reading = assertThrows(KmsException.class, () -> Messages.decrypt(as(keyring, bob), message));

        assertEquals("AccessDeniedException", writing.awsErrorDetails().errorCode());
        assertEquals("AccessDeniedException", reading.awsErrorDetails().errorCode());
        assertEquals(List.of("GenerateDataKey by " + bob.arn(), "Decrypt by " + bob.arn()), callers(start));
        assertArrayEquals(PLAINTEXT, Messages.decrypt(asConfigured(keyring), message));
        assertEquals(2, callers(start).size(), "bob's denial is not alice's");
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void asksOncePerPrincipal_howeverManyRequestsTheyMake(Flavor flavor) {
        bob.allow("kms:*");
        Keyring keyring = alices(flavor);
        EventLog.Mark start = aws.events().mark();

        for (int i = 0; i < 5; i++) {
            byte[] ofAlice = Messages.encrypt(asConfigured(keyring), PLAINTEXT);
            byte[] ofBob = Messages.encrypt(as(keyring, bob), PLAINTEXT);
            assertArrayEquals(PLAINTEXT, Messages.decrypt(asConfigured(keyring), ofAlice));
            assertArrayEquals(PLAINTEXT, Messages.decrypt(as(keyring, bob), ofBob));
        }

        assertEquals(
                List.of(
                        "GenerateDataKey by " + alice.arn(),
                        "GenerateDataKey by " + bob.arn(),
                        "Decrypt by " + alice.arn(),
                        "Decrypt by " + bob.arn()),
                callers(start));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void separatesPrincipals_alsoWhereNobodySaidOnWhoseBehalf(Flavor flavor) {
        Keyring keyring = alices(flavor);
        byte[] message = Messages.encrypt(keyring, PLAINTEXT);
        EventLog.Mark start = aws.events().mark();

        Messages.encrypt(asConfigured(keyring), PLAINTEXT);
        assertEquals(List.of(), callers(start), "the same principal shares");
        assertThrows(KmsException.class, () -> Messages.decrypt(as(keyring, bob), message));
    }

    @Test
    void takesRotatedCredentials_forAnotherPrincipal() {
        LocalRole role = account.createRole("writer").allow("kms:*");
        AtomicReference<AwsCredentials> current =
                new AtomicReference<>(role.session("first").credentials());
        AwsCredentialsProvider rotating = current::get;
        KmsClient client = aws.configure(KmsClient.builder(), alice)
                .credentialsProvider(rotating)
                .build();
        Keyring keyring = cache.over(
                KmsKeyring.builder().client(client).generator(key.arn()).build());
        EventLog.Mark start = aws.events().mark();

        Messages.encrypt(keyring, PLAINTEXT);
        String before = asConfigured(keyring).principal().orElseThrow();
        Messages.encrypt(keyring, PLAINTEXT);
        assertEquals(1, callers(start).size());
        current.set(role.session("second").credentials());
        Messages.encrypt(keyring, PLAINTEXT);
        Messages.encrypt(asConfigured(keyring), PLAINTEXT);

        assertEquals(2, callers(start).size());
        assertTrue(callers(start).get(1).endsWith("/second"), callers(start)::toString);
        assertNotEquals(before, asConfigured(keyring).principal().orElseThrow());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void signsWithTheCredentialsThePrincipalWasToldBy_whenTheProviderChangesItsMind(Flavor flavor) {
        AtomicInteger asked = new AtomicInteger();
        AwsCredentialsProvider fickle = () -> (asked.getAndIncrement() == 0 ? alice : bob).credentials();
        Keyring keyring = alices(flavor);
        EventLog.Mark start = aws.events().mark();

        Keyring bound = join(keyring.onBehalfOf(RequestCredentials.of(fickle)));
        byte[] message = Messages.encrypt(bound, PLAINTEXT);
        Messages.decrypt(bound, message);

        assertEquals(List.of("GenerateDataKey by " + alice.arn(), "Decrypt by " + alice.arn()), callers(start));
        assertEquals(1, asked.get());
        assertEquals(asConfigured(keyring).principal(), bound.principal());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void isNotServedFromTheCache_whenOnlyTheAccessKeyIdIsRight(Flavor flavor) {
        Keyring keyring = alices(flavor);
        byte[] message = Messages.encrypt(asConfigured(keyring), PLAINTEXT);
        Messages.decrypt(asConfigured(keyring), message);
        AwsCredentialsProvider impostor = StaticCredentialsProvider.create(
                AwsBasicCredentials.create(alice.credentials().accessKeyId(), "guessed"));
        Keyring bound = join(keyring.onBehalfOf(RequestCredentials.of(impostor)));

        assertThrows(KmsException.class, () -> Messages.encrypt(bound, PLAINTEXT));
        assertThrows(KmsException.class, () -> Messages.decrypt(bound, message));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void tellsNothingOfTheCredentials_inThePrincipal(Flavor flavor) {
        Keyring bound = as(alices(flavor), bob);
        String shown = bound.principal().orElseThrow() + bound;

        assertFalse(shown.contains(bob.credentials().accessKeyId()));
        assertFalse(shown.contains(bob.credentials().secretAccessKey()));
    }

    @Test
    void waitsForNothing_whileCredentialsAreOnTheirWay() {
        CompletableFuture<AwsCredentialsIdentity> later = new CompletableFuture<>();
        IdentityProvider<AwsCredentialsIdentity> slow = new IdentityProvider<>() {
            @Override
            public Class<AwsCredentialsIdentity> identityType() {
                return AwsCredentialsIdentity.class;
            }

            @Override
            public CompletableFuture<AwsCredentialsIdentity> resolveIdentity(ResolveIdentityRequest request) {
                return later;
            }
        };

        CompletableFuture<Keyring> bound =
                alices(Flavor.ASYNC).onBehalfOf(RequestCredentials.of(slow)).toCompletableFuture();
        assertFalse(bound.isDone());
        later.complete(alice.credentials());

        assertTrue(bound.isDone());
        Messages.encrypt(bound.join(), PLAINTEXT);
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void givesTheProvidersException_whenThereAreNoCredentials(Flavor flavor) {
        SdkClientException none = SdkClientException.create("none here");
        AwsCredentialsProvider empty = () -> {
            throw none;
        };

        assertSame(
                none,
                assertThrows(
                        SdkClientException.class, () -> join(alices(flavor).onBehalfOf(RequestCredentials.of(empty)))));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void opensWithTheRecoveryKey_whenThereAreNoCredentialsForKms(Flavor flavor) {
        RawAesKeyring recovery = new RawAesKeyring(
                CryptoProvider.jdk(), new SecureRandom(), "local", "recovery", Messages.random(9, 32));
        Keyring both = cache.over(new MultiKeyring(
                flavor.keyring(aws, alice, US).generator(key.arn()).build(), List.of(recovery)));
        byte[] message = Messages.encrypt(both, PLAINTEXT);
        AwsCredentialsProvider empty = () -> {
            throw SdkClientException.create("none here");
        };
        EventLog.Mark start = aws.events().mark();

        Keyring bound = join(both.onBehalfOf(RequestCredentials.of(empty)));

        assertArrayEquals(PLAINTEXT, Messages.decrypt(bound, message));
        assertEquals(List.of(), callers(start));
        assertThrows(SdkClientException.class, () -> Messages.encrypt(bound, PLAINTEXT));
        assertNotEquals(asConfigured(both).principal(), as(both, bob).principal());
        assertEquals(
                Optional.empty(),
                join(new MultiKeyring(recovery, List.of()).onBehalfOf(RequestCredentials.of(bob.credentialsProvider())))
                        .principal());
    }

    @Test
    void readsTheCredentialsOfARequest() {
        GetObjectRequest plain = GetObjectRequest.builder().bucket("b").key("k").build();
        AwsCredentialsProvider provider = bob.credentialsProvider();
        GetObjectRequest own = plain.toBuilder()
                .overrideConfiguration(o -> o.credentialsProvider(provider))
                .build();

        assertEquals(Optional.empty(), RequestCredentials.of(plain).provider());
        assertEquals(
                bob.credentials().accessKeyId(),
                RequestCredentials.of(own)
                        .provider()
                        .orElseThrow()
                        .resolveIdentity()
                        .join()
                        .accessKeyId());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void keepsPartitionsApart_forOnePrincipal(Flavor flavor) {
        Keyring keyring = asConfigured(alices(flavor));
        EventLog.Mark start = aws.events().mark();

        for (String tenant : List.of("seven", "eight", "seven")) {
            join(keyring.generate(Messages.request().withCachePartition(tenant)))
                    .close();
        }

        List<Event> calls = aws.events().since(start).service("kms").list();
        assertEquals(2, calls.size());
    }
}
