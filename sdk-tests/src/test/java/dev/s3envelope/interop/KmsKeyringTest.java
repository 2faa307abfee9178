package dev.s3envelope.interop;

import static dev.s3envelope.interop.Messages.CONTEXT;
import static dev.s3envelope.interop.Messages.join;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.s3envelope.core.KeyringException;
import dev.s3envelope.core.arn.KeyArn;
import dev.s3envelope.core.keyring.DataKey;
import dev.s3envelope.core.keyring.DecryptionMaterialsRequest;
import dev.s3envelope.core.keyring.EncryptionContext;
import dev.s3envelope.core.keyring.EncryptionMaterials;
import dev.s3envelope.core.keyring.Keyring;
import dev.s3envelope.core.keyring.WrappedKey;
import dev.s3envelope.kms.KmsDiscovery;
import dev.s3envelope.kms.KmsKeyring;
import dev.s3envelope.local.Event;
import dev.s3envelope.local.EventLog;
import dev.s3envelope.local.LocalAccount;
import dev.s3envelope.local.LocalAws;
import dev.s3envelope.local.LocalKey;
import dev.s3envelope.local.LocalUser;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.kms.model.DisabledException;
import software.amazon.awssdk.services.kms.model.GrantOperation;
import software.amazon.awssdk.services.kms.model.InvalidCiphertextException;
import software.amazon.awssdk.services.kms.model.KmsException;

/** KmsKeyring over synchronous and asynchronous clients, on LocalAws. */
class KmsKeyringTest {
    private static final String US = "us-east-1";
    private static final String EU = "eu-west-1";
    private static final String AP = "ap-south-1";
    private static final byte[] PLAINTEXT = Messages.random(1, 10_000);

    private static LocalAws aws;
    private static LocalAccount account;
    private static LocalUser alice;
    private static LocalKey key;
    private static LocalKey second;

    @BeforeAll
    static void start() {
        aws = LocalAws.builder().grantPropagation(Duration.ofHours(1)).build();
        account = aws.account("111122223333");
        alice = account.createUser("alice").allow("kms:*");
        key = account.createKey();
        second = account.createKey(EU);
    }

    @AfterAll
    static void stop() {
        aws.close();
    }

    private static KmsKeyring keyring(Flavor flavor) {
        return flavor.keyring(aws, alice, US).generator(key.arn()).build();
    }

    private static KmsKeyring reader(Flavor flavor, KmsDiscovery bound, String... regions) {
        return flavor.keyring(aws, alice, regions).discovery(bound).build();
    }

    private static List<Event> kmsCalls(EventLog.Mark since) {
        return aws.events().since(since).service("kms").list();
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void readsBackWhatItWrote_withOneCallEach(Flavor flavor) {
        EventLog.Mark start = aws.events().mark();

        byte[] message = Messages.encrypt(keyring(flavor), PLAINTEXT);
        assertArrayEquals(PLAINTEXT, Messages.decrypt(keyring(flavor), message));

        List<Event> calls = kmsCalls(start);
        assertEquals(
                List.of("GenerateDataKey", "Decrypt"),
                calls.stream().map(Event::operation).toList());
        for (Event call : calls) {
            assertEquals(CONTEXT, call.encryptionContext());
            assertEquals(Optional.of(key.arn()), call.resource());
            assertEquals(Optional.of(alice.arn()), call.principalArn());
        }
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void storesTheKeyArn_ofEachKeyInOrder(Flavor flavor) {
        KmsKeyring both = flavor.keyring(aws, alice, US, EU)
                .generator(key.arn())
                .alsoWrapWith(KeyArn.parse(second.arn()))
                .build();

        List<WrappedKey> wrapped =
                Messages.header(Messages.encrypt(both, PLAINTEXT)).wrappedKeys();

        assertEquals(
                List.of(key.arn(), second.arn()),
                wrapped.stream().map(WrappedKey::providerInfoText).toList());
        wrapped.forEach(one -> assertEquals("aws-kms", one.providerId()));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void opensWithAnyOfItsKeys_whenTheOthersAreDisabled(Flavor flavor) {
        LocalKey first = account.createKey();
        KmsKeyring both = flavor.keyring(aws, alice, US, EU)
                .generator(first.arn())
                .alsoWrapWith(KeyArn.parse(second.arn()))
                .build();
        byte[] message = Messages.encrypt(both, PLAINTEXT);

        first.disable();
        assertArrayEquals(PLAINTEXT, Messages.decrypt(both, message));

        KmsKeyring secondOnly =
                flavor.keyring(aws, alice, EU).generator(second.arn()).build();
        EventLog.Mark start = aws.events().mark();
        assertArrayEquals(PLAINTEXT, Messages.decrypt(secondOnly, message));
        assertEquals(1, kmsCalls(start).size(), "a key that is not configured is not asked");
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void wrapsAnothersDataKey_underAllItsKeys(Flavor flavor) {
        KmsKeyring both = flavor.keyring(aws, alice, US, EU)
                .generator(key.arn())
                .alsoWrapWith(KeyArn.parse(second.arn()))
                .build();
        try (DataKey dataKey = DataKey.copyOf(Messages.random(3, 32))) {
            for (WrappedKey one : join(both.wrap(dataKey, Messages.request()))) {
                try (DataKey opened = join(both.unwrap(request(CONTEXT, one)))) {
                    assertEquals(dataKey, opened);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void reportsEveryFailure_whenNoKeyOpens(Flavor flavor) {
        LocalKey first = account.createKey();
        LocalKey other = account.createKey();
        KmsKeyring both = flavor.keyring(aws, alice, US)
                .generator(first.arn())
                .alsoWrapWith(KeyArn.parse(other.arn()))
                .build();
        byte[] message = Messages.encrypt(both, PLAINTEXT);
        first.disable();
        other.scheduleDeletion();

        KeyringException failure = assertThrows(KeyringException.class, () -> Messages.decrypt(both, message));

        assertTrue(String.valueOf(failure.getMessage()).contains(first.arn()), failure.getMessage());
        assertTrue(String.valueOf(failure.getMessage()).contains(other.arn()), failure.getMessage());
        assertEquals(2, failure.getSuppressed().length);
        assertInstanceOf(DisabledException.class, failure.getSuppressed()[0]);
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void writesNothing_whenAFurtherKeyCannotWrap(Flavor flavor) {
        LocalKey disabled = account.createKey().disable();
        KmsKeyring both = flavor.keyring(aws, alice, US)
                .generator(key.arn())
                .alsoWrapWith(KeyArn.parse(disabled.arn()))
                .build();

        assertThrows(DisabledException.class, () -> Messages.encrypt(both, PLAINTEXT));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void givesTheOriginalException_whenTheKeyIsDisabled(Flavor flavor) {
        LocalKey mine = account.createKey();
        KmsKeyring keyring =
                flavor.keyring(aws, alice, US).generator(mine.arn()).build();
        byte[] message = Messages.encrypt(keyring, PLAINTEXT);
        mine.disable();

        DisabledException reading = assertThrows(DisabledException.class, () -> Messages.decrypt(keyring, message));
        assertThrows(DisabledException.class, () -> Messages.encrypt(keyring, PLAINTEXT));

        assertTrue(String.valueOf(reading.getMessage()).contains(mine.arn() + " is disabled."), reading.getMessage());
        mine.enable();
        assertArrayEquals(PLAINTEXT, Messages.decrypt(keyring, message));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void givesTheOriginalException_whenThePrincipalIsDenied(Flavor flavor) {
        LocalUser writer = account.createUser("writer-" + flavor).allow("kms:GenerateDataKey", key.arn());
        KmsKeyring writes = flavor.keyring(aws, writer, US).generator(key.arn()).build();
        byte[] message = Messages.encrypt(writes, PLAINTEXT);

        KmsException denied = assertThrows(KmsException.class, () -> Messages.decrypt(writes, message));

        assertEquals("AccessDeniedException", denied.awsErrorDetails().errorCode());
        assertTrue(String.valueOf(denied.getMessage()).contains("kms:Decrypt"), denied.getMessage());
        assertArrayEquals(PLAINTEXT, Messages.decrypt(keyring(flavor), message));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void isRefused_whenTheContextIsNotTheMessages(Flavor flavor) {
        KmsKeyring keyring = keyring(flavor);
        try (EncryptionMaterials materials = join(keyring.generate(Messages.request()))) {
            WrappedKey wrapped = materials.wrappedKeys().get(0);
            for (Map<String, String> wrong : List.of(
                    Map.<String, String>of(),
                    Map.of("aws:s3:arn", "arn:aws:s3:::reports"),
                    Map.of("aws:s3:arn", "arn:aws:s3:::other", "path", CONTEXT.get("path")))) {
                assertThrows(InvalidCiphertextException.class, () -> join(keyring.unwrap(request(wrong, wrapped))));
            }
            join(keyring.unwrap(request(CONTEXT, wrapped))).close();
        }
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void isRefused_whenTheHeaderNamesAnotherKey(Flavor flavor) {
        LocalKey other = account.createKey();
        KmsKeyring keyring = flavor.keyring(aws, alice, US)
                .generator(other.arn())
                .alsoWrapWith(KeyArn.parse(key.arn()))
                .build();
        try (EncryptionMaterials materials = join(keyring(flavor).generate(Messages.request()))) {
            WrappedKey relabelled =
                    WrappedKey.kms(other.arn(), materials.wrappedKeys().get(0).ciphertext());

            assertThrows(KmsException.class, () -> join(keyring.unwrap(request(CONTEXT, relabelled))));
        }
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void asksNothing_whenNoKeyOfTheMessageIsItsOwn(Flavor flavor) {
        byte[] message = Messages.encrypt(keyring(flavor), PLAINTEXT);
        KmsKeyring stranger =
                flavor.keyring(aws, alice, EU).generator(second.arn()).build();
        EventLog.Mark start = aws.events().mark();

        KeyringException failure = assertThrows(KeyringException.class, () -> Messages.decrypt(stranger, message));

        assertTrue(
                String.valueOf(failure.getMessage()).contains(key.arn() + " is not a configured key"),
                failure.getMessage());
        assertEquals(List.of(), kmsCalls(start));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void ignoresWrappedKeysOfOthers_andThoseThatNameNoKeyArn(Flavor flavor) {
        KmsKeyring keyring = keyring(flavor);
        try (EncryptionMaterials materials = join(keyring.generate(Messages.request()))) {
            WrappedKey ours = materials.wrappedKeys().get(0);
            WrappedKey raw = WrappedKey.of("local", key.arn().getBytes(StandardCharsets.UTF_8), ours.ciphertext());
            WrappedKey alias = WrappedKey.kms("arn:aws:kms:us-east-1:111122223333:alias/a", ours.ciphertext());
            EventLog.Mark start = aws.events().mark();

            assertThrows(KeyringException.class, () -> join(keyring.unwrap(request(CONTEXT, raw, alias))));
            assertEquals(List.of(), kmsCalls(start));
            join(keyring.unwrap(request(CONTEXT, raw, alias, ours))).close();
        }
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void readsUnconfiguredKeys_withinTheDiscoveryBoundOnly(Flavor flavor) {
        byte[] message = Messages.encrypt(keyring(flavor), PLAINTEXT);

        assertArrayEquals(
                PLAINTEXT, Messages.decrypt(reader(flavor, KmsDiscovery.accounts("111122223333"), US), message));
        EventLog.Mark start = aws.events().mark();
        KeyringException outside = assertThrows(
                KeyringException.class,
                () -> Messages.decrypt(reader(flavor, KmsDiscovery.accounts("444455556666"), US), message));
        assertTrue(
                String.valueOf(outside.getMessage()).contains("not among the keys of [444455556666]"),
                outside.getMessage());
        KmsDiscovery china =
                new KmsDiscovery("aws-cn", KmsDiscovery.accounts("111122223333").accounts());
        assertThrows(KeyringException.class, () -> Messages.decrypt(reader(flavor, china, US), message));
        KeyringException region = assertThrows(
                KeyringException.class,
                () -> Messages.decrypt(reader(flavor, KmsDiscovery.accounts("111122223333"), EU), message));
        assertTrue(String.valueOf(region.getMessage()).contains("no KMS client was configured for Region us-east-1"));
        assertEquals(List.of(), kmsCalls(start));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void writesNothing_whenItHasNoGenerator(Flavor flavor) {
        KmsKeyring reads = reader(flavor, KmsDiscovery.accounts("111122223333"), US);

        assertThrows(KeyringException.class, () -> Messages.encrypt(reads, PLAINTEXT));
        try (DataKey dataKey = DataKey.copyOf(new byte[32])) {
            assertThrows(KeyringException.class, () -> join(reads.wrap(dataKey, Messages.request())));
        }
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void readsThroughAReplica_onlyWhenRelatedKeysAreAskedFor(Flavor flavor) {
        LocalKey primary = account.createMultiRegionKey(US);
        LocalKey replica = primary.replicate(EU);
        byte[] message = Messages.encrypt(
                flavor.keyring(aws, alice, US).generator(primary.arn()).build(), PLAINTEXT);

        KmsKeyring off = flavor.keyring(aws, alice, EU).generator(replica.arn()).build();
        assertThrows(KeyringException.class, () -> Messages.decrypt(off, message));

        KmsKeyring on = flavor.keyring(aws, alice, EU)
                .generator(replica.arn())
                .relatedMultiRegionKeys(true)
                .build();
        EventLog.Mark start = aws.events().mark();
        assertArrayEquals(PLAINTEXT, Messages.decrypt(on, message));
        assertEquals(Optional.of(replica.arn()), kmsCalls(start).get(0).resource());
        assertEquals(EU, kmsCalls(start).get(0).region());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void asksTheConfiguredReplica_whenAnotherRegionHasAClientToo(Flavor flavor) {
        LocalKey primary = account.createMultiRegionKey(US);
        LocalKey replica = primary.replicate(EU);
        byte[] message = Messages.encrypt(
                flavor.keyring(aws, alice, US).generator(primary.arn()).build(), PLAINTEXT);
        KmsKeyring keyring = flavor.keyring(aws, alice, AP, EU)
                .generator(replica.arn())
                .relatedMultiRegionKeys(true)
                .build();
        EventLog.Mark start = aws.events().mark();

        assertArrayEquals(PLAINTEXT, Messages.decrypt(keyring, message));

        assertEquals(1, kmsCalls(start).size());
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void findsTheReplica_whenDiscoveryMustTryRegions(Flavor flavor) {
        LocalKey primary = account.createMultiRegionKey(US);
        primary.replicate(EU);
        byte[] message = Messages.encrypt(
                flavor.keyring(aws, alice, US).generator(primary.arn()).build(), PLAINTEXT);
        KmsKeyring keyring = flavor.keyring(aws, alice, AP, EU)
                .discovery(KmsDiscovery.accounts("111122223333"))
                .relatedMultiRegionKeys(true)
                .build();

        assertArrayEquals(PLAINTEXT, Messages.decrypt(keyring, message));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void doesNotRelate_keysThatAreNotMultiRegion(Flavor flavor) {
        byte[] message = Messages.encrypt(keyring(flavor), PLAINTEXT);
        KmsKeyring elsewhere = flavor.keyring(aws, alice, EU)
                .discovery(KmsDiscovery.accounts("111122223333"))
                .relatedMultiRegionKeys(true)
                .build();

        assertThrows(KeyringException.class, () -> Messages.decrypt(elsewhere, message));
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void usesAGrantThatHasNotPropagated_withItsToken(Flavor flavor) {
        LocalKey granted = account.createKey();
        LocalUser grantee = account.createUser("grantee-" + flavor);
        String token = aws.kms(alice)
                .createGrant(b -> b.keyId(granted.arn())
                        .granteePrincipal(grantee.arn())
                        .operations(GrantOperation.GENERATE_DATA_KEY, GrantOperation.DECRYPT, GrantOperation.ENCRYPT))
                .grantToken();
        KmsKeyring without =
                flavor.keyring(aws, grantee, US).generator(granted.arn()).build();
        KmsKeyring with = flavor.keyring(aws, grantee, US)
                .generator(granted.arn())
                .grantToken(token)
                .build();

        assertThrows(KmsException.class, () -> Messages.encrypt(without, PLAINTEXT));
        byte[] message = Messages.encrypt(with, PLAINTEXT);
        assertThrows(KmsException.class, () -> Messages.decrypt(without, message));
        assertArrayEquals(PLAINTEXT, Messages.decrypt(with, message));
        try (DataKey dataKey = DataKey.copyOf(new byte[32])) {
            assertEquals(1, join(with.wrap(dataKey, Messages.request())).size());
        }
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void readsAcrossRotation(Flavor flavor) {
        LocalKey rotated = account.createKey();
        Keyring keyring =
                flavor.keyring(aws, alice, US).generator(rotated.arn()).build();
        byte[] before = Messages.encrypt(keyring, PLAINTEXT);
        rotated.rotate();
        byte[] after = Messages.encrypt(keyring, PLAINTEXT);

        assertArrayEquals(PLAINTEXT, Messages.decrypt(keyring, before));
        assertArrayEquals(PLAINTEXT, Messages.decrypt(keyring, after));
    }

    private static DecryptionMaterialsRequest request(Map<String, String> context, WrappedKey... wrapped) {
        return new DecryptionMaterialsRequest(
                Messages.request().suite(), EncryptionContext.of(context), List.of(wrapped), Optional.empty());
    }
}
